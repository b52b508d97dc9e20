export type Interval = { from: number; to: number };

const draws = 1000;
const share = 0.95;

/**
 * Where a rate lies with 95 % certainty: the middle of the rates of as many units drawn anew with replacement
 * (M. Bisani and H. Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", 2004). The same
 * units give the same interval.
 *
 * @param units errors and lengths, such as of utterances
 * @returns null where there is nothing to draw from
 */
export function bootstrapInterval(units: readonly { errors: number; length: number }[]): Interval | null {
  if (units.length < 2) return null;
  const random = uniform(1);
  const rates = Float64Array.from({ length: draws }, () => {
    let errors = 0;
    let length = 0;
    for (let drawn = 0; drawn < units.length; drawn += 1) {
      const unit = units[Math.floor(random() * units.length)];
      errors += unit.errors;
      length += unit.length;
    }
    return errors / Math.max(1, length);
  }).sort();
  const outside = Math.floor((draws * (1 - share)) / 2);
  return { from: rates[outside], to: rates[draws - 1 - outside] };
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
