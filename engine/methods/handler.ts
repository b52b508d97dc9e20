import type { MethodName, Params, Result } from '../contract.ts';
import type { Workspace } from '../workspace.ts';

/** What the engine does for some of the contract's methods, in an opened workspace. */
export type Handlers<Names extends MethodName> = {
  [M in Names]: (params: Params<M>, workspace: Workspace) => Promise<Result<M>>;
};
