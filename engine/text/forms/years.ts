import { belowHundred, cardinal, ordinalStems, twoDigits, type Numeral } from './numerals.ts';
import type { Phrase } from './phrase.ts';
import { isCounted, months } from './vocabulary.ts';

/** Behind these a number of four digits is a year. */
const yearPrepositions = new Set(
  (
    'in since until till by from of during before after around circa early late mid year spring summer autumn fall ' +
    'winter christmas election olympics'
  ).split(' '),
);
/** Before the tenth to twelfth century, as "of ten twelve and fourteen" is a list. */
const earlyPrepositions = new Set(['in', 'since', 'until', 'year']);
/** Centuries that are said by themselves without doubt; others need a word before them. */
const plainCenturies = { first: 13, last: 20 };

const isYearPlace = (phrase: Phrase, at: number) => {
  const before = phrase.at(at - 1);
  return yearPrepositions.has(before) || months.has(before) || ordinalStems.has(before);
};

/**
 * "nineteen ninety nine", "twenty oh five", "two thousand five" behind "in", "nineteen hundred".
 *
 * @param options.isExpected whether what stands before already says that a year may come
 */
export function year(phrase: Phrase, at: number, { isExpected = false } = {}): Numeral | null {
  const isPlace = isExpected || isYearPlace(phrase, at);
  const found = inPairs(phrase, at, isPlace) ?? asNumber(phrase, at, isPlace);
  return found && !isCounted(phrase, found.end) ? found : null;
}

function inPairs(phrase: Phrase, at: number, isPlace: boolean): Numeral | null {
  const century = centuryAt(phrase, at);
  if (century === null) return null;
  const rest = twoDigits(phrase, at + 1);
  if (!rest) return null;
  const { first, last } = plainCenturies;
  const isPlain = century >= first && century <= last;
  return isPlain || (isPlace && earlyPrepositions.has(phrase.at(at - 1)))
    ? { value: century * 100 + rest.value, end: rest.end }
    : null;
}

function centuryAt(phrase: Phrase, at: number): number | null {
  const value = belowHundred(phrase, at)?.value ?? 0;
  const word = phrase.at(at);
  if (word === 'twenty') return 20;
  return value >= 10 && value < 20 ? value : null;
}

function asNumber(phrase: Phrase, at: number, isPlace: boolean): Numeral | null {
  const found = cardinal(phrase, at);
  if (!found || found.value < 1000 || found.value > 2099) return null;
  const isHundreds = phrase.at(at + 1) === 'hundred' && found.value < 2000;
  if (isHundreds && found.value >= 1700) return found;
  return (isHundreds || found.value >= 2000 || found.value < 1100) && isPlace ? found : null;
}

const decadeTens = new Map(
  ['twenties', 'thirties', 'forties', 'fifties', 'sixties', 'seventies', 'eighties', 'nineties'].map(
    (word, place) => [word, (place + 2) * 10],
  ),
);
export const decadeWords: readonly string[] = [...decadeTens.keys(), 'tens', 'hundreds'];

/** "nineteen nineties" is 1990s, "eighteen hundreds" 1800s. */
export function decade(phrase: Phrase, at: number): { text: string; end: number } | null {
  const century = centuryAt(phrase, at);
  const last = phrase.at(at + 1);
  const tens = decadeTens.get(last) ?? { tens: 10, hundreds: 0 }[last];
  return century === null || tens === undefined ? null : { text: `${century * 100 + tens}s`, end: at + 2 };
}
