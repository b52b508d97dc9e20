import { ModelError } from '../model.ts';
import { longestVocabulary, sentenceStart, unknownWord, type BackoffModel } from './backoffModel.ts';

/** So many words in order are used; a file's longer n-grams are passed over. */
const order = 3;
/** What an unknown word gets where the file says nothing of it: 1 in 100,000. */
const rareLog10 = -5;

type Gram = { key: number; log: number; backoff: number };

/**
 * Reads an ARPA file, the text form of n-gram models that SRILM, KenLM and others write.
 *
 * @param lines of the file.
 * @returns orders 1 to 3 with words in lower case; of words that differ in case alone the first counts.
 * @throws ModelError where it is no such file, or has more words than 65,536.
 */
export async function readArpa(
  lines: AsyncIterable<string> | Iterable<string>,
  fileName: string,
): Promise<BackoffModel> {
  const ids = new Map<string, number>();
  const unigrams: { log: number; backoff: number }[] = [];
  const grams: Gram[][] = [[], []];
  let section = 0;
  let hasEnded = false;
  for await (const line of lines) {
    const head = /^\\(\d+)-grams:\s*$/.exec(line);
    if (head) section = Number(head[1]);
    hasEnded ||= line.startsWith('\\end\\');
    if (head || hasEnded || section === 0 || section > order || line.trim() === '') continue;
    const fields = line.trim().split(/\s+/);
    const [log, backoff] = [fields[0], fields[section + 1] ?? '0'].map((field) => Number(field) * Math.LN10);
    const words = fields.slice(1, section + 1).map(wordOf);
    if (Number.isNaN(log + backoff) || words.length < section || fields.length > section + 2) {
      throw new ModelError(
        `"${fileName}" is no ARPA file that can be read: "${line.slice(0, 60)}" makes no sense.`,
      );
    }
    if (section === 1) {
      if (ids.has(words[0])) continue;
      ids.set(words[0], unigrams.length);
      unigrams.push({ log, backoff });
    } else {
      const known = words.map((word) => ids.get(word));
      if (known.includes(undefined)) continue;
      grams[section - 2].push({
        key: (known as number[]).reduce((key, id) => key * 65536 + id, 0),
        log,
        backoff,
      });
    }
  }
  if (unigrams.length === 0 || !hasEnded) {
    throw new ModelError(
      `"${fileName}" is no whole ARPA file: it must have a section \\1-grams: and end with \\end\\.`,
    );
  }
  for (const [word, log10] of [
    [sentenceStart, -99],
    [unknownWord, rareLog10],
  ] as const) {
    if (ids.has(word)) continue;
    ids.set(word, unigrams.length);
    unigrams.push({ log: log10 * Math.LN10, backoff: 0 });
  }
  if (unigrams.length > longestVocabulary) {
    throw new ModelError(
      `"${fileName}" has ${unigrams.length} words, and a language model may have ${longestVocabulary}: make it with fewer.`,
    );
  }
  const [bigrams, trigrams] = grams.map(ordered);
  const pairs = new Set(bigrams.map(({ key }) => key));
  const triples = trigrams.filter(({ key }) => pairs.has(Math.floor(key / 65536)));
  return {
    words: [...ids.keys()],
    unigrams: columns(unigrams),
    bigrams: { keys: Float64Array.from(bigrams, ({ key }) => key), ...columns(bigrams) },
    trigrams: {
      keys: Float64Array.from(triples, ({ key }) => key),
      logs: Float32Array.from(triples, ({ log }) => log),
    },
  };
}

function wordOf(word: string): string {
  const lower = word.toLowerCase();
  return lower === '<unknown>' ? unknownWord : lower;
}

/** Ascending, each key once. */
function ordered(grams: Gram[]): Gram[] {
  const sorted = grams.sort((a, b) => a.key - b.key);
  return sorted.filter(({ key }, i) => i === 0 || key !== sorted[i - 1].key);
}

function columns(grams: { log: number; backoff: number }[]): { logs: Float32Array; backoffs: Float32Array } {
  return {
    logs: Float32Array.from(grams, ({ log }) => log),
    backoffs: Float32Array.from(grams, ({ backoff }) => backoff),
  };
}
