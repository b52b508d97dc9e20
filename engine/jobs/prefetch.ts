/**
 * The same values, with up to `ahead` of them asked for before they are wanted, so that what makes them works
 * beside what takes them. Ending the iteration early ends the source too.
 */
export async function* prefetch<T>(source: AsyncIterable<T>, ahead: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting: Promise<IteratorResult<T>>[] = [];
  const ask = () => {
    const next = iterator.next();
    // An error is met when its turn comes; until then it is not unhandled.
    next.catch(() => undefined);
    waiting.push(next);
  };
  try {
    for (let k = 0; k <= ahead; k += 1) ask();
    for (;;) {
      const result = await waiting.shift()!;
      if (result.done) return;
      ask();
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}
