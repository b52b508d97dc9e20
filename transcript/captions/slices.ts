/**
 * Long work that can be done a little at a time, so that a page stays responsive: it yields whenever it could pause.
 * Done at once or in slices, the result is the same.
 */
export type Sliced<T> = Generator<void, T, void>;

/** How many words or notes are looked at between two places to pause, well under a millisecond's work each. */
export const itemsPerSlice = 500;

/** Does it all at once. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
