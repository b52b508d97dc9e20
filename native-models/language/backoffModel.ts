/** The word that histories begin with, and the one that stands for all that the vocabulary lacks. */
export const sentenceStart = '<s>';
export const unknownWord = '<unk>';

/** Words of a vocabulary are counted in 16 bits. */
export const longestVocabulary = 65_536;

/**
 * An n-gram model of order 3 in back-off form, as it is estimated or read from an ARPA file, before it is packed.
 * Logarithms are natural. Keys are `first * 65536 + second`, and `(first * 65536 + second) * 65536 + third`, ascending.
 * The first two words of each trigram are a bigram.
 */
export type BackoffModel = {
  /** By id; `<s>` and `<unk>` are among them. */
  words: string[];
  unigrams: { logs: Float32Array; backoffs: Float32Array };
  bigrams: { keys: Float64Array; logs: Float32Array; backoffs: Float32Array };
  trigrams: { keys: Float64Array; logs: Float32Array };
};

/** @returns the place of a key in ascending keys, or -1. */
export function findKey(keys: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < key) low = middle + 1;
    else if (keys[middle] > key) high = middle - 1;
    else return middle;
  }
  return -1;
}
