import { currencies, months, units } from '../../../native-models/language/english/signs.ts';
import { amountRule, doubtfulPairRule, fractionRule, rangeRule } from './amounts.ts';
import { clockRule } from './clock.ts';
import { dateRule, ordinalRule, yearRule } from './dates.ts';
import { countingRule, digitsRule } from './digits.ts';
import { lettersRule } from './letters.ts';
import { numberWords } from './numerals.ts';
import { asItIs, wordsOf, type Phrase, type Piece, type Rule } from './phrase.ts';
import { titleRule, titleWords } from './titles.ts';
import { decadeWords } from './years.ts';

/** The first that has something to say at a place counts. */
const rules: readonly Rule[] = [
  titleRule,
  lettersRule,
  dateRule,
  clockRule,
  countingRule,
  digitsRule,
  yearRule,
  fractionRule,
  ordinalRule,
  rangeRule,
  doubtfulPairRule,
  amountRule,
];

/** Words that may stand inside a form; what begins with any other is written as it is. */
const insideForms: ReadonlySet<string> = new Set([
  ...numberWords,
  ...decadeWords,
  ...months,
  ...titleWords,
  ...units.flatMap(({ spoken }) => spoken.flatMap((words) => words.split(' '))),
  ...currencies.flatMap(({ one, many, hundredth }) => [one, many, hundredth]),
  ...'and or to of through past until till from between a double triple minus negative cent sterling'.split(
    ' ',
  ),
  ...'percent per half quarter quarters third fourths am pm'.split(' '),
  "o'clock",
]);

export const mayBeInForm = (word: string) =>
  insideForms.has(word) || /^[a-z](?:'?s)?$/.test(word) || insideForms.has(word.replace(/s$/, ''));

/** The whole phrase in pieces, in order. */
export function piecesOf(phrase: Phrase): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < phrase.length) {
    const found = firstFound(phrase, at) ?? asItIs(1);
    pieces.push(...found);
    at += wordsOf(found);
  }
  return pieces;
}

function firstFound(phrase: Phrase, at: number): Piece[] | null {
  for (const rule of rules) {
    const pieces = rule(phrase, at);
    if (pieces) return pieces;
  }
  return null;
}
