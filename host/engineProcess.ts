import { forkOwn, type ProcessPort } from '../files/ownProcess.ts';

/** The other end of an engine process. */
export type EnginePort = ProcessPort;

/** Starts the engine as a child of this process: the command line's and the server's way. */
export function forkEngine(): EnginePort {
  const name = import.meta.url.endsWith('.ts') ? '../engine/main.ts' : '../engine/main.js';
  return forkOwn(new URL(name, import.meta.url));
}
