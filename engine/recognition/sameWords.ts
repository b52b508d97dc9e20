import { wordCore } from './scoringText.ts';

export type TimedWord = { text: string; startMs: number; endMs: number };

/** Words that stand further apart are not the same saying. */
const farthestMs = 3000;

type Pair = { place: number; other: number; closeness: number; before: Pair | null };

/**
 * Which words of two texts are the same saying: equal words, in the same order, so chosen that they lie as near to
 * each other in time as they can. Without the times a "the" that was missed would be paired with the next one.
 *
 * @returns pairs of places, both rising
 */
export function sameWords(wanted: readonly TimedWord[], found: readonly TimedWord[]): [number, number][] {
  const foundAt = new Map<string, number[]>();
  found.forEach(({ text }, place) => {
    const core = wordCore(text);
    if (core !== '') foundAt.set(core, [...(foundAt.get(core) ?? []), place]);
  });
  const best = new BestBefore(found.length);
  wanted.forEach((word, place) => {
    // From the last on, so that none goes on from another pair of the same word.
    for (const other of (foundAt.get(wordCore(word.text)) ?? []).toReversed()) {
      const apartMs = Math.abs(middleMs(word) - middleMs(found[other]));
      if (apartMs > farthestMs) continue;
      const before = best.upTo(other);
      const closeness = (before?.closeness ?? 0) + 1 - apartMs / (farthestMs + 1);
      best.add({ place, other, closeness, before });
    }
  });
  const pairs: [number, number][] = [];
  for (let pair = best.upTo(found.length); pair; pair = pair.before) pairs.push([pair.place, pair.other]);
  return pairs.reverse();
}

const middleMs = ({ startMs, endMs }: TimedWord) => (startMs + endMs) / 2;

/** The best chain of pairs that ends before a place, in logarithmic time (P. Fenwick's tree, 1994). */
class BestBefore {
  readonly #tree: (Pair | null)[];

  constructor(places: number) {
    this.#tree = new Array<Pair | null>(places + 1).fill(null);
  }

  add(pair: Pair): void {
    for (let node = pair.other + 1; node < this.#tree.length; node += node & -node) {
      if (pair.closeness > (this.#tree[node]?.closeness ?? 0)) this.#tree[node] = pair;
    }
  }

  upTo(place: number): Pair | null {
    let best: Pair | null = null;
    for (let node = place; node > 0; node -= node & -node) {
      const pair = this.#tree[node];
      if (pair && pair.closeness > (best?.closeness ?? 0)) best = pair;
    }
    return best;
  }
}
