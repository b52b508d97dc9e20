import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeArguments } from '../../files/nodeArguments.ts';

/** The other end of a recogniser process, however a shell started it. */
export type RecogniserPort = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process is gone; the reason is for the log. */
  onExit(listener: (reason: string) => void): void;
  /** Ends it at once, also in the middle of a run. */
  kill(): void;
};

/** How the engine gets a recogniser: under Node it forks one, under Electron the shell does. */
export type Launcher = () => RecogniserPort;

/**
 * Linux's C library told to ask for memory in large pages: a run spends much of its time on memory that it has just
 * been given, and takes 12 to 31 % less with them (docs/performance.md). Others ignore the variable.
 */
function memoryInLargePages(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  // A person's own wish comes after it, and so counts
  const settings = ['glibc.malloc.hugetlb=1', process.env['GLIBC_TUNABLES']].filter(Boolean);
  return { GLIBC_TUNABLES: settings.join(':') };
}

/** The launcher of the command line and the server. */
export const forkRecogniser: Launcher = () => {
  const entry = fileURLToPath(
    new URL(
      import.meta.url.endsWith('.ts') ? './recogniser.main.ts' : './recogniser.main.js',
      import.meta.url,
    ),
  );
  const child: ChildProcess = fork(entry, [], {
    execArgv: nodeArguments(entry),
    env: { ...process.env, ...memoryInLargePages() },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
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
};
