import * as z from 'zod';
import { ModelError } from '../model.ts';
import { sentenceStart, unknownWord, type BackoffModel } from './backoffModel.ts';
import { quantise } from './codebook.ts';

/**
 * The file of a language model: eight letters that name the format, the length of a JSON header (uint32), the header,
 * then these columns one behind the other, each beginning at a multiple of four; all numbers little endian.
 * Successors of a word or a bigram lie side by side, ascending by word, so that only how many there are is written.
 */
const magic = 'SEWLM-01';

const header = z.object({
  name: z.string(),
  languages: z.array(z.string()),
  licence: z.string().nullable(),
  /** Where its counts come from, for a person. */
  source: z.string(),
  wordsBytes: z.number().int().min(0),
  unigrams: z.number().int().positive(),
  bigrams: z.number().int().min(0),
  trigrams: z.number().int().min(0),
});
export type LanguageModelCard = Pick<z.infer<typeof header>, 'name' | 'languages' | 'licence' | 'source'>;

/** The columns of a language model file; codes are looked up in the book of 256 natural logarithms beside them. */
export type PackedModel = {
  card: LanguageModelCard;
  words: string[];
  unigrams: Column & BackoffColumn;
  bigrams: { words: Uint16Array } & Column & BackoffColumn;
  trigrams: { words: Uint16Array } & Column;
};
type Column = { logBook: Float32Array; logs: Uint8Array };
type BackoffColumn = { backoffBook: Float32Array; backoffs: Uint8Array; successors: Uint16Array };

/** Packs a model into 6 bytes a bigram and 3 a trigram. */
export function packModel(model: BackoffModel, card: LanguageModelCard): Uint8Array {
  const { words, unigrams, bigrams, trigrams } = model;
  const wordsText = new TextEncoder().encode(words.join('\n'));
  const head: z.infer<typeof header> = {
    ...card,
    wordsBytes: wordsText.length,
    unigrams: words.length,
    bigrams: bigrams.keys.length,
    trigrams: trigrams.keys.length,
  };
  const withBackoffs = (grams: { logs: Float32Array; backoffs: Float32Array }) => {
    const logs = quantise(grams.logs);
    const backoffs = quantise(grams.backoffs);
    return [logs.book, logs.codes, backoffs.book, backoffs.codes];
  };
  const trigramLogs = quantise(trigrams.logs);
  const start = new TextEncoder().encode(magic);
  const json = new TextEncoder().encode(JSON.stringify(head));
  return concatenate([
    start,
    Uint32Array.of(json.length),
    json,
    wordsText,
    ...withBackoffs(unigrams),
    successorsOfWords(bigrams.keys, words.length),
    Uint16Array.from(bigrams.keys, (key) => key % 65536),
    ...withBackoffs(bigrams),
    successorsOfBigrams(bigrams.keys, trigrams.keys),
    Uint16Array.from(trigrams.keys, (key) => key % 65536),
    trigramLogs.book,
    trigramLogs.codes,
  ]);
}

/**
 * The columns of a file's bytes; they share its memory.
 * @throws ModelError where it is no language model or a cut one.
 */
export function unpackModel(bytes: Uint8Array, fileName: string): PackedModel {
  const reader = new Columns(bytes, fileName);
  if (new TextDecoder().decode(reader.bytes(magic.length)) !== magic) {
    throw new ModelError(`"${fileName}" is not a language model of Sewscribe; import its ARPA file again.`);
  }
  const head = reader.header(reader.uint32());
  const words = new TextDecoder().decode(reader.bytes(head.wordsBytes)).split('\n');
  const column = (length: number) => ({ logBook: reader.floats(256), logs: reader.bytes(length) });
  const backoffColumn = (length: number) => ({
    backoffBook: reader.floats(256),
    backoffs: reader.bytes(length),
    successors: reader.shorts(length),
  });
  const { name, languages, licence, source } = head;
  const model = {
    card: { name, languages, licence, source },
    words,
    unigrams: { ...column(head.unigrams), ...backoffColumn(head.unigrams) },
    bigrams: { words: reader.shorts(head.bigrams), ...column(head.bigrams), ...backoffColumn(head.bigrams) },
    trigrams: { words: reader.shorts(head.trigrams), ...column(head.trigrams) },
  };
  if (words.length !== head.unigrams || !words.includes(sentenceStart) || !words.includes(unknownWord)) {
    throw damaged(fileName);
  }
  return model;
}

const damaged = (fileName: string) =>
  new ModelError(`The language model "${fileName}" is damaged; install or import it again.`);

class Columns {
  readonly #bytes: Uint8Array;
  readonly #fileName: string;
  #at = 0;

  constructor(bytes: Uint8Array, fileName: string) {
    // Columns of numbers can only be looked at in place from an even start.
    this.#bytes = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    this.#fileName = fileName;
  }

  bytes(length: number): Uint8Array {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw damaged(this.#fileName);
    this.#at = at + length + padding(length);
    return this.#bytes.subarray(at, at + length);
  }

  uint32(): number {
    const { buffer, byteOffset } = this.bytes(4);
    return new DataView(buffer, byteOffset).getUint32(0, true);
  }

  header(length: number): z.infer<typeof header> {
    const text = new TextDecoder().decode(this.bytes(length));
    try {
      return header.parse(JSON.parse(text));
    } catch {
      throw damaged(this.#fileName);
    }
  }

  floats(length: number): Float32Array {
    const { buffer, byteOffset } = this.bytes(length * 4);
    return new Float32Array(buffer, byteOffset, length);
  }

  shorts(length: number): Uint16Array {
    const { buffer, byteOffset } = this.bytes(length * 2);
    return new Uint16Array(buffer, byteOffset, length);
  }
}

const padding = (length: number) => (4 - (length % 4)) % 4;

function concatenate(parts: (Uint8Array | Uint16Array | Uint32Array | Float32Array)[]): Uint8Array {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength + padding(byteLength), 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    whole.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength + padding(byteLength);
  }
  return whole;
}

function successorsOfWords(bigramKeys: Float64Array, words: number): Uint16Array {
  const successors = new Uint16Array(words);
  for (const key of bigramKeys) successors[Math.floor(key / 65536)] += 1;
  return successors;
}

function successorsOfBigrams(bigramKeys: Float64Array, trigramKeys: Float64Array): Uint16Array {
  const successors = new Uint16Array(bigramKeys.length);
  let bigram = 0;
  for (const key of trigramKeys) {
    const history = Math.floor(key / 65536);
    while (bigramKeys[bigram] < history) bigram += 1;
    if (bigramKeys[bigram] !== history) throw new RangeError('A trigram begins with no bigram of the model.');
    successors[bigram] += 1;
  }
  return successors;
}
