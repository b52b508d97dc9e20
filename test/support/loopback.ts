import { request, type IncomingHttpHeaders } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import {
  decodeDocumentState,
  type DocumentState,
  type PageEventName,
  type PageEventPayload,
  type PageMethodName,
  type PageParams,
  type PageResult,
  type QueuedJob,
} from '../../engine/contract.ts';
import { folders } from '../../files/folders.ts';
import { EngineClient } from '../../host/engineClient.ts';
import { forkEngine, type EnginePort } from '../../host/engineProcess.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { PageFiles } from '../../host/pageFiles.ts';
import { startServer, type RunningServer } from '../../server/server.ts';
import { recitalFolder } from './cli.ts';

/** The loopback shell as a person runs it: a real engine process, the recital model, and browsers made of their parts. */
export type Loopback = {
  server: RunningServer;
  cookie: string;
  /** Ends the engine as a fault would. */
  killEngine(): void;
  engines(): number;
  log: string[];
  /** One more tab. */
  tab(): Promise<Tab>;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
};

export type AskOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};
export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

export async function startLoopback(
  home: string,
  options: { roots?: string[]; page?: string; uploadLimitBytes?: number } = {},
): Promise<Loopback> {
  process.env['SEWSCRIBE_HOME'] = home;
  await mkdir(home, { recursive: true });
  await importCheckpoint(recitalFolder, folders().models, { id: 'recital', overwrite: true });
  const ports: EnginePort[] = [];
  const engine = new EngineClient(() => {
    const port = forkEngine();
    ports.push(port);
    return port;
  });
  const log: string[] = [];
  const server = await startServer({
    engine,
    page: await PageFiles.open(options.page ?? join(home, 'no page')),
    roots: options.roots ?? [],
    port: 0,
    version: 'test',
    log: (message) => log.push(message),
    uploadLimitBytes: options.uploadLimitBytes,
  });
  const opened = await askServer(server, new URL(server.address).pathname + new URL(server.address).search);
  const cookie = String(opened.headers['set-cookie']).split(';')[0];
  const tabs: Tab[] = [];
  return {
    server,
    cookie,
    log,
    killEngine: () => ports.at(-1)!.kill(),
    engines: () => ports.length,
    async tab() {
      const tab = await Tab.open(server, cookie);
      tabs.push(tab);
      return tab;
    },
    ask: (path, { headers, ...rest } = {}) =>
      askServer(server, path, { ...rest, headers: { cookie, ...headers } }),
    async close() {
      for (const tab of tabs) tab.close();
      await server.close();
    },
  };
}

/** A request exactly as it is written here: no client tidies its path or its headers. */
export function askServer(
  { port }: RunningServer,
  path: string,
  { method = 'GET', headers = {}, body }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

type Heard = { event: PageEventName; payload: unknown };

/** What carries a page's messages to its shell. */
export type Wire = { send(text: string): void; close(): void };

/** A page's end of the contract. */
export class Tab {
  readonly #wire: Wire;
  readonly heard: Heard[] = [];
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(cause: Error): void }>();
  readonly #watching = new Set<() => void>();
  #nextId: number;

  /** @param firstId of what it asks; another's answers are none of its */
  constructor(wire: Wire, firstId = 1) {
    this.#wire = wire;
    this.#nextId = firstId;
  }

  static open({ port }: RunningServer, cookie: string): Promise<SocketTab> {
    const origin = `http://127.0.0.1:${port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { cookie }, origin });
    const tab = new SocketTab(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(tab));
      socket.once('error', reject);
    });
  }

  call<M extends PageMethodName>(method: M, params: PageParams<M>): Promise<PageResult<M>> {
    return new Promise<PageResult<M>>((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve: (result) => resolve(result as PageResult<M>), reject });
      this.#wire.send(JSON.stringify({ id, method, params }));
    });
  }

  /** A project with its document, as a page asks for it. */
  async opened(projectId: string): Promise<PageResult<'project.open'> & DocumentState> {
    const [project, bytes] = await Promise.all([
      this.call('project.open', { projectId }),
      this.call('project.document', { projectId }),
    ]);
    return { ...project, ...decodeDocumentState(bytes) };
  }

  /** All payloads of an event so far. */
  events<E extends PageEventName>(event: E): PageEventPayload<E>[] {
    return this.heard
      .filter((heard) => heard.event === event)
      .map(({ payload }) => payload as PageEventPayload<E>);
  }

  /** Waits until something that was heard, or is heard from now on, makes it true. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        this.#watching.delete(look);
        resolve();
      };
      this.#watching.add(look);
      look();
    });
  }

  /** Waits for a job to end. */
  async ended(jobId: string): Promise<QueuedJob> {
    const find = () =>
      this.events('queue.changed')
        .at(-1)
        ?.jobs.find((job) => job.jobId === jobId && job.endedAtMs !== null);
    const { jobs } = await this.call('queue.list', {});
    const already = jobs.find((job) => job.jobId === jobId && job.endedAtMs !== null);
    if (already) return already;
    await this.until(() => find() !== undefined);
    return find()!;
  }

  close(): void {
    this.#wire.close();
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.#settle(data.readUInt32LE(0))?.resolve(new Uint8Array(data.subarray(4)));
      return;
    }
    const message = JSON.parse(String(data));
    if (message.kind === 'event') {
      this.heard.push({ event: message.event, payload: message.payload });
      for (const look of [...this.#watching]) look();
    } else if (message.kind === 'result') {
      this.#settle(message.id)?.resolve(message.result);
    } else {
      const { code, message: sentence } = message.failure;
      this.#settle(message.id)?.reject(Object.assign(new Error(sentence), { code }));
    }
  }

  #settle(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

class SocketTab extends Tab {
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    super({ send: (text) => socket.send(text), close: () => socket.terminate() });
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
  }
}
