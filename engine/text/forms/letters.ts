import { vowelNames } from '../../../native-models/language/english/acronyms.ts';
import { asItIs, type Phrase, type Rule } from './phrase.ts';

const smallWords = new Set(['a', 'i']);

/** Letters and figures that are said together, as they are written. */
const knownMixtures: [string, string][] = Object.entries({
  'm p three': 'MP3',
  'm p four': 'MP4',
  'h two o': 'H2O',
  'c o two': 'CO2',
  'b two b': 'B2B',
  'b two c': 'B2C',
  'p two p': 'P2P',
  'r two d two': 'R2-D2',
  'c three p o': 'C-3PO',
  'three d': '3D',
  'two d': '2D',
  'four k': '4K',
  'five g': '5G',
  'four g': '4G',
  'three g': '3G',
  'four oh one k': '401(k)',
  'm i five': 'MI5',
  'm i six': 'MI6',
  'r and d': 'R&D',
  'r and b': 'R&B',
  'q and a': 'Q&A',
  'b and b': 'B&B',
  'a t and t': 'AT&T',
  'nine eleven': '9/11',
  'twenty four seven': '24/7',
  'fifty fifty': '50-50',
});

/** Spelled letters to one name: "u s a" is USA, "t v's" TVs. */
export const lettersRule: Rule = (phrase, at) => {
  const mixture = phrase.find(at, knownMixtures);
  if (mixture && !isSpelled(phrase, mixture.end)) return [{ text: mixture.found, words: mixture.end - at }];
  if (isSpelled(phrase, at - 1) || !isSpelled(phrase, at)) return null;
  let end = at;
  while (isSpelled(phrase, end)) end += 1;
  const hasEnding = /^[a-z]'?s$/.test(phrase.at(end)) && end > at && !/^(?:a|i)s$/.test(phrase.at(end));
  if (end - at < 2 && !hasEnding) return null;
  const [from, to] = hasEnding ? [at, end + 1] : trimmed(phrase, at, end);
  if (to - from < 2) return asItIs(end - at);
  const letters = Array.from({ length: to - from }, (_, i) => phrase.at(from + i));
  const name = letters.map((letter) => letter[0].toUpperCase()).join('') + (hasEnding ? 's' : '');
  return [...asItIs(from - at), { text: written(name), words: to - from }];
};

const isSpelled = (phrase: Phrase, at: number) => /^[a-z]$/.test(phrase.at(at));
const written = (name: string) => ({ IE: 'i.e.', EG: 'e.g.' })[name] ?? name;

/** Without an article before the letters, or an "I" before or behind them. */
function trimmed(phrase: Phrase, at: number, end: number): [number, number] {
  const isKnown = (from: number, to: number) =>
    vowelNames.has(Array.from({ length: to - from }, (_, i) => phrase.at(from + i)).join(''));
  if (isKnown(at, end)) return [at, end];
  const isWordBefore = smallWords.has(phrase.at(at));
  const isWordBehind = smallWords.has(phrase.at(end - 1));
  if (isWordBefore && isKnown(at + 1, end)) return [at + 1, end];
  if (isWordBehind && isKnown(at, end - 1)) return [at, end - 1];
  return [isWordBefore ? at + 1 : at, isWordBehind ? Math.max(at + 1, end - 1) : end];
}
