import type { LetterCase, Mark } from '../../language/wordFeatures.ts';
import { inWords, ordinal, titles } from '../lm/spokenText.ts';

/** A spoken word, how the writer wrote it, and the mark behind it. */
export type LabelledWord = {
  /** Small letters and apostrophes. */
  spoken: string;
  /** As written, without marks. */
  written: string;
  /** Null where the place decides and not the word: at the beginning of a sentence or of somebody's speech. */
  letterCase: LetterCase | null;
  mark: Mark;
};

const titlePattern = new RegExp(`\\b(${Object.keys(titles).join('|')})\\.(?=\\s|$)`, 'gi');
const wordPattern = /[A-Za-z]+(?:'[A-Za-z]+)*/g;

/**
 * A paragraph of English prose as a recogniser would write it, with what it leaves out. Nothing for headings, verse
 * without an end and the like.
 */
export function labelledWords(paragraph: string): LabelledWord[] {
  const text = plainText(paragraph);
  if (!isProse(text)) return [];
  const matches = [...text.matchAll(wordPattern)];
  const words: LabelledWord[] = [];
  let before = text.slice(0, matches[0]?.index ?? 0);
  let mark: Mark = '.';
  matches.forEach((match, place) => {
    const written = match[0];
    const next = matches.at(place + 1);
    const gap = text.slice(match.index + written.length, next?.index ?? text.length);
    const startsAnew = '.?!:'.includes(mark || ' ') || /(^|\s)["(]/.test(before);
    mark = markOf(gap, next?.[0]);
    words.push({
      spoken: written.toLowerCase(),
      written,
      letterCase: startsAnew ? null : letterCaseOf(written),
      mark,
    });
    before = gap;
  });
  return words;
}

function plainText(paragraph: string): string {
  return paragraph
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[\u2018\u2019\u02bc`]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2012-\u2015]/g, '--')
    .replace(/\u2026/g, '...')
    .replace(/_/g, '')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\bto-(?=day\b|morrow\b|night\b)/gi, (to) => to.slice(0, -1))
    .replace(titlePattern, (_, title: string) => likeCapital(title, titles[title.toLowerCase()]))
    .replace(/\b([A-Za-z])\.(?=\s?[A-Za-z]\.)/g, '$1 ')
    .replace(/\b([A-HJ-Z])\.(?=\s[A-Z])/g, '$1 ')
    .replace(/&/g, ' and ')
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(\d+)(st|nd|rd|th)\b/g, (_, digits: string) => ordinal(Number(digits)))
    .replace(/\d+/g, (digits) => ` ${inWords(digits)} `)
    .replace(/ +(?=[.,;:?!])/g, '');
}

const likeCapital = (model: string, text: string) =>
  /^[A-Z]/.test(model) ? text[0].toUpperCase() + text.slice(1) : text;

function isProse(text: string): boolean {
  const letters = text.replace(/[^A-Za-z]/g, '');
  const capitals = letters.replace(/[^A-Z]/g, '');
  return letters.length > 0 && capitals.length < 0.3 * letters.length && /[.?!;:"'-]\W*$/.test(text);
}

/** The mark that a gap between two words holds; dashes and brackets are spoken as commas. */
function markOf(gap: string, next: string | undefined): Mark {
  const startsAnew = next === undefined || /^[A-Z]/.test(next);
  if (gap.includes('?')) return '?';
  if (gap.includes('!')) return '!';
  if (/\.\.|\. \./.test(gap)) return startsAnew ? '.' : ',';
  // A stop before a small letter belongs to a shortened word.
  if (gap.includes('.')) return startsAnew ? '.' : '';
  if (gap.includes(';')) return ';';
  if (gap.includes(':')) return ':';
  const isBrokenOff = gap.includes('--') && startsAnew && (next === undefined || gap.includes('"'));
  if (isBrokenOff) return '.';
  if (/,|--| - |[()]/.test(gap)) return ',';
  return next === undefined ? '.' : '';
}

function letterCaseOf(written: string): LetterCase {
  if (/^[a-z]/.test(written)) return 'lower';
  return written.length > 1 && written === written.toUpperCase() ? 'upper' : 'capitalised';
}
