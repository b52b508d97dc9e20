import { findKey, type BackoffModel } from '../../language/backoffModel.ts';
import { countKeys, type Counts } from './counts.ts';

export type Sizes = { bigrams: number; trigrams: number };

/** What is taken from a count of one, of two, and of three and more. */
type Discounts = [number, number, number];

/**
 * An interpolated, modified Kneser-Ney model of order 3 in back-off form (Chen and Goodman, "An empirical study of
 * smoothing techniques for language modeling", 1998), pruned to a size: those n-grams stay whose loss would cost most
 * by weighted difference (Seymore and Rosenfeld, "Scalable backoff language models", 1996).
 *
 * @param unknownShare of all words that the vocabulary lacks.
 */
export function estimate(
  words: string[],
  counted: { bigrams: Counts; trigrams: Counts },
  special: { startId: number; unknownId: number; unknownShare: number },
  sizes: Sizes,
): BackoffModel {
  const { bigrams: met, trigrams } = counted;
  const bigramCounts = continuations(met, trigrams.keys, special.startId);
  const unigramLogs = unigramModel(words.length, met.keys, special);
  const unigram = (id: number) => Math.exp(unigramLogs[id]);

  const bigramLevel = interpolate({ keys: met.keys, counts: bigramCounts }, (key) => unigram(key % 65536));
  const bigram = (key: number) => bigramLevel.probabilities[findKey(met.keys, key)];
  const trigramLevel = interpolate(trigrams, (key) => bigram(key % 65536 ** 2));

  const keptTrigrams = mostCostly(trigrams, trigramLevel, sizes.trigrams, (i) => {
    const first = Math.floor(trigrams.keys[i] / 65536 ** 2);
    // One meeting is chance.
    return first !== special.unknownId && trigrams.counts[i] > 1;
  });
  const needed = new Set(Array.from(keptTrigrams, (i) => Math.floor(trigrams.keys[i] / 65536)));
  const chosen = mostCostly(
    met,
    bigramLevel,
    Math.max(0, sizes.bigrams - needed.size),
    (i) => !needed.has(met.keys[i]),
  );
  const isChosen = new Set(chosen);
  const keptBigrams = Uint32Array.from(met.keys.keys()).filter(
    (i) => isChosen.has(i) || needed.has(met.keys[i]),
  );

  const bigramKeys = Float64Array.from(keptBigrams, (i) => met.keys[i]);
  const bigramLogs = Float32Array.from(keptBigrams, (i) => Math.log(bigramLevel.probabilities[i]));
  const unigramBackoffs = backoffs(bigramKeys, bigramLogs, Float64Array.from(words.keys()), (key) =>
    unigram(key % 65536),
  );

  const trigramKeys = Float64Array.from(keptTrigrams, (i) => trigrams.keys[i]);
  const trigramLogs = Float32Array.from(keptTrigrams, (i) => Math.log(trigramLevel.probabilities[i]));
  const lower = (key: number) => {
    const pair = key % 65536 ** 2;
    const place = findKey(bigramKeys, pair);
    if (place >= 0) return Math.exp(bigramLogs[place]);
    return Math.exp(unigramBackoffs[Math.floor(pair / 65536)]) * unigram(pair % 65536);
  };
  return {
    words,
    unigrams: { logs: unigramLogs, backoffs: unigramBackoffs },
    bigrams: {
      keys: bigramKeys,
      logs: bigramLogs,
      backoffs: backoffs(trigramKeys, trigramLogs, bigramKeys, lower),
    },
    trigrams: { keys: trigramKeys, logs: trigramLogs },
  };
}

/** Before how many different words each pair stands; behind `<s>`, before which nothing stands, how often it was met. */
function continuations(met: Counts, trigramKeys: Float64Array, startId: number): Uint32Array {
  const behind = countKeys(trigramKeys.map((key) => key % 65536 ** 2));
  let at = 0;
  return met.counts.map((count, i) => {
    const key = met.keys[i];
    if (Math.floor(key / 65536) === startId) return count;
    while (behind.keys[at] < key) at += 1;
    return behind.keys[at] === key ? behind.counts[at] : 1;
  });
}

