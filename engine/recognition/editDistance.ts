export type EditCounts = { substitutions: number; insertions: number; deletions: number; errors: number };

const farAway = 0x3fffffff;

/**
 * The fewest substitutions, insertions and deletions that turn `reference` into `hypothesis`. Only a band around the
 * diagonal is looked at, twice as wide each time until it surely holds the best path (Ukkonen 1985, "Algorithms for
 * approximate string matching"), so that texts of a whole hour that differ little take well under a second.
 */
export function editCounts<T>(reference: readonly T[], hypothesis: readonly T[]): EditCounts {
  const [a, b] = numbered(reference, hypothesis);
  let reach = Math.max(16, Math.abs(a.length - b.length));
  for (;;) {
    const { errors, insertions } = withinBand(a, b, reach);
    if (errors <= reach) {
      const deletions = insertions - (b.length - a.length);
      return { errors, insertions, deletions, substitutions: errors - insertions - deletions };
    }
    reach *= 2;
  }
}

/** Equal items as equal numbers. */
function numbered<T>(...rows: (readonly T[])[]): Int32Array[] {
  const numbers = new Map<T, number>();
  return rows.map((row) =>
    Int32Array.from(row, (item) => {
      const number = numbers.get(item) ?? numbers.size;
      numbers.set(item, number);
      return number;
    }),
  );
}

/** Distance and insertions of the best path that strays at most `reach` from the diagonal. */
function withinBand(a: Int32Array, b: Int32Array, reach: number): { errors: number; insertions: number } {
  // One row, overwritten from left to right; the value up and to the left waits in a variable.
  const errors = new Int32Array(b.length + 1).fill(farAway);
  const insertions = new Int32Array(b.length + 1);
  for (let j = 0; j <= Math.min(b.length, reach); j += 1) errors[j] = insertions[j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    const first = Math.max(1, i - reach);
    const last = Math.min(b.length, i + reach);
    let diagonal = errors[first - 1];
    let diagonalInsertions = insertions[first - 1];
    errors[first - 1] = first === 1 && i <= reach ? i : farAway;
    insertions[first - 1] = 0;
    for (let j = first; j <= last; j += 1) {
      const above = errors[j];
      let best = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      let bestInsertions = diagonalInsertions;
      diagonal = above;
      diagonalInsertions = insertions[j];
      if (above + 1 < best) {
        best = above + 1;
        bestInsertions = insertions[j];
      }
      if (errors[j - 1] + 1 < best) {
        best = errors[j - 1] + 1;
        bestInsertions = insertions[j - 1] + 1;
      }
      errors[j] = best;
      insertions[j] = bestInsertions;
    }
  }
  return { errors: errors[b.length], insertions: insertions[b.length] };
}
