/** Ever more integers in columns that grow together. */
class Columns {
  length = 0;
  readonly columns: Int32Array[];

  constructor(columns: number) {
    this.columns = Array.from({ length: columns }, () => new Int32Array(1 << 12));
  }

  add(values: number[]): number {
    const place = this.length;
    if (place === this.columns[0].length) {
      this.columns.forEach((column, i) => {
        const longer = new Int32Array(place * 2);
        longer.set(column);
        this.columns[i] = longer;
      });
    }
    values.forEach((value, i) => (this.columns[i][place] = value));
    this.length += 1;
    return place;
  }
}

/** No run before. */
export const nothing = -1;

/** One token's stretch of frames. */
export type Run = { token: number; startFrame: number; endFrame: number };

/** The runs of tokens that hypotheses have behind them, each with the one before it. */
export class Runs {
  readonly #columns = new Columns(4);

  add(previous: number, { token, startFrame, endFrame }: Run): number {
    return this.#columns.add([previous, token, startFrame, endFrame]);
  }

  /** All runs up to and with `last`, in order. */
  upTo(last: number): Run[] {
    const runs: Run[] = [];
    for (let at = last; at !== nothing; at = this.previous(at)) runs.push(this.at(at));
    return runs.reverse();
  }

  previous(run: number): number {
    return this.#columns.columns[0][run];
  }

  at(run: number): Run {
    const [, token, startFrame, endFrame] = this.#columns.columns;
    return { token: token[run], startFrame: startFrame[run], endFrame: endFrame[run] };
  }
}

/** What words begin behind. */
export const noWords = 0;

/** The words that hypotheses have behind them, as a tree: the same word behind the same words is one. */
export class Words {
  readonly #columns = new Columns(6);

  constructor() {
    this.#columns.add([nothing, nothing, 0, nothing, nothing, nothing]);
  }

  /**
   * @param entry the word's place in the lexicon, or a mark.
   * @param letters a hash of its letters where it is none of the lexicon's.
   * @param lastRun of its letters.
   */
  behind(previous: number, entry: number, letters: number, lastRun: number): number {
    const [, entries, hashes, , firstChildren, nextSiblings] = this.#columns.columns;
    for (let child = firstChildren[previous]; child !== nothing; child = nextSiblings[child]) {
      if (entries[child] === entry && hashes[child] === letters) return child;
    }
    const made = this.#columns.add([previous, entry, letters, lastRun, nothing, firstChildren[previous]]);
    this.#columns.columns[4][previous] = made;
    return made;
  }

  get count(): number {
    return this.#columns.length;
  }

  previous(word: number): number {
    return this.#columns.columns[0][word];
  }

  entry(word: number): number {
    return this.#columns.columns[1][word];
  }

  lastRun(word: number): number {
    return this.#columns.columns[3][word];
  }

  /** All words that follow the same words as this one, itself among them. */
  rivals(word: number): number[] {
    const [, , , , firstChildren, nextSiblings] = this.#columns.columns;
    const rivals: number[] = [];
    for (let at = firstChildren[this.previous(word)]; at !== nothing; at = nextSiblings[at]) rivals.push(at);
    return rivals;
  }

  /** All words up to and with `last`, in order. */
  upTo(last: number): number[] {
    const words: number[] = [];
    for (let at = last; at !== noWords; at = this.previous(at)) words.push(at);
    return words.reverse();
  }
}