function unigramModel(
  words: number,
  bigramKeys: Float64Array,
  { startId, unknownId, unknownShare }: { startId: number; unknownId: number; unknownShare: number },
): Float32Array {
  // One more for each word, so that none is impossible.
  const before = new Float64Array(words).fill(1);
  for (const key of bigramKeys) before[key % 65536] += 1;
  before[startId] = 0;
  before[unknownId] = 0;
  const sum = before.reduce((a, b) => a + b, 0);
  const logs = Float32Array.from(before, (count) => Math.log((count / sum) * (1 - unknownShare)));
  logs[unknownId] = Math.log(unknownShare);
  // A sentence start is never said; ARPA files write it so too.
  logs[startId] = -99 * Math.LN10;
  return logs;
}

type Level = {
  probabilities: Float64Array;
  lowerShares: Float64Array;
  discounted: (count: number) => number;
};

/** Probabilities of all keys, each mixed with its lower order, and what the lower order alone would give. */
function interpolate({ keys, counts }: Counts, lower: (key: number) => number): Level {
  const discounts = discountsOf(counts);
  const discounted = (count: number) => count - discounts[Math.min(count, 3) - 1];
  const probabilities = new Float64Array(keys.length);
  const lowerShares = new Float64Array(keys.length);
  let begin = 0;
  while (begin < keys.length) {
    const history = Math.floor(keys[begin] / 65536);
    let end = begin;
    let total = 0;
    let taken = 0;
    while (end < keys.length && Math.floor(keys[end] / 65536) === history) {
      total += counts[end];
      taken += counts[end] - discounted(counts[end]);
      end += 1;
    }
    for (let i = begin; i < end; i += 1) {
      lowerShares[i] = (taken / total) * lower(keys[i]);
      probabilities[i] = discounted(counts[i]) / total + lowerShares[i];
    }
    begin = end;
  }
  return { probabilities, lowerShares, discounted };
}

function discountsOf(counts: Uint32Array): Discounts {
  const [, n1, n2, n3, n4] = [0, 1, 2, 3, 4].map((n) =>
    counts.reduce((sum, count) => sum + Number(count === n), 0),
  );
  const y = n1 / (n1 + 2 * n2);
  const discounts: Discounts = [1 - 2 * y * (n2 / n1), 2 - 3 * y * (n3 / n2), 3 - 4 * y * (n4 / n3)];
  // Little texts have too few counts to tell.
  return discounts.map((d, i) => (d > 0 && d < i + 1 ? d : 0.75)) as Discounts;
}

/** The places of at most `size` n-grams, ascending: those that are missed most. */
function mostCostly(
  { keys, counts }: Counts,
  { probabilities, lowerShares, discounted }: Level,
  size: number,
  may: (place: number) => boolean,
): Uint32Array {
  const cost = (i: number) => discounted(counts[i]) * Math.log(probabilities[i] / lowerShares[i]);
  const places = Uint32Array.from(keys.keys()).filter(may);
  if (places.length <= size) return places;
  const costs = Float64Array.from(places, cost);
  const least = costs.slice().sort()[places.length - size];
  return places.filter((_, i) => costs[i] > least);
}

/** Of each history, the weight by which the lower order fills what its own n-grams leave. */
function backoffs(
  keys: Float64Array,
  logs: Float32Array,
  histories: Float64Array,
  lower: (key: number) => number,
): Float32Array {
  let at = 0;
  return Float32Array.from(histories, (history) => {
    let left = 1;
    let lowerLeft = 1;
    while (at < keys.length && Math.floor(keys[at] / 65536) === history) {
      left -= Math.exp(logs[at]);
      lowerLeft -= lower(keys[at]);
      at += 1;
    }
    return Math.log(Math.max(left, 1e-6) / Math.max(lowerLeft, 1e-6));
  });
}
