/** A word that the search may find: how it is spelled in the model's tokens, and what it counts as. */
export type LexiconEntry = {
  tokens: ArrayLike<number>;
  /** Its id in the language model; of a phrase its first word's. */
  word: number;
  /** The ids of a phrase's other words; their tokens have the delimiter between them. */
  further?: readonly number[];
  /** Natural logarithm of how likely it is behind anything, and of what a person adds to it. */
  log: number;
  bonus: number;
  /** As a person writes it, each written word with how many spoken ones it is; missing: as it is spelled. */
  written?: readonly { text: string; words: number }[];
};

/** The node that all words begin at, and the answer where there is no such child. */
export const rootNode = 0;
export const noNode = -1;

/**
 * The words of a language as a tree of a model's tokens. All columns are indexed by node; children of a node are
 * chained by `nextSiblings`.
 */
export class Lexicon {
  readonly #firstChildren: Int32Array;
  readonly #nextSiblings: Int32Array;
  readonly #rootChildren: Int32Array;
  readonly #inPhrase: Uint8Array;
  readonly tokens: Uint16Array;
  readonly depths: Uint8Array;
  /** The place of the entry that ends here, or -1. */
  readonly entryPlaces: Int32Array;
  /** The highest `log` + `bonus` of the entries that end here or below. */
  readonly bestLogs: Float32Array;
  readonly entries: LexiconEntry[];

  /**
   * Of two entries that are spelled alike the last one counts.
   * @param delimiterId what stands between the words of phrases
   */
  constructor(entries: LexiconEntry[], vocabularySize: number, delimiterId: number | null = null) {
    const size = entries.reduce((sum, { tokens }) => sum + tokens.length, 1);
    const firstChildren = new Int32Array(size).fill(noNode);
    const nextSiblings = new Int32Array(size).fill(noNode);
    const tokens = new Uint16Array(size);
    const depths = new Uint8Array(size);
    const entryPlaces = new Int32Array(size).fill(-1);
    const bestLogs = new Float32Array(size).fill(-Infinity);
    const inPhrase = new Uint8Array(size);
    let nodes = 1;
    const rootChildren = new Int32Array(vocabularySize).fill(noNode);
    const childOf = (node: number, token: number) => {
      if (node === rootNode && rootChildren[token] !== noNode) return rootChildren[token];
      let child = firstChildren[node];
      while (child !== noNode && tokens[child] !== token) child = nextSiblings[child];
      if (child !== noNode) return child;
      const made = nodes;
      nodes += 1;
      tokens[made] = token;
      depths[made] = Math.min(255, depths[node] + 1);
      inPhrase[made] = token === delimiterId || inPhrase[node] ? 1 : 0;
      nextSiblings[made] = firstChildren[node];
      firstChildren[node] = made;
      if (node === rootNode) rootChildren[token] = made;
      return made;
    };
    entries.forEach(({ tokens: spelling, log, bonus }, place) => {
      let node = rootNode;
      for (let i = 0; i < spelling.length; i += 1) {
        node = childOf(node, spelling[i]);
        bestLogs[node] = Math.max(bestLogs[node], log + bonus);
      }
      if (node !== rootNode) entryPlaces[node] = place;
    });
    this.#firstChildren = firstChildren.slice(0, nodes);
    this.#nextSiblings = nextSiblings.slice(0, nodes);
    this.#rootChildren = rootChildren;
    this.tokens = tokens.slice(0, nodes);
    this.depths = depths.slice(0, nodes);
    this.#inPhrase = inPhrase.slice(0, nodes);
    this.entryPlaces = entryPlaces.slice(0, nodes);
    this.bestLogs = bestLogs.slice(0, nodes);
    // Nothing is foreseen between words.
    this.bestLogs[rootNode] = 0;
    this.entries = entries;
  }

  /** Whether a node lies behind the first word of a phrase. */
  isInPhrase(node: number): boolean {
    return this.#inPhrase[node] === 1;
  }

  /** @returns the node behind a token, or {@link noNode}. */
  child(node: number, token: number): number {
    if (node === rootNode) return this.#rootChildren[token];
    let child = this.#firstChildren[node];
    while (child !== noNode && this.tokens[child] !== token) child = this.#nextSiblings[child];
    return child;
  }
}
