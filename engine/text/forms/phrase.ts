/** Words between two marks or pauses, as they were said: small letters without marks. */
export class Phrase {
  readonly length: number;
  readonly #words: readonly string[];
  readonly #before: string;
  readonly #capitals: readonly boolean[];

  /**
   * @param words what is to be written
   * @param around the word before them, empty where there is none
   * @param capitals which of the words have a capital letter
   */
  constructor(words: readonly string[], around: { before: string }, capitals: readonly boolean[] = []) {
    this.#words = words;
    this.#before = around.before;
    this.#capitals = capitals;
    this.length = words.length;
  }

  /** The word at a place, −1 being the one before the phrase; empty where there is none. */
  at(place: number): string {
    return place === -1 ? this.#before : (this.#words[place] ?? '');
  }

  isCapital(place: number): boolean {
    return this.#capitals[place] ?? false;
  }

  /** The same with another word at a place. */
  with(place: number, word: string): Phrase {
    return new Phrase(this.#words.with(place, word), { before: this.#before }, this.#capitals);
  }

  /** Whether the words from a place on are these. */
  has(place: number, words: string): boolean {
    return words.split(' ').every((word, i) => this.at(place + i) === word);
  }

  /** The first of some wordings that stands at a place, with where it ends. */
  find<T>(place: number, wordings: Iterable<readonly [string, T]>): { found: T; end: number } | null {
    for (const [wording, found] of wordings) {
      if (this.has(place, wording)) return { found, end: place + wording.split(' ').length };
    }
    return null;
  }
}

/** A written word and how many spoken ones it stands for; `text` null: the one word as it is. */
export type Piece = { text: string | null; words: number };

/** Writes what begins at a place, up to where its pieces reach; null where it has nothing to say. */
export type Rule = (phrase: Phrase, at: number) => Piece[] | null;

export const asItIs = (words: number): Piece[] =>
  Array.from({ length: words }, () => ({ text: null, words: 1 }));

export const wordsOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { words }) => sum + words, 0);
