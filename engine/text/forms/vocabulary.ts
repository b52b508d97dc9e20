import { currencies, months as monthNames, units } from '../../../native-models/language/english/signs.ts';
import type { Phrase } from './phrase.ts';

export const months: ReadonlySet<string> = new Set(monthNames);

/** What can be counted behind a number that might otherwise be a year or a time. */
const countedNouns = new Set(
  (
    'percent per second seconds minute minutes hour hours day days week weeks month months year years people men women ' +
    'children times degrees degree cents pence bucks miles mile feet foot inches inch pounds pound ounces acres ' +
    'percentage points meters metres grams liters litres watts volts hundred point thousand million billion trillion'
  ).split(' '),
);
const moneyNouns = new Set(currencies.flatMap(({ one, many }) => [one, many]));
const unitBeginnings = new Set(units.flatMap(({ spoken }) => spoken.map((words) => words.split(' ')[0])));

/** Whether what stands at a place is what a number before it counts. */
export function isCounted(phrase: Phrase, at: number): boolean {
  const word = phrase.at(at);
  return countedNouns.has(word) || moneyNouns.has(word) || unitBeginnings.has(word);
}

/** Behind these a single figure is a name rather than a count: "page seven". */
export const numberedNouns = new Set(
  (
    'page pages chapter chapters room figure figures table version section channel flight gate route highway interstate ' +
    'line volume track extension apartment suite grade level stage phase article item question exercise lesson unit ' +
    'bus platform pier terminal psalm verse'
  ).split(' '),
);
/** Behind these digits are a row and no count: "flight two four seven". */
export const codeNouns = new Set([...numberedNouns, ...'number code pin area zip dial'.split(' ')]);
