import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeArguments } from './nodeArguments.ts';
import { giveWay } from './priority.ts';
import { launchThroughShell, parentPort } from './throughShell.ts';

/** The other end of one of our own processes, however a shell started it. */
export type ProcessPort = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process is gone; the reason is for the log. */
  onExit(listener: (reason: string) => void): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
};

export type OwnProcessOptions = {
  /** What the child has beside this process's own environment. */
  environment?: Record<string, string>;
  /** Node's and V8's. */
  arguments?: string[];
  /** It computes for long, and what a person waits for comes first. */
  givesWay?: boolean;
};

/**
 * Starts one of our entry files as a child of this process, which it talks with by structured cloning. Under
 * Electron, whose processes cannot fork, the shell starts it.
 */
export function forkOwn(entryUrl: URL, options: OwnProcessOptions = {}): ProcessPort {
  const entry = fileURLToPath(entryUrl);
  const shell = parentPort();
  if (shell) return launchThroughShell(shell, entry, options);
  const child = fork(entry, [], {
    execArgv: [...nodeArguments(entry), ...(options.arguments ?? [])],
    env: { ...process.env, ...options.environment },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  if (options.givesWay) giveWay(child.pid);
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  return {
    post(message) {
      // A process that has just died takes no more messages; its exit is told separately.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage(listener) {
      child.on('message', listener);
    },
    onExit(listener) {
      let told = false;
      const tell = (reason: string) => {
        if (!told) listener(reason);
        told = true;
      };
      child.once('error', (cause) => tell(cause.message));
      child.once('exit', (code, signal) => tell(`exit ${signal ?? code}; ${complaints.trim()}`));
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
