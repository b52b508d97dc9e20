import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';

/** Message ports and utility processes, as forks of Node whose ports all go through this process. */

const utility = new URL('./utility.mjs', import.meta.url).href;
let nextPortId = 1;

/** For tests: changes what processes say to the shell. */
export const tampering: { change?: (data: unknown) => void } = {};

export class MessagePortMain extends EventEmitter {
  other!: MessagePortMain;
  readonly id = nextPortId++;
  /** The process that it was given to. */
  owner: ChildProcess | undefined;
  #waiting: unknown[] = [];
  #isStarted = false;

  postMessage(data: unknown): void {
    this.other.deliver(data);
  }
  start(): void {
    this.#isStarted = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
  close(): void {
    this.other.hearClose();
  }
  deliver(data: unknown): void {
    if (!this.owner) tampering.change?.(data);
    if (this.owner) tell(this.owner, { kind: 'port', id: this.id, data });
    else if (this.#isStarted) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
  giveTo(owner: ChildProcess): void {
    this.owner = owner;
    for (const data of this.#waiting.splice(0)) this.deliver(data);
  }
  hearClose(): void {
    if (this.owner) tell(this.owner, { kind: 'close', id: this.id });
    else this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

type ForkOptions = {
  execArgv?: string[];
  env?: NodeJS.ProcessEnv;
  stdio?: string | string[];
  serviceName?: string;
};

class UtilityProcess extends EventEmitter {
  pid: number | undefined;
  readonly stderr: Readable | null;
  readonly serviceName: string;
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, MessagePortMain>();

  constructor(modulePath: string, args: string[], options: ForkOptions) {
    super();
    this.serviceName = options.serviceName ?? '';
    const [, out, err] =
      typeof options.stdio === 'string' ? Array(3).fill(options.stdio) : (options.stdio ?? []);
    this.#child = fork(modulePath, args, {
      execArgv: ['--import', utility, ...(options.execArgv ?? [])],
      env: options.env ?? process.env,
      serialization: 'advanced',
      stdio: ['ignore', out ?? 'inherit', err ?? 'inherit', 'ipc'],
    });
    this.stderr = this.#child.stderr;
    this.#child.once('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.on('message', (message) => this.#receive(message as Envelope));
    this.#child.once('exit', (code) => {
      this.pid = undefined;
      running.delete(this);
      for (const port of this.#ports.values()) port.other.hearClose();
      this.emit('exit', code ?? 1);
    });
    running.add(this);
  }

  postMessage(data: unknown, ports: MessagePortMain[] = []): void {
    for (const port of ports) this.#ports.set(port.id, port);
    tell(this.#child, { kind: 'parent', data, ports: ports.map(({ id }) => id) });
    for (const port of ports) port.giveTo(this.#child);
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #receive({ kind, id, data }: Envelope): void {
    if (kind === 'parent') this.emit('message', data);
    else if (kind === 'port') this.#ports.get(id!)?.other.deliver(data);
    else this.#ports.get(id!)?.other.hearClose();
  }
}

type Envelope = { kind: 'parent' | 'port' | 'close'; id?: number; data?: unknown; ports?: number[] };

function tell(child: ChildProcess, envelope: Envelope): void {
  if (child.connected) child.send({ ...envelope, isOfStandIn: true }, () => undefined);
}

const running = new Set<UtilityProcess>();
/** Those that run, for tests. */
export const runningProcesses = () => [...running].map(({ pid, serviceName }) => ({ pid, serviceName }));

export const utilityProcess = {
  fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}) =>
    new UtilityProcess(modulePath, args, options),
};
