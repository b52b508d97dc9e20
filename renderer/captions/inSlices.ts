import type { Sliced } from '../../transcript/captions/slices.ts';

/** Well within a frame, so that what is typed meanwhile shows at once. */
const sliceMs = 8;

/**
 * Does long work in slices with the page alive between them. The first slice is done at once, so short work is done
 * when this returns.
 * @param onDone gets the result, unless the work was broken off
 * @returns what breaks it off
 */
export function inSlices<T>(work: Sliced<T>, onDone: (result: T) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  function slice() {
    const endMs = performance.now() + sliceMs;
    do {
      const step = work.next();
      if (step.done) {
        isOver = true;
        onDone(step.value);
        return;
      }
    } while (performance.now() < endMs);
    timer = setTimeout(slice, 0);
  }
  slice();
  return () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    work.return(undefined as never);
  };
}
