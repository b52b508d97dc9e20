import { createSubscriber } from 'svelte/reactivity';
import {
  binaryHeaderBytes,
  pageEvents,
  pageMessage,
  pageMethods,
  repeatableMethods,
  type PageEventName,
  type PageEventPayload,
  type PageMethodName,
  type PageParams,
  type PageResult,
} from '../engine/contract.ts';
import {
  BridgeFailure,
  type Connection,
  type Transport,
  type Uploaded,
  type UploadOptions,
} from './transport.ts';

/** The page's way to its shell, and through it to the engine. */
export type Bridge = {
  /** @throws BridgeFailure with a sentence for a person */
  call<M extends PageMethodName>(method: M, params: PageParams<M>): Promise<PageResult<M>>;
  /** @returns what ends the listening */
  listen<E extends PageEventName>(event: E, listener: (payload: PageEventPayload<E>) => void): () => void;
  /** After a lost connection or a restarted engine: ask again for what is shown. @returns what ends the listening */
  onRefresh(listener: () => void): () => void;
  /** Reactive. What is asked meanwhile waits for the connection. */
  readonly connected: boolean;
  /** Reactive: how many attempts to connect have failed in a row. */
  readonly failedAttempts: number;
  upload(file: File, options: UploadOptions): Promise<Uploaded>;
};

type Waiting = {
  method: PageMethodName;
  text: string;
  isSent: boolean;
  resolve(result: never): void;
  reject(cause: BridgeFailure): void;
};

/** Waits before the first, second, … attempt to connect again; the last holds from then on. */
const reconnectAfterMs = [100, 300, 1_000, 2_000, 5_000];

/**
 * Speaks the page's contract over a transport: every message is checked, a lost connection is made again. What was
 * asked and not answered is then asked again where that does no harm, and fails otherwise.
 * @param sentences what to say where the connection broke, in the interface's language
 */
export function connectBridge(transport: Transport, sentences: { broken(): string }): Bridge {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<PageEventName, Set<(payload: never) => void>>();
  const refreshers = new Set<() => void>();
  let nextId = 1;
  let connection: Connection;
  let isOpen = false;
  let wasOpen = false;
  let failedAttempts = 0;
  let tellReaders = () => {};
  const subscribe = createSubscriber((update) => {
    tellReaders = update;
  });

  function connect(): void {
    let isOver = false;
    connection = transport.connect({
      onOpen() {
        isOpen = true;
        failedAttempts = 0;
        for (const request of waiting.values()) send(request);
        if (wasOpen) refresh();
        wasOpen = true;
        tellReaders();
      },
      onMessage: receive,
      onClose() {
        if (isOver) return;
        isOver = true;
        if (!isOpen) failedAttempts += 1;
        isOpen = false;
        for (const [id, request] of [...waiting]) {
          if (!request.isSent || repeatableMethods.has(request.method)) continue;
          waiting.delete(id);
          request.reject(new BridgeFailure('internal', sentences.broken()));
        }
        tellReaders();
        setTimeout(connect, reconnectAfterMs[Math.min(failedAttempts, reconnectAfterMs.length - 1)]);
      },
    });
  }

  function send(request: Waiting): void {
    request.isSent = true;
    connection.send(request.text);
  }

  function receive(data: string | Uint8Array): void {
    if (typeof data !== 'string') return receiveBytes(data);
    const message = parsed(data);
    if (!message) return;
    if (message.kind === 'event') return tell(message.event, message.payload);
    const request = taken(message.id);
    if (!request) return;
    if (message.kind === 'failure') {
      request.reject(new BridgeFailure(message.failure.code, message.failure.message));
      return;
    }
    const result = pageMethods[request.method].result.safeParse(message.result);
    if (result.success) request.resolve(result.data as never);
    else
      request.reject(
        new BridgeFailure('internal', `The answer to “${request.method}” is malformed.`, {
          cause: result.error,
        }),
      );
  }

  function receiveBytes(data: Uint8Array): void {
    if (data.length < binaryHeaderBytes) return;
    const id = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
    taken(id)?.resolve(data.subarray(binaryHeaderBytes) as never);
  }

  function taken(id: number): Waiting | undefined {
    const request = waiting.get(id);
    waiting.delete(id);
    return request;
  }

  function tell(name: string, payload: unknown): void {
    if (!Object.hasOwn(pageEvents, name)) return;
    const event = name as PageEventName;
    const checked = pageEvents[event].safeParse(payload);
    if (!checked.success) return console.error(`A malformed “${event}” was left out.`, checked.error);
    for (const listener of [...(listeners.get(event) ?? [])]) listener(checked.data as never);
    if (event === 'engine.restarted') refresh();
  }

  function refresh(): void {
    for (const listener of [...refreshers]) listener();
  }

  connect();
  return {
    call(method, params) {
      return new Promise((resolve, reject) => {
        const id = nextId++;
        const text = JSON.stringify({ id, method, params });
        const request: Waiting = { method, text, isSent: false, resolve, reject };
        waiting.set(id, request);
        if (isOpen) send(request);
      });
    },
    listen(event, listener) {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all.add(listener));
      return () => all.delete(listener);
    },
    onRefresh(listener) {
      refreshers.add(listener);
      return () => refreshers.delete(listener);
    },
    get connected() {
      subscribe();
      return isOpen;
    },
    get failedAttempts() {
      subscribe();
      return failedAttempts;
    },
    upload: (file, options) => transport.upload(file, options),
  };
}

function parsed(text: string) {
  try {
    return pageMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
