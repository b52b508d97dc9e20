/** A word that stands outside the lexicon. */
export const offLexicon = -2;

/**
 * Hypotheses of one frame, each a state of CTC in a state of the language: where in the lexicon the word that is being
 * spelled stands, and the two words before it. Two that agree in all of that have the same future, so only the
 * better one is kept.
 */
export class Hypotheses {
  count = 0;
  readonly scores: Float64Array;
  /** Lexicon node, or {@link offLexicon} with a hash of the letters so far. */
  readonly nodes: Int32Array;
  readonly unseen: Int32Array;
  /** What the last frame was: the blank or the token of a run. */
  readonly tokens: Int32Array;
  /** The last two words, by id of the language model. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** The hypothesis of the frame before, and whether a word ended: the lexicon's place of it, or one of the marks below. */
  readonly parents: Int32Array;
  readonly ended: Int32Array;
  /** Filled in for those that live on: the runs and words so far, and the run that is going on. */
  readonly traces: Int32Array;
  readonly wordTraces: Int32Array;
  readonly runStarts: Int32Array;
  readonly peaks: Float64Array;
  readonly #slots: Int32Array;
  readonly #slotMask: number;

  constructor(capacity: number) {
    const ints = () => new Int32Array(capacity);
    this.scores = new Float64Array(capacity);
    this.nodes = ints();
    this.unseen = ints();
    this.tokens = ints();
    this.first = ints();
    this.second = ints();
    this.parents = ints();
    this.ended = ints();
    this.traces = ints();
    this.wordTraces = ints();
    this.runStarts = ints();
    this.peaks = new Float64Array(capacity);
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2 + 2));
    this.#slots = new Int32Array(slots);
    this.#slotMask = slots - 1;
  }

  clear(): void {
    this.count = 0;
    this.#slots.fill(-1);
  }

  /** Adds a hypothesis, or betters the one in the same state. */
  offer(
    score: number,
    node: number,
    unseen: number,
    token: number,
    first: number,
    second: number,
    parent: number,
    ended: number,
  ): void {
    let slot = this.#hash(node, unseen, token, first, second);
    for (;;) {
      const place = this.#slots[slot];
      if (place < 0) break;
      if (
        this.nodes[place] === node &&
        this.tokens[place] === token &&
        this.second[place] === second &&
        this.first[place] === first &&
        this.unseen[place] === unseen
      ) {
        if (score > this.scores[place]) {
          this.scores[place] = score;
          this.parents[place] = parent;
          this.ended[place] = ended;
        }
        return;
      }
      slot = (slot + 1) & this.#slotMask;
    }
    const place = this.count;
    this.#slots[slot] = place;
    this.count += 1;
    this.scores[place] = score;
    this.nodes[place] = node;
    this.unseen[place] = unseen;
    this.tokens[place] = token;
    this.first[place] = first;
    this.second[place] = second;
    this.parents[place] = parent;
    this.ended[place] = ended;
  }

  /** Takes over hypothesis `from` of another frame's. */
  copy(other: Hypotheses, from: number): number {
    const place = this.count;
    this.count += 1;
    this.scores[place] = other.scores[from];
    this.nodes[place] = other.nodes[from];
    this.unseen[place] = other.unseen[from];
    this.tokens[place] = other.tokens[from];
    this.first[place] = other.first[from];
    this.second[place] = other.second[from];
    return place;
  }

  #hash(node: number, unseen: number, token: number, first: number, second: number): number {
    let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unseen, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ token, 0xc2b2ae35) ^ Math.imul(first, 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 13) ^ second, 0x165667b1);
    return (hash ^ (hash >>> 16)) & this.#slotMask;
  }
}
