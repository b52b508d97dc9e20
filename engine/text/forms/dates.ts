import { cardinal, ordinalNumber, withOrdinalEnding } from './numerals.ts';
import type { Phrase, Piece, Rule } from './phrase.ts';
import { isCounted, months } from './vocabulary.ts';
import { decade, year } from './years.ts';

const lastDay = 31;
/** Months that are other words as well. */
const doubtfulMonths = new Set(['may', 'march']);
/** Behind these they are months. */
const datePrepositions = new Set(
  'on of in by since until till from before after last next this every'.split(' '),
);

/** "january fifth twenty twenty" is January 5th, 2020; "the twenty first of may" is the 21st of May. */
export const dateRule: Rule = (phrase, at) =>
  months.has(phrase.at(at)) ? monthFirst(phrase, at) : dayFirst(phrase, at);

function monthFirst(phrase: Phrase, at: number): Piece[] | null {
  const month: Piece = { text: capitalised(phrase.at(at)), words: 1 };
  const ofYear = year(phrase, at + 1);
  if (ofYear) return [month, { text: String(ofYear.value), words: ofYear.end - at - 1 }];
  const day = dayAt(phrase, at + 1);
  if (!day) return null;
  const dayYear = year(phrase, day.end, { isExpected: true });
  const words = day.end - at - 1;
  // "you may first go", "may five people come"
  const isPlainDay = words > 1 || /^(?:[4-9]|\d\d)(?:th|st|nd|rd)$/.test(day.text);
  const isDoubtful =
    doubtfulMonths.has(phrase.at(at)) && !isPlainDay && !datePrepositions.has(phrase.at(at - 1));
  if (dayYear) {
    return [
      month,
      { text: `${day.text},`, words },
      { text: String(dayYear.value), words: dayYear.end - day.end },
    ];
  }
  return isDoubtful ? null : [month, { text: day.text, words }];
}

function dayFirst(phrase: Phrase, at: number): Piece[] | null {
  const day = ordinalNumber(phrase, at);
  if (!day || day.value > lastDay) return null;
  const hasOf = phrase.at(day.end) === 'of';
  const monthAt = hasOf ? day.end + 1 : day.end;
  const month = phrase.at(monthAt);
  if (!months.has(month) || (!hasOf && doubtfulMonths.has(month))) return null;
  const pieces: Piece[] = [{ text: withOrdinalEnding(day.value), words: day.end - at }];
  if (hasOf) pieces.push({ text: null, words: 1 });
  pieces.push({ text: capitalised(month), words: 1 });
  const ofYear = year(phrase, monthAt + 1);
  if (ofYear) pieces.push({ text: String(ofYear.value), words: ofYear.end - monthAt - 1 });
  return pieces;
}

function dayAt(phrase: Phrase, at: number): { text: string; end: number } | null {
  const nth = ordinalNumber(phrase, at);
  if (nth && nth.value <= lastDay) return { text: withOrdinalEnding(nth.value), end: nth.end };
  const day = cardinal(phrase, at);
  const isDay = day && day.value >= 1 && day.value <= lastDay && phrase.at(at) !== 'a';
  return isDay && !isCounted(phrase, day.end) ? { text: String(day.value), end: day.end } : null;
}

export const yearRule: Rule = (phrase, at) => {
  const years = decade(phrase, at);
  if (years) return [{ text: years.text, words: years.end - at }];
  const found = year(phrase, at);
  return found && [{ text: String(found.value), words: found.end - at }];
};

/** Ordinals from "tenth" on; smaller ones are words. */
export const ordinalRule: Rule = (phrase, at) => {
  const found = ordinalNumber(phrase, at);
  if (!found || found.value < 10 || (found.end === at + 1 && found.value >= 100)) return null;
  // "one hundredth" is a part rather than a place.
  if (phrase.at(at) === 'one' && found.end === at + 2 && phrase.at(at - 1) !== 'the') return null;
  return isStretchOfTime(phrase, at, found.end)
    ? null
    : [{ text: withOrdinalEnding(found.value), words: found.end - at }];
};

/** "a twenty second pause" is no 22nd. */
function isStretchOfTime(phrase: Phrase, at: number, end: number): boolean {
  if (phrase.at(end - 1) !== 'second') return false;
  const isNth =
    /^(?:the|every|on|his|her|their|its|our|my)$/.test(phrase.at(at - 1)) || months.has(phrase.at(at - 1));
  return !isNth && !/^(?:of|century|floor|street|avenue|day|birthday)$/.test(phrase.at(end));
}

const capitalised = (word: string) => word[0].toUpperCase() + word.slice(1);
