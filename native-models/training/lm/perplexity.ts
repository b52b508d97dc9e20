import { noWord, type NgramModel } from '../../language/ngramModel.ts';
import type { Corpus } from './counts.ts';

/** Perplexity over the known words of a text, in one run over its sentence ends, as a decoder meets it. */
export function perplexity(
  model: NgramModel,
  { ids }: Corpus,
): { words: number; unknown: number; perplexity: number } {
  let sum = 0;
  let unknown = 0;
  for (let i = 0; i < ids.length; i += 1) {
    if (ids[i] === model.unknownId) unknown += 1;
    else sum += model.logProbability(i > 1 ? ids[i - 2] : noWord, i > 0 ? ids[i - 1] : noWord, ids[i]);
  }
  return { words: ids.length, unknown, perplexity: Math.exp(-sum / (ids.length - unknown)) };
}
