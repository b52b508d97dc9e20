import type { Readable } from 'node:stream';

/**
 * A stream as the body of an answer. Node's own `Readable.toWeb` throws past everybody where a piece comes just after
 * its reader has left (nodejs/node#64529), as a player does that goes to another place.
 */
export function bodyStream(source: Readable): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void source.destroy(),
  });
}
