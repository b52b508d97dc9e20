import type { Phrase, Piece, Rule } from './phrase.ts';

/** Titles that only stand before names. */
const plainTitles: Readonly<Record<string, string>> = { mister: 'Mr.', missus: 'Mrs.' };
/** Those that are common nouns as well, and titles where a capital follows. */
const otherTitles: Readonly<Record<string, string>> = { doctor: 'Dr.', saint: 'St.' };
/** Behind these words nobody is named: "the missus was there". */
const neverNames = new Set(
  'is was has had said says will would did does can could to the a an of in on at who that but if what how'.split(
    ' ',
  ),
);
const others: [string, string][] = [
  ['versus', 'vs.'],
  ['et cetera', 'etc.'],
  ['etcetera', 'etc.'],
];

export const titleWords: readonly string[] = [
  ...Object.keys(plainTitles),
  ...Object.keys(otherTitles),
  ...others.flatMap(([words]) => words.split(' ')),
];

/** "mister smith" is Mr. Smith; "doctor Brown" Dr. Brown, where it is known that Brown is a name. */
export const titleRule: Rule = (phrase, at) => {
  const other = phrase.find(at, others);
  if (other) return [{ text: other.found, words: other.end - at }];
  const word = phrase.at(at);
  const isFollowed = phrase.at(at + 1) !== '' && !neverNames.has(phrase.at(at + 1));
  if (Object.hasOwn(plainTitles, word) && isFollowed) {
    return [{ text: plainTitles[word], words: 1 }, ...name(phrase, at + 1)];
  }
  const isTitle =
    Object.hasOwn(otherTitles, word) && phrase.isCapital(at + 1) && phrase.at(at + 1).length > 1;
  return isTitle ? [{ text: otherTitles[word], words: 1 }] : null;
};

/** A name has a capital, also where nobody knew that it is one. */
function name(phrase: Phrase, at: number): Piece[] {
  const word = phrase.at(at);
  if (phrase.isCapital(at) || /^(?:and|or)$/.test(word)) return [];
  return [{ text: word[0].toUpperCase() + word.slice(1), words: 1 }];
}
