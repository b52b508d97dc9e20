import * as z from 'zod';
import type { OwnProcessOptions, ProcessPort } from './ownProcess.ts';

/**
 * A process under Electron starts none itself: it asks the shell, which starts it and joins the two by a message
 * port. Both sides of that conversation are in this file; the shell's answer is in electron/processes.ts.
 */

/** What a process says to the shell. */
export const shellRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('launch'),
    /** Counts up in each process. */
    id: z.number().int().min(0),
    /** The path of one of our entry files. */
    entry: z.string(),
    options: z.object({
      environment: z.record(z.string(), z.string()).optional(),
      arguments: z.array(z.string()).optional(),
      givesWay: z.boolean().optional(),
    }),
  }),
  z.object({ kind: z.literal('kill'), id: z.number().int() }),
]);
export type ShellRequest = z.infer<typeof shellRequest>;

/**
 * What the shell says to a process; `serve` and `launched` bring a port with them. The first message is `serve` (its
 * entry answers whoever has the other end of the port) or `run` (it is a command, and ends when the entry is done).
 */
export const shellMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('serve') }),
  z.object({ kind: z.literal('run') }),
  z.object({ kind: z.literal('launched'), id: z.number().int() }),
  z.object({ kind: z.literal('exited'), id: z.number().int(), reason: z.string() }),
]);
export type ShellMessage = z.infer<typeof shellMessage>;

/** An end of a message channel, as Electron gives it to a process. */
export type ShellPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

/** Electron's way from one of its processes to the shell. */
export type ParentPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: { data: unknown; ports: ShellPort[] }) => void): unknown;
};

/** Undefined under plain Node, and in Electron's main process. */
export function parentPort(): ParentPort | undefined {
  return (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;
}

type Asked = { launched(port: ShellPort): void; exited(reason: string): void };

const asked = new Map<number, Asked>();
let nextId = 0;

/** Has the shell start one of our entry files. */
export function launchThroughShell(
  shell: ParentPort,
  entry: string,
  options: OwnProcessOptions,
): ProcessPort {
  if (nextId === 0) shell.on('message', ({ data, ports }) => hear(data, ports[0]));
  const id = nextId;
  nextId += 1;
  const say = (request: ShellRequest) => shell.postMessage(request);

  // What is said before the port has come waits for it.
  let waiting: unknown[] | undefined = [];
  let port: ShellPort | undefined;
  let reason: string | undefined;
  const messageListeners: ((message: unknown) => void)[] = [];
  const exitListeners: ((reason: string) => void)[] = [];
  asked.set(id, {
    launched(given) {
      port = given;
      given.on('message', ({ data }) => messageListeners.forEach((listener) => listener(data)));
      given.start();
      waiting?.forEach((message) => given.postMessage(message));
      waiting = undefined;
    },
    exited(why) {
      reason = why;
      waiting = undefined;
      port?.close();
      asked.delete(id);
      exitListeners.forEach((listener) => listener(why));
    },
  });
  say({ kind: 'launch', id, entry, options });
  return {
    post(message) {
      if (waiting) waiting.push(message);
      else if (reason === undefined) port!.postMessage(message);
    },
    onMessage: (listener) => void messageListeners.push(listener),
    onExit(listener) {
      if (reason === undefined) exitListeners.push(listener);
      else listener(reason);
    },
    kill: () => say({ kind: 'kill', id }),
  };
}

function hear(data: unknown, port: ShellPort | undefined): void {
  const message = shellMessage.parse(data);
  if (message.kind === 'launched') asked.get(message.id)?.launched(port!);
  else if (message.kind === 'exited') asked.get(message.id)?.exited(message.reason);
}
