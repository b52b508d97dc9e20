import { ideographicLanguages, singleByteLanguages, type IdeographicLanguage } from './languageLetters.ts';

/** Natural logarithms of how likely a character is, in what is taken for a language. */
const likelihood = {
  ascii: -3,
  /** Quotes, dashes, dots and the no-break space, which any language uses. */
  punctuation: -4.5,
  capital: -1.5,
  capitalInsideWord: -6,
  scriptsMixed: -5,
  strange: -11,
  broken: -14,
  frequentIdeograph: -5.5,
  otherIdeograph: -9,
  kana: -4,
  hangul: -6.5,
  widePunctuation: -5,
};

/** How much of a Chinese, Japanese or Korean text is not ASCII. */
const ideographicShare = 0.9;

const punctuation = new Set('’‘“”„…–—«»°•€\u00a0');
const wide = /^[\u3000-\u303f\uff00-\uff5e]$/;
const ideograph = /^[\u4e00-\u9fff]$/;
const latinLetter = /^[A-Za-z\u00aa\u00ba\u00c0-\u024f]$/;
const broken = /^[\0-\u0008\u000e-\u001f\u0080-\u009f\ufffd\ue000-\uf8ff]$/;

/** Of equal readings the encoding that is met more often wins. */
const rarity: Record<string, number> = {
  'iso-8859-2': 2,
  'koi8-u': 2,
  'iso-8859-7': 2,
  'windows-1257': 1,
  'windows-1252': -1,
};

/** More than this tells no more. */
const sampleBytes = 8192;

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d);
}

/**
 * UTF-16 without a mark: digits, spaces and line ends have a zero in one half of their two bytes, and a
 * letter or a line end in the other. (Quiet sound has zeros too, beside anything.)
 */
function bareUtf16(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, 65_536);
  const zeros = [0, 0];
  const controls = [0, 0];
  sample.forEach((byte, index) => {
    if (byte !== 0) return;
    zeros[index % 2] += 1;
    if (isControl(sample[index ^ 1] ?? 0)) controls[index % 2] += 1;
  });
  const isText = (half: number) =>
    zeros[half] > sample.length * 0.05 &&
    zeros[1 - half] < zeros[half] * 0.1 &&
    controls[half] < zeros[half] * 0.05;
  if (isText(0)) return 'utf-16be';
  return isText(1) ? 'utf-16le' : undefined;
}

/**
 * UTF-8 that is whole, or damaged in no more places than it has whole letters beyond ASCII: bytes of another encoding
 * hardly ever make one.
 */
function isUtf8(bytes: Uint8Array): boolean {
  let damaged = 0;
  let whole = 0;
  for (const character of new TextDecoder('utf-8').decode(bytes)) {
    if (character === '\ufffd') damaged += 1;
    else if (character > '\x7f') whole += 1;
  }
  return whole >= damaged;
}

/** Bytes that no text has: more than a few control characters. */
function isBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 65_536);
  let controls = 0;
  for (const byte of sample) if (isControl(byte)) controls += 1;
  return controls > sample.length * 0.02 + 1;
}

/** The lines with bytes beyond ASCII, which alone tell encodings apart. */
function tellingLines(bytes: Uint8Array): Uint8Array {
  const telling = new Uint8Array(sampleBytes);
  let length = 0;
  for (let start = 0; start < bytes.length && length < sampleBytes;) {
    let end = start;
    let telltale = false;
    while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) {
      if (bytes[end] >= 0x80) telltale = true;
      end += 1;
    }
    const line = bytes.subarray(start, Math.min(end + 1, start + sampleBytes - length));
    if (telltale) {
      telling.set(line, length);
      length += line.length;
    }
    start = end + 1;
  }
  return telling.subarray(0, length);
}

/** How likely each letter is where the most frequent comes first (Zipf), in a text with this share of them. */
function letterTable(letters: string, share: number): Map<string, number> {
  const ranks = [...letters].map((letter, rank) => [letter, 1 / (rank + 2)] as const);
  const sum = ranks.reduce((total, [, weight]) => total + weight, 0);
  return new Map(ranks.map(([letter, weight]) => [letter, Math.log((share * weight) / sum)]));
}

