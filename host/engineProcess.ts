import { forkOwn, type ProcessPort } from '../files/ownProcess.ts';

/** The other end of an engine process. */
export type EnginePort = ProcessPort;

/**
 * V8 would begin with a small heap and look through all of it several times a second while sound streams by, which
 * holds the event loop: with room for 256 MB (that stay untouched until they are needed) it hardly ever does.
 */
export const engineArguments = ['--initial-old-space-size=256'];

/** The engine's entry file; in a checkout it is TypeScript. */
export const engineEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../engine/main.ts' : '../engine/main.js',
  import.meta.url,
);

/** Starts the engine as a child of this process: the command line's and the server's way. */
export function forkEngine(): EnginePort {
  return forkOwn(engineEntry, { arguments: engineArguments });
}
