export type Interval = { from: number; to: number };

const draws = 1000;
const share = 0.95;

/**
 * Where figures lie with 95 % certainty: the middle of those of as many units drawn anew with replacement
 * (M. Bisani and H. Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", 2004). The same
 * units give the same intervals.
 *
 * @param units what is drawn, such as utterances
 * @param figuresOf the figures of some units
 * @returns null where there is nothing to draw from
 */
export function bootstrapIntervals<Unit, Name extends string>(
  units: readonly Unit[],
  figuresOf: (drawn: Unit[]) => Record<Name, number>,
): Record<Name, Interval> | null {
  if (units.length < 2) return null;
  const random = uniform(1);
  const drawn = Array.from({ length: draws }, () =>
    figuresOf(units.map(() => units[Math.floor(random() * units.length)])),
  );
  const outside = Math.floor((draws * (1 - share)) / 2);
  const names = Object.keys(drawn[0]) as Name[];
  const intervals = names.map((name): [Name, Interval] => {
    const values = Float64Array.from(drawn, (figures) => figures[name]).sort();
    return [name, { from: values[outside], to: values[draws - 1 - outside] }];
  });
  return Object.fromEntries(intervals) as Record<Name, Interval>;
}

/** Numbers in [0, 1) that are always the same for a seed: G. Steele's SplitMix in 32 bits. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
