import { binaryHeaderBytes, pageRequest, type PageMessage } from '../engine/contract.ts';
import { EngineFailure } from './engineClient.ts';
import type { PageGateway } from './pageGateway.ts';

type Log = (message: string, detail?: unknown) => void;

/** The shell's end of the way to one page. */
export type PageChannel = {
  /** JSON as text, or bytes. To a page that is gone it does nothing. */
  send(data: string | Uint8Array): void;
  /** The page says nothing but nonsense. */
  giveUp(): void;
};

export type PageConnection = {
  /** What the page says, unchecked; what is not text is malformed. */
  receive(message: unknown): void;
  /** The page is gone. */
  close(): void;
};

/** So many malformed messages are no mistake any more. */
const malformedAtMost = 20;
const runningAtMost = 200;

/** Speaks with one page: what it asks is answered, and it hears of everything that happens. */
export function connectPage(channel: PageChannel, gateway: PageGateway, log: Log): PageConnection {
  let malformed = 0;
  let running = 0;

  const send = (message: PageMessage) => channel.send(JSON.stringify(message));
  function refuse(): void {
    malformed += 1;
    if (malformed === 1) log('a page sent a malformed message');
    if (malformed > malformedAtMost) channel.giveUp();
  }

  const stop = gateway.listen((event, payload) => send({ kind: 'event', event, payload }));
  function receive(data: unknown): void {
    const request = typeof data === 'string' ? parsed(data) : undefined;
    if (!request) return refuse();
    const { id, method, params } = request;
    if (running >= runningAtMost) {
      return send({
        kind: 'failure',
        id,
        failure: { code: 'usage', message: 'Too much was asked at once.' },
      });
    }
    running += 1;
    gateway
      .call(method, params)
      .then(
        (result) =>
          result instanceof Uint8Array
            ? channel.send(withId(id, result))
            : send({ kind: 'result', id, result }),
        (cause: unknown) => {
          const known =
            cause instanceof EngineFailure ? { code: cause.code, message: cause.message } : undefined;
          if (!known) log(`${method} failed`, cause);
          const message = 'Something unexpected went wrong; the log has more.';
          send({ kind: 'failure', id, failure: known ?? { code: 'internal', message } });
        },
      )
      .finally(() => (running -= 1));
  }
  return { receive, close: stop };
}

function parsed(text: string) {
  try {
    return pageRequest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function withId(id: number, bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(binaryHeaderBytes + bytes.length);
  new DataView(message.buffer).setUint32(0, id, true);
  message.set(bytes, binaryHeaderBytes);
  return message;
}
