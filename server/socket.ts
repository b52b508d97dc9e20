import type { WebSocket } from 'ws';
import { binaryHeaderBytes, pageRequest, type PageMessage } from '../engine/contract.ts';
import { EngineFailure } from '../host/engineClient.ts';
import type { PageGateway } from '../host/pageGateway.ts';

type Log = (message: string, detail?: unknown) => void;

/** So many malformed messages are no mistake any more. */
const malformedAtMost = 20;
/** A page that takes this much less than it is told is gone or stuck; it asks again when it is back. */
const waitingBytesAtMost = 2 ** 27;
const runningAtMost = 200;

/** Speaks with one page: what it asks is answered, and it hears of everything that happens. */
export function attachPage(socket: WebSocket, gateway: PageGateway, log: Log): void {
  let malformed = 0;
  let running = 0;

  function send(message: PageMessage): void {
    sendRaw(JSON.stringify(message));
  }
  function sendRaw(data: string | Uint8Array): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > waitingBytesAtMost) socket.terminate();
    else socket.send(data);
  }
  function refuse(): void {
    malformed += 1;
    if (malformed === 1) log('a page sent a malformed message');
    if (malformed > malformedAtMost) socket.close(1008, 'malformed messages');
  }

  const stop = gateway.listen((event, payload) => send({ kind: 'event', event, payload }));
  socket.on('close', stop);
  // A broken connection closes, which is heard of.
  socket.on('error', () => undefined);
  socket.on('message', (data, isBinary) => {
    const request = isBinary ? undefined : parsed(String(data));
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
          result instanceof Uint8Array ? sendRaw(withId(id, result)) : send({ kind: 'result', id, result }),
        (cause: unknown) => {
          const known =
            cause instanceof EngineFailure ? { code: cause.code, message: cause.message } : undefined;
          if (!known) log(`${method} failed`, cause);
          const message = 'Something unexpected went wrong; the log has more.';
          send({ kind: 'failure', id, failure: known ?? { code: 'internal', message } });
        },
      )
      .finally(() => (running -= 1));
  });
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
