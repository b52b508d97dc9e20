import { belowHundred, digitValues, scaleValues, singleDigits, twoDigits } from './numerals.ts';
import { asItIs, type Phrase, type Rule } from './phrase.ts';
import { codeNouns } from './vocabulary.ts';

/** Rows that everybody knows. */
const knownRows = new Set([
  '911',
  '411',
  '999',
  '112',
  '747',
  '737',
  '767',
  '777',
  '787',
  '007',
  '365',
  '404',
]);

/** "one two three four" is counting and stays in words. */
export const countingRule: Rule = (phrase, at) => {
  const first = belowHundred(phrase, at);
  const second = first && belowHundred(phrase, first.end);
  const step = second ? second.value - first.value : 0;
  if (!second || Math.abs(step) !== 1) return null;
  let last = second;
  let count = 2;
  for (;;) {
    const next = belowHundred(phrase, last.end);
    if (next?.value !== last.value + step) break;
    last = next;
    count += 1;
  }
  return count >= 3 ? asItIs(last.end - at) : null;
};

/** Rows of digits said one by one: telephone numbers, codes, rooms. */
export const digitsRule: Rule = (phrase, at) => {
  const telephone = tollFree(phrase, at) ?? inPairs(phrase, at);
  if (telephone) return [{ text: telephone.text, words: telephone.end - at }];
  const { digits, end } = rowAt(phrase, at);
  const isRow = digits.length >= 2 && end - at >= 2;
  if (!isRow || !isWritten(phrase, at, digits)) return null;
  return [{ text: telephoneNumber(digits) ?? digits, words: end - at }];
};

/** The last digit may belong to what follows: "five hundred", "five point two". */
function rowAt(phrase: Phrase, at: number): { digits: string; end: number } {
  const row = singleDigits(phrase, at);
  const next = phrase.at(row.end);
  const isTaken = next === 'hundred' || next === 'point' || scaleValues.has(next);
  return isTaken && row.digits !== '' ? { digits: row.digits.slice(0, -1), end: row.end - 1 } : row;
}

function isWritten(phrase: Phrase, at: number, digits: string): boolean {
  if (digits.length >= 4 || knownRows.has(digits) || codeNouns.has(phrase.at(at - 1))) return true;
  const hasZeroInside = digits.length === 3 && digits[1] === '0' && digits[2] !== '0';
  return hasZeroInside && phrase.at(at) !== 'oh';
}

/** Seven, ten or eleven digits, grouped as in North America; undefined for others. */
function telephoneNumber(digits: string): string | undefined {
  if (digits.length === 7) return digits.replace(/^(...)/, '$1-');
  if (digits.length === 10 && !digits.startsWith('0')) return digits.replace(/^(...)(...)/, '$1-$2-');
  if (digits.length === 11 && digits.startsWith('1')) return digits.replace(/^(.)(...)(...)/, '$1-$2-$3-');
  return undefined;
}

/** "one eight hundred" and seven digits. */
function tollFree(phrase: Phrase, at: number): { text: string; end: number } | null {
  const from = phrase.at(at) === 'one' ? at + 1 : at;
  const head = digitValues.get(phrase.at(from));
  if (head === undefined || head < 8 || phrase.at(from + 1) !== 'hundred') return null;
  const { digits, end } = rowAt(phrase, from + 2);
  if (digits.length !== 7) return null;
  return { text: `${from > at ? '1-' : ''}${head}00-${telephoneNumber(digits)}`, end };
}

/** "five five five twelve thirty four": digits, then pairs of them, where they make a telephone number. */
function inPairs(phrase: Phrase, at: number): { text: string; end: number } | null {
  const row = singleDigits(phrase, at);
  if (row.digits.length < 3) return null;
  let { digits, end } = row;
  for (let pair = twoDigits(phrase, end); pair; pair = twoDigits(phrase, end)) {
    digits += String(pair.value).padStart(2, '0');
    end = pair.end;
  }
  const text = end > row.end ? telephoneNumber(digits) : undefined;
  return text === undefined ? null : { text, end };
}
