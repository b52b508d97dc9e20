import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { Log } from '../files/log.ts';
import type { OwnProcessOptions, ProcessPort } from '../files/ownProcess.ts';
import { giveWay } from '../files/priority.ts';
import { shellRequest, type ShellMessage } from '../files/throughShell.ts';

/** A process is started from a real file, and never from inside the archive. */
const unpacked = (path: string) => path.replace(/app\.asar(?=[\\/]|$)/, 'app.asar.unpacked');

const appFolder = unpacked(fileURLToPath(new URL('..', import.meta.url)));
const childEntry = join(appFolder, 'electron', 'child.js');
/** What one of our processes may have started. */
const entryPattern = /^(engine|cli)\/([\w-]+\/)*([\w-]+\.)?main\.js$/;

type Running = { child: UtilityProcess; started: Map<number, Running> };

/**
 * The app's own processes: the shell alone can start them, and joins each with the one that asked for it by a
 * channel of their own. What a process had started ends with it.
 */
export class OwnProcesses {
  readonly #log: Log;
  readonly #running = new Set<Running>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Starts an entry file for the shell itself. */
  launch(entryUrl: URL, options: OwnProcessOptions = {}): ProcessPort {
    const { port1: port, port2: theirs } = new MessageChannelMain();
    let isOver = false;
    const exitListeners: ((reason: string) => void)[] = [];
    const running = this.#start(unpacked(fileURLToPath(entryUrl)), theirs, options, (reason) => {
      isOver = true;
      port.close();
      exitListeners.forEach((listener) => listener(reason));
    });
    return {
      post(message) {
        if (!isOver) port.postMessage(message);
      },
      onMessage(listener) {
        port.on('message', ({ data }) => listener(data));
        port.start();
      },
      onExit: (listener) => void exitListeners.push(listener),
      kill: () => end(running),
    };
  }

  /** Runs an entry as a command whose output is this app's own. @returns its exit code */
  run(entry: string, args: readonly string[]): Promise<number> {
    return new Promise((resolve) => {
      const path = join(appFolder, entry);
      const child = utilityProcess.fork(childEntry, [path, ...args], {
        stdio: 'inherit',
        serviceName: 'Sewscribe command',
      });
      const running = this.#keep(child);
      child.once('exit', (code) => {
        this.#over(running);
        resolve(code);
      });
      say(child, { kind: 'run' });
    });
  }

  /** Ends all at once: whatever counts is on the disk. */
  close(): void {
    for (const running of this.#running) end(running);
  }

  #start(
    entry: string,
    port: MessagePortMain,
    { environment, arguments: execArgv, givesWay }: OwnProcessOptions,
    onExit: (reason: string) => void,
  ): Running {
    const child = utilityProcess.fork(childEntry, [entry], {
      execArgv,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName: `Sewscribe ${entry.includes('recogniser') ? 'recogniser' : 'engine'}`,
    });
    const running = this.#keep(child);
    if (givesWay) child.once('spawn', () => giveWay(child.pid));
    let complaints = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + String(chunk)).slice(-4000);
    });
    child.once('exit', (code) => {
      this.#over(running);
      onExit(`exit ${code}; ${complaints.trim()}`);
    });
    say(child, { kind: 'serve' }, port);
    return running;
  }

  #keep(child: UtilityProcess): Running {
    const running: Running = { child, started: new Map() };
    this.#running.add(running);
    child.on('message', (message) => this.#hear(running, message));
    return running;
  }

  #over(running: Running): void {
    this.#running.delete(running);
    for (const started of running.started.values()) end(started);
  }

  #hear(asking: Running, message: unknown): void {
    const request = shellRequest.safeParse(message).data;
    if (!request) return this.#log('a process asked for something unknown');
    // What one has asked for just before its end: nobody would end it.
    if (!this.#running.has(asking)) return;
    const { id } = request;
    if (request.kind === 'kill') {
      const started = asking.started.get(id);
      if (started) end(started);
      return;
    }
    const isOurs = entryPattern.test(relative(appFolder, request.entry).split(sep).join('/'));
    if (!isOurs) {
      this.#log('a process asked for a program that is none of ours', { entry: request.entry });
      return say(asking.child, { kind: 'exited', id, reason: 'refused' });
    }
    const { port1, port2 } = new MessageChannelMain();
    const started = this.#start(request.entry, port2, request.options, (reason) => {
      asking.started.delete(id);
      say(asking.child, { kind: 'exited', id, reason });
    });
    asking.started.set(id, started);
    say(asking.child, { kind: 'launched', id }, port1);
  }
}

function say(child: UtilityProcess, message: ShellMessage, port?: MessagePortMain): void {
  // One that is gone hears nothing, and needs to hear nothing.
  child.postMessage(message, port ? [port] : []);
}

/** At once, whatever it is doing; Electron's own way would ask it first. */
function end({ child }: Pick<Running, 'child'>): void {
  // It has no number before it has begun, and none when it is over.
  if (child.pid === undefined) return void child.once('spawn', () => end({ child }));
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
