import { sentenceStart, unknownWord } from './backoffModel.ts';
import { unpackModel, type LanguageModelCard, type PackedModel } from './packedModel.ts';

/** No word: the history before anything was said has one word or none. */
export const noWord = -1;

/** Tells how likely a word is behind two others. */
export class NgramModel {
  readonly card: LanguageModelCard;
  readonly words: string[];
  readonly startId: number;
  readonly unknownId: number;
  readonly #columns: PackedModel;
  readonly #bigramsStart: Uint32Array;
  readonly #trigramsStart: Uint32Array;

  /** @throws ModelError where the bytes are no language model */
  constructor(bytes: Uint8Array, fileName: string) {
    const columns = unpackModel(bytes, fileName);
    this.#columns = columns;
    this.card = columns.card;
    this.words = columns.words;
    this.startId = columns.words.indexOf(sentenceStart);
    this.unknownId = columns.words.indexOf(unknownWord);
    this.#bigramsStart = startsOf(columns.unigrams.successors);
    this.#trigramsStart = startsOf(columns.bigrams.successors);
  }

  /** Natural logarithm of how likely a word is behind anything. */
  unigramLog(word: number): number {
    const { logBook, logs } = this.#columns.unigrams;
    return logBook[logs[word]];
  }

  /**
   * Natural logarithm of a word's probability behind two others, ids or {@link noWord}: back-off as in S. Katz,
   * "Estimation of probabilities from sparse data" (1987).
   */
  logProbability(first: number, second: number, word: number): number {
    if (second === noWord) return this.unigramLog(word);
    const { unigrams, bigrams, trigrams } = this.#columns;
    let backoff = 0;
    if (first !== noWord) {
      const history = this.#findBigram(first, second);
      if (history >= 0) {
        const place = find(
          trigrams.words,
          this.#trigramsStart[history],
          this.#trigramsStart[history + 1],
          word,
        );
        if (place >= 0) return trigrams.logBook[trigrams.logs[place]];
        backoff = bigrams.backoffBook[bigrams.backoffs[history]];
      }
    }
    const place = this.#findBigram(second, word);
    if (place >= 0) return backoff + bigrams.logBook[bigrams.logs[place]];
    return backoff + unigrams.backoffBook[unigrams.backoffs[second]] + this.unigramLog(word);
  }

  #findBigram(first: number, second: number): number {
    return find(
      this.#columns.bigrams.words,
      this.#bigramsStart[first],
      this.#bigramsStart[first + 1],
      second,
    );
  }
}

function startsOf(counts: Uint16Array): Uint32Array {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i += 1) starts[i + 1] = starts[i] + counts[i];
  return starts;
}

function find(words: Uint16Array, start: number, end: number, word: number): number {
  let low = start;
  let high = end - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = words[middle];
    if (found < word) low = middle + 1;
    else if (found > word) high = middle - 1;
    else return middle;
  }
  return -1;
}
