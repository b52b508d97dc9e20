import type { Token } from './tokens.ts';

/** Points for a line of one width more than another, squared; twenty characters weigh as much as a comma. */
const balanceWeight = 0.075;
const extraLineCost = 10;
/** Where one line holds it all, a second is not wanted. */
const needlessLineCost = 1000;

export type LineBreaker = {
  /** Lays every run of tokens that begins at `first` and ends before `end`, as far as lines hold them. */
  from(first: number, end: number): void;
  /** The cost of the best lines for the first `count` tokens from `first`, or Infinity where they do not fit. */
  cost(count: number): number;
  /** How many of the first `count` tokens stand before each break of those lines. */
  breaks(count: number): number[];
};

/**
 * The best ways to set runs of tokens in lines, by dynamic programming over the start of the last line.
 * A line is over its width only where it is one single token.
 * @param breakCosts what a break after each token costs
 */
export function createLineBreaker(
  tokens: readonly Token[],
  breakCosts: Float64Array,
  rules: { maxLineChars: number; maxLines: number },
): LineBreaker {
  const { maxLineChars, maxLines } = rules;
  // Widths as sums from the start, each token with the space before it.
  const widthBefore = new Float64Array(tokens.length + 1);
  tokens.forEach((token, index) => {
    widthBefore[index + 1] = widthBefore[index] + token.spaceBefore + token.width;
  });
  const width = (from: number, to: number) =>
    widthBefore[to + 1] - widthBefore[from] - tokens[from].spaceBefore;

  // best[l][m]: the least cost of m + 1 tokens in l + 1 lines; lastLine[l][m]: where its last line begins.
  const best: number[][] = Array.from({ length: maxLines }, () => []);
  const lastLine: number[][] = Array.from({ length: maxLines }, () => []);
  const lines: number[] = [];
  const costs: number[] = [];
  let laid = 0;

  function layTo(first: number, m: number): boolean {
    const last = first + m;
    for (let l = 0; l < maxLines; l += 1) {
      best[l][m] = Infinity;
      lastLine[l][m] = 0;
    }
    const total = width(first, last);
    if (total <= maxLineChars || m === 0) best[0][m] = balanceWeight * total * total;
    for (let k = m; k >= 1; k -= 1) {
      const lineWidth = width(first + k, last);
      if (lineWidth > maxLineChars && k < m) break;
      const own = balanceWeight * lineWidth * lineWidth + breakCosts[first + k - 1];
      for (let l = 1; l < maxLines; l += 1) {
        const sum = best[l - 1][k - 1] + own;
        if (sum < best[l][m]) {
          best[l][m] = sum;
          lastLine[l][m] = k;
        }
      }
    }
    costs[m] = Infinity;
    for (let l = 0; l < maxLines; l += 1) {
      const imbalance = best[l][m] - (balanceWeight * total * total) / (l + 1);
      const cost = imbalance + l * (total <= maxLineChars ? needlessLineCost : extraLineCost);
      if (cost < costs[m]) {
        costs[m] = cost;
        lines[m] = l;
      }
    }
    return costs[m] < Infinity;
  }

  return {
    from(first, end) {
      laid = 0;
      while (first + laid < end && layTo(first, laid)) laid += 1;
    },
    cost: (count) => (count <= laid ? costs[count - 1] : Infinity),
    breaks(count) {
      const starts: number[] = [];
      let m = count - 1;
      for (let l = lines[m]; l > 0; l -= 1) {
        const start = lastLine[l][m];
        starts.unshift(start);
        m = start - 1;
      }
      return starts;
    },
  };
}
