import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeArguments } from '../files/nodeArguments.ts';

/** The other end of an engine process, however a shell starts it. */
export type EnginePort = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process is gone. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
};

/** Starts the engine as a child of this process: the command line's and the server's way. */
export function forkEngine(): EnginePort {
  const entry = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../engine/main.ts' : '../engine/main.js', import.meta.url),
  );
  const child: ChildProcess = fork(entry, [], {
    execArgv: nodeArguments(entry),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  return {
    post: (message) => void (child.connected && child.send(message as object, () => undefined)),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      let told = false;
      const tell = (reason: string) => {
        if (!told) listener(reason);
        told = true;
      };
      child.once('error', (cause) => tell(cause.message));
      child.once('exit', (code, signal) => tell(`exit ${signal ?? code}; ${complaints.trim()}`));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
