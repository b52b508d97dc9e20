/** How often each of some keys was met; keys ascend. */
export type Counts = { keys: Float64Array; counts: Uint32Array };

/** Numbers that grow in number, without a gap. */
export class NumberList {
  #numbers = new Float64Array(1 << 20);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#numbers.length) {
      const longer = new Float64Array(this.#length * 2);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.#length] = value;
    this.#length += 1;
  }

  get values(): Float64Array {
    return this.#numbers.subarray(0, this.#length);
  }
}

/** Counts equal keys. The keys are sorted in place. */
export function countKeys(met: Float64Array): Counts {
  met.sort();
  let distinct = 0;
  for (let i = 0; i < met.length; i += 1) if (i === 0 || met[i] !== met[i - 1]) distinct += 1;
  const keys = new Float64Array(distinct);
  const counts = new Uint32Array(distinct);
  let at = -1;
  for (let i = 0; i < met.length; i += 1) {
    if (i === 0 || met[i] !== met[i - 1]) {
      at += 1;
      keys[at] = met[i];
    }
    counts[at] += 1;
  }
  return { keys, counts };
}

/** A text as ids of words, sentence by sentence, without a mark between them; `starts` are the sentences' places. */
export type Corpus = { ids: Uint16Array; starts: Set<number> };

/**
 * Pairs and triples of a text. A decoder is not told where sentences end, so triples go on over their ends, and each
 * sentence's first words are counted behind `<s>` as well.
 * @returns triples that end in a known word behind a known word; the first may be unknown.
 */
export function countNgrams(
  { ids, starts }: Corpus,
  startId: number,
  unknownId: number,
): { bigrams: Counts; trigrams: Counts } {
  const pairs = new NumberList();
  const triples = new NumberList();
  const pair = (first: number, second: number) => {
    if (first !== unknownId && second !== unknownId) pairs.push(first * 65536 + second);
  };
  const triple = (first: number, second: number, third: number) => {
    if (second !== unknownId && third !== unknownId) triples.push((first * 65536 + second) * 65536 + third);
  };
  for (let i = 0; i < ids.length; i += 1) {
    if (i > 0) pair(ids[i - 1], ids[i]);
    if (i > 1) triple(ids[i - 2], ids[i - 1], ids[i]);
    if (starts.has(i)) pair(startId, ids[i]);
    if (starts.has(i - 1)) triple(startId, ids[i - 1], ids[i]);
  }
  return { bigrams: countKeys(pairs.values), trigrams: countKeys(triples.values) };
}
