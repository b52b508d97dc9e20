import { cardinal, digitByDigit, inPairs, ordinal as ordinalOf } from '../../language/english/numberWords.ts';
import { abbreviations } from '../../language/english/signs.ts';

/** Those that end no sentence when they end in a full stop. */
const shortened = 'mr mrs messrs dr st prof capt col gen lt sgt rev hon etc'.split(' ');

/** How titles are said that prose shortens. */
export const titles: Record<string, string> = Object.fromEntries(
  shortened.map((title) => [title, abbreviations[title][0]]),
);

const titlePattern = new RegExp(`\\b(${Object.keys(titles).join('|')})\\.`, 'g');

/**
 * Prose as it is spoken: sentences of lower-case words with apostrophes, numbers in words, no accents and no
 * punctuation. English only.
 */
export function spokenSentences(paragraph: string): string[][] {
  const plain = paragraph
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc`]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/_/g, '')
    .replace(titlePattern, (_, title: string) => titles[title])
    .replace(/\b([a-z])\.(?=\s?[a-z]\.)/g, '$1 ')
    .replace(/&/g, ' and ')
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(\d+)(st|nd|rd|th)\b/g, (_, digits: string) => ordinal(Number(digits)))
    .replace(/\d+/g, (digits) => ` ${inWords(digits)} `);
  return plain
    .split(/[.!?]+["')\]]*\s/)
    .map((sentence) => {
      const words = sentence.replace(/[^a-z']+/g, ' ').split(' ');
      return words.map((word) => word.replace(/^'+|'+$/g, '')).filter((word) => word !== '');
    })
    .filter((words) => words.length > 0);
}

/** A whole number (digits only) in words; years as they are spoken. */
export function inWords(digits: string): string {
  const value = Number(digits);
  if (value > 999_999_999 || (digits.length > 1 && digits.startsWith('0'))) return digitByDigit(digits);
  // Four digits of these centuries are mostly years.
  return value >= 1100 && value < 2000 ? inPairs(value) : cardinal(BigInt(value), true);
}

/** `2` → `second` */
export function ordinal(value: number): string {
  return ordinalOf(inWords(String(value)));
}
