import { noWords, type Words } from './history.ts';
import type { Hypotheses } from './hypotheses.ts';

/** Frames between two looks at the beam. */
const lookEvery = 8;
/** A word is looked at while it is one of so many last ones. */
const recentWords = 3;

/**
 * How much of the beam stood behind each word while it was new. Words that follow the same words compete, and a
 * word's share of what they have together is how sure the search was of it; later all but one of them are gone.
 */
export class Posterior {
  readonly #words: Words;
  #masses = new Float64Array(1 << 12);

  constructor(words: Words) {
    this.#words = words;
  }

  look(frame: number, hypotheses: Hypotheses): void {
    if (frame % lookEvery === 0) this.lookAtEnd(hypotheses);
  }

  lookAtEnd({ count, scores, wordTraces }: Hypotheses): void {
    this.#grow();
    let highest = -Infinity;
    for (let h = 0; h < count; h += 1) highest = Math.max(highest, scores[h]);
    let sum = 0;
    for (let h = 0; h < count; h += 1) sum += Math.exp(scores[h] - highest);
    for (let h = 0; h < count; h += 1) {
      const share = Math.exp(scores[h] - highest) / sum;
      let word = wordTraces[h];
      for (let back = 0; back < recentWords && word !== noWords; back += 1) {
        this.#masses[word] += share;
        word = this.#words.previous(word);
      }
    }
  }

  /** The words that compete with one, itself among them, with their shares, in falling order. */
  rivals(word: number): { word: number; share: number }[] {
    const rivals = this.#words.rivals(word).map((rival) => ({ word: rival, mass: this.#masses[rival] ?? 0 }));
    const sum = rivals.reduce((total, { mass }) => total + mass, 0);
    return rivals
      .map((rival) => ({ word: rival.word, share: sum > 0 ? rival.mass / sum : Number(rival.word === word) }))
      .sort((a, b) => b.share - a.share);
  }

  #grow(): void {
    if (this.#words.count <= this.#masses.length) return;
    const longer = new Float64Array(this.#words.count * 2);
    longer.set(this.#masses);
    this.#masses = longer;
  }
}