function singleByteScore(text: string, table: ReadonlyMap<string, number>, share: number): number {
  const asciiLetter = likelihood.ascii + Math.log(1 - share);
  let score = 0;
  let previous = ' ';
  let previousLower = false;
  for (const character of text) {
    const lower = character.toLowerCase();
    const isLetter = lower !== character.toUpperCase() || table.has(character);
    const isCapital = isLetter && lower !== character;
    if (character <= '\x7f') score += isLetter ? asciiLetter : likelihood.ascii;
    else if (broken.test(character)) score += likelihood.broken;
    else if (punctuation.has(character)) score += likelihood.punctuation;
    else {
      const known = table.get(character) ?? table.get(lower);
      score += known ?? likelihood.strange;
      if (isCapital) score += likelihood.capital;
    }
    const wasLetter = previous.toLowerCase() !== previous.toUpperCase() || table.has(previous);
    if (isCapital && previousLower) score += likelihood.capitalInsideWord;
    if (isLetter && wasLetter && latinLetter.test(character) !== latinLetter.test(previous)) {
      score += likelihood.scriptsMixed;
    }
    previous = character;
    previousLower = isLetter && !isCapital;
  }
  return score;
}

function ideographicScore(text: string, language: IdeographicLanguage): number {
  const asciiLetter = likelihood.ascii + Math.log(1 - ideographicShare);
  let score = 0;
  let previous = ' ';
  for (const character of text) {
    const isIdeograph = ideograph.test(character);
    if (character <= '\x7f') score += /[A-Za-z]/.test(character) ? asciiLetter : likelihood.ascii;
    else if (isIdeograph) {
      score += language.frequent.has(character) ? likelihood.frequentIdeograph : likelihood.otherIdeograph;
    } else if (language.syllables?.test(character)) {
      score += character < '\uac00' ? likelihood.kana : likelihood.hangul;
    } else if (wide.test(character)) score += likelihood.widePunctuation;
    else score += broken.test(character) ? likelihood.broken : likelihood.strange;
    // Letters of a Latin word, taken for an ideograph.
    if (isIdeograph ? /[a-z]/.test(previous) : /[a-z]/.test(character) && ideograph.test(previous)) {
      score += likelihood.scriptsMixed;
    }
    previous = character;
  }
  return score;
}

/** The encoding in which the bytes are likeliest as text of some language. */
function likeliest(bytes: Uint8Array): string {
  const sample = tellingLines(bytes);
  const readings = new Map<string, string>();
  const read = (encoding: string) => {
    let text = readings.get(encoding);
    if (text === undefined) readings.set(encoding, (text = decode(sample, encoding).text));
    return text;
  };
  let best = { encoding: 'windows-1252', score: -Infinity };
  const offer = (encoding: string, likely: number) => {
    const score = likely - (rarity[encoding] ?? 0);
    if (score > best.score) best = { encoding, score };
  };
  for (const { encodings, letters, share } of singleByteLanguages) {
    const table = letterTable(letters, share);
    for (const encoding of encodings) offer(encoding, singleByteScore(read(encoding), table, share));
  }
  for (const language of ideographicLanguages) {
    for (const encoding of language.encodings) offer(encoding, ideographicScore(read(encoding), language));
  }
  return best.encoding;
}

/** Windows-1252 from 0x80 to 0x9F, which Node 20 reads as Latin-1; undefined bytes stay. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * The text of bytes, and the Encoding Standard's name for what they were read as.
 * @throws RangeError where the label names no encoding
 */
export function decode(bytes: Uint8Array, label: string): { text: string; encoding: string } {
  const decoder = new TextDecoder(label);
  const text = decoder.decode(bytes);
  if (decoder.encoding !== 'windows-1252') return { text, encoding: decoder.encoding };
  return {
    text: text.replace(/[\x80-\x9f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]),
    encoding: decoder.encoding,
  };
}

/**
 * The encoding of a text file, as a label that TextDecoder knows; undefined where the bytes are no text.
 * A mark decides, then UTF-16 by its zeros, then valid UTF-8, then which language the bytes can be.
 */
export function detectEncoding(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return 'utf-8';
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  const utf16 = bareUtf16(bytes);
  if (utf16 !== undefined) return utf16;
  // Japanese in seven bits: ESC $ B begins it.
  const escapes = new TextDecoder('latin1').decode(bytes.subarray(0, 65_536));
  if (escapes.includes('\x1b$B') || escapes.includes('\x1b$@')) return 'iso-2022-jp';
  if (isBinary(bytes)) return undefined;
  return isUtf8(bytes) ? 'utf-8' : likeliest(bytes);
}
