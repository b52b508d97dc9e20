import type { WebSocket } from 'ws';
import type { Log } from '../files/log.ts';
import { connectPage } from '../host/pageConnection.ts';
import type { PageGateway } from '../host/pageGateway.ts';

/** A page that takes this much less than it is told is gone or stuck; it asks again when it is back. */
const waitingBytesAtMost = 2 ** 27;

/** Speaks with one page over its socket. */
export function attachPage(socket: WebSocket, gateway: PageGateway, log: Log): void {
  const page = connectPage(
    {
      send(data) {
        if (socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > waitingBytesAtMost) socket.terminate();
        else socket.send(data);
      },
      giveUp: () => socket.close(1008, 'malformed messages'),
    },
    gateway,
    log,
  );
  socket.on('close', page.close);
  // A broken connection closes, which is heard of.
  socket.on('error', () => undefined);
  socket.on('message', (data, isBinary) => page.receive(isBinary ? data : String(data)));
}
