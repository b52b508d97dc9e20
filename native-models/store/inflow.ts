import type { Readable } from 'node:stream';

const mostQueuedBytes = 1 << 20;

/**
 * A body's chunks as they come, from now on. Unlike a stream's own iterator it still gives what came before the
 * connection broke, which on a bad network is what makes a download get on.
 */
export function chunksOf(body: Readable): AsyncGenerator<Buffer> {
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let hasEnded = false;
  let failure: Error | undefined;
  let wake = () => {};
  body.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes > mostQueuedBytes) body.pause();
    wake();
  });
  body.once('end', () => {
    hasEnded = true;
    wake();
  });
  body.once('error', (cause: Error) => {
    failure = cause;
    wake();
  });
  body.once('close', () => {
    if (!hasEnded) failure ??= new Error('closed before its end');
    wake();
  });

  async function* chunks() {
    for (;;) {
      const chunk = queue.shift();
      if (chunk) {
        queuedBytes -= chunk.length;
        if (body.isPaused() && queuedBytes < mostQueuedBytes / 2) body.resume();
        yield chunk;
      } else if (failure) throw failure;
      else if (hasEnded) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return chunks();
}
