import { spokenForms } from '../../native-models/language/english/spokenForms.ts';

const apostrophes = /[’‘ʼ`´]/gu;
/** "$2 million" is said as "two million dollars": one word to read. */
const sumsInMillions = /(?<=[$£€¥][\d.,]*)(\d) (?=(?:thousand|million|billion|trillion)\b)/giu;
/** Scripts that write no spaces. */
const characterWords = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/**
 * A text as it is scored: for each written word the ways to say it, the likeliest first, each as plain words in small
 * letters without punctuation. Words of nothing but punctuation are left out.
 */
export function scoringReadings(text: string): string[][][] {
  return text
    .replace(apostrophes, "'")
    .replace(sumsInMillions, '$1')
    .split(/[\s\p{Pd}]+/u)
    .map((token) => distinct(spokenForms(token.normalize('NFKC')).map(plainWords)))
    .filter((readings) => readings.length > 0);
}

/** A written word without case and signs; empty where it is nothing but signs. */
export function wordCore(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

function plainWords(reading: string): string[] {
  return reading
    .normalize('NFKC')
    .toLowerCase()
    .replace(characterWords, ' $& ')
    .replace(/[^\p{L}\p{M}\p{N}' ]+/gu, '')
    .split(' ')
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '');
}

function distinct(readings: string[][]): string[][] {
  const seen = new Map(readings.filter(({ length }) => length > 0).map((words) => [words.join(' '), words]));
  return [...seen.values()];
}
