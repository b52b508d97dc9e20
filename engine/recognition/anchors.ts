/** Two places that hold the same letters: in the text and in what the model heard. */
export type Anchor = { text: number; heard: number };

/** How many letters must agree, from the surest to the shortest that is still trusted. */
const runLengths = [16, 11, 8];
/** A shorter run than the first is trusted only where another run, apart from it, lies this near (letters) … */
const supportWithin = 150;
/** … and as far from it in the text as in what was heard, to within this share. */
const supportSlack = 0.35;
/** Between two anchors nearer than this (letters of the text times letters heard) no more are looked for. */
const smallArea = 2500;

/**
 * Finds where a text and the letters heard surely agree: runs of letters that occur once on both sides, in one
 * order; then, between each two of those, shorter runs that occur once there (as the patience difference does with
 * lines). Linear in time but for the sorting.
 *
 * @param text one character a letter; any character that `heard` never has stands for a letter that is not known.
 * @returns in rising order on both sides.
 */
export function findAnchors(text: string, heard: string): Anchor[] {
  const found: Anchor[] = [];
  const heardPerLetter = heard.length / text.length;
  const search = (from: Anchor, to: Anchor, level: number): void => {
    if (level === runLengths.length) return;
    if ((to.text - from.text) * (to.heard - from.heard) < smallArea) return;
    const runs = uniqueRuns(text, heard, from, to, runLengths[level]);
    const here = risingRun(level === 0 ? runs : supported(runs, runLengths[level], heardPerLetter));
    let last = from;
    for (const anchor of here) {
      search(last, anchor, level + 1);
      found.push(anchor);
      last = { text: anchor.text + 1, heard: anchor.heard + 1 };
    }
    search(last, to, level + 1);
  };
  search({ text: 0, heard: 0 }, { text: text.length, heard: heard.length }, 0);
  return found;
}

/** Runs of `length` letters that occur exactly once in either stretch, in the order of the text. */
function uniqueRuns(text: string, heard: string, from: Anchor, to: Anchor, length: number): Anchor[] {
  const inHeard = places(heard, from.heard, to.heard, length);
  const runs: Anchor[] = [];
  for (const [run, at] of places(text, from.text, to.text, length)) {
    const there = inHeard.get(run);
    if (at !== null && there !== undefined && there !== null) runs.push({ text: at, heard: there });
  }
  return runs.sort((a, b) => a.text - b.text);
}

/** The runs that others bear out. */
function supported(runs: Anchor[], length: number, heardPerLetter: number): Anchor[] {
  return runs.filter((run, i) => {
    const bearsOut = (other: Anchor | undefined): boolean => {
      if (other === undefined) return false;
      const apart = Math.abs(other.text - run.text) * heardPerLetter;
      const apartHeard = (other.heard - run.heard) * Math.sign(other.text - run.text);
      return Math.abs(apartHeard - apart) <= apart * supportSlack;
    };
    const looks = (step: 1 | -1): boolean => {
      for (let k = i + step; Math.abs((runs[k]?.text ?? Infinity) - run.text) <= supportWithin; k += step) {
        if (Math.abs(runs[k].text - run.text) >= length && bearsOut(runs[k])) return true;
      }
      return false;
    };
    return looks(1) || looks(-1);
  });
}

/** Where each run begins; null where it does more than once. */
function places(letters: string, from: number, to: number, length: number): Map<string, number | null> {
  const found = new Map<string, number | null>();
  for (let at = from; at + length <= to; at += 1) {
    const run = letters.slice(at, at + length);
    found.set(run, found.has(run) ? null : at);
  }
  return found;
}

/** The longest subsequence that rises in `heard` too (patience sorting). */
function risingRun(anchors: Anchor[]): Anchor[] {
  const tails: number[] = [];
  const previous: number[] = [];
  anchors.forEach(({ heard }, i) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (anchors[tails[middle]].heard < heard) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? tails[low - 1] : -1;
    tails[low] = i;
  });
  const run: Anchor[] = [];
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i]) run.push(anchors[i]);
  return run.reverse();
}
