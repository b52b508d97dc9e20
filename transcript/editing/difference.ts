/** Places of equal entries, [in the old list, in the new list], both rising. */
export type Match = [number, number];

/** More differences than this are not searched for: what lies between is taken as replaced. */
const maxDifferences = 2000;

/**
 * Which entries of a list stand in another one, in the same order: as many as possible (E. W. Myers,
 * “An O(ND) Difference Algorithm and Its Variations”, 1986).
 */
export function matches<T>(before: readonly T[], after: readonly T[]): Match[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) {
    head++;
  }
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail++;
  }
  const middle = middleMatches(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  );
  return [
    ...Array.from({ length: head }, (_, k): Match => [k, k]),
    ...middle.map(([old, now]): Match => [old + head, now + head]),
    ...Array.from({ length: tail }, (_, k): Match => [before.length - tail + k, after.length - tail + k]),
  ];
}

function middleMatches<T>(before: readonly T[], after: readonly T[]): Match[] {
  if (before.length === 0 || after.length === 0) {
    return [];
  }
  const most = Math.min(before.length + after.length, maxDifferences);
  // furthest[k]: how far into `before` one comes on the diagonal old - new = k - most - 1.
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences++) {
    trace.push(furthest.slice(most - differences, most + differences + 3));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const at = diagonal + most + 1;
      const down =
        diagonal === -differences || (diagonal !== differences && furthest[at - 1] < furthest[at + 1]);
      let old = down ? furthest[at + 1] : furthest[at - 1] + 1;
      while (old < before.length && old - diagonal < after.length && before[old] === after[old - diagonal]) {
        old++;
      }
      furthest[at] = old;
      if (old >= before.length && old - diagonal >= after.length) {
        return walkBack(trace, before.length, after.length);
      }
    }
  }
  return [];
}

function walkBack(trace: readonly Int32Array[], oldLength: number, newLength: number): Match[] {
  const found: Match[] = [];
  let old = oldLength;
  let now = newLength;
  for (let differences = trace.length - 1; differences >= 0; differences--) {
    const furthest = trace[differences];
    const diagonal = old - now;
    const at = diagonal + differences + 1;
    const down =
      diagonal === -differences || (diagonal !== differences && furthest[at - 1] < furthest[at + 1]);
    const fromDiagonal = diagonal + (down ? 1 : -1);
    const fromOld = differences === 0 ? 0 : furthest[at + (down ? 1 : -1)];
    const fromNew = differences === 0 ? 0 : fromOld - fromDiagonal;
    while (old > fromOld && now > fromNew) {
      found.push([--old, --now]);
    }
    old = fromOld;
    now = fromNew;
  }
  return found.reverse();
}
