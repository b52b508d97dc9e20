import type { ModelManifest } from '../../native-models/model.ts';
import { spokenForms } from '../../native-models/language/english/spokenForms.ts';
import { tokenTable } from './tokens.ts';
import { knowsEnglish } from '../../native-models/language/english/knowsEnglish.ts';
import { unique } from '../../native-models/language/english/numberWords.ts';

/** Letters that no decomposition reaches, and marks that stand for others. */
const folded: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'ng',
  '’': "'",
  '‘': "'",
  ʼ: "'",
  '`': "'",
  '´': "'",
};

/**
 * The spellings of a written word in the letters that a model knows: é as e where it has no é, 7 as seven, 1999 as
 * nineteen ninety nine or one thousand …, in the vocabulary's own case. Letters that it has in no form are left out.
 *
 * Digits and signs are read in English, and only for models that know English or name no language; for others a
 * digit counts only where the vocabulary has it.
 *
 * @returns the likeliest first, spoken words parted by single spaces; none for a word with nothing to say (`–`).
 */
export function spellings(text: string, manifest: ModelManifest): string[] {
  const letters = lettersOf(manifest);
  const written = text.normalize('NFC');
  const isEnglish = knowsEnglish(manifest);
  const readings = isEnglish ? spokenForms(forReading(written)) : [];
  if (/\p{N}/u.test(written) && letters.has('0')) readings.unshift(written);
  if (!isEnglish || readings.length === 0) readings.push(written);
  return unique(readings.map((reading) => spell(reading, letters)).filter((spelling) => spelling !== ''));
}

/** Full-width digits, ligatures and superscripts in their plain form; vulgar fractions stay, they have readings. */
function forReading(text: string): string {
  return Array.from(text, (character) =>
    /[½¼¾]/.test(character) ? character : character.normalize('NFKC'),
  ).join('');
}

const letterSets = new WeakMap<ModelManifest, ReadonlySet<string>>();

/** Every character that some token writes. */
function lettersOf(manifest: ModelManifest): ReadonlySet<string> {
  let letters = letterSets.get(manifest);
  if (letters === undefined) {
    letters = new Set(tokenTable(manifest).texts.flatMap((text) => [...text]));
    letterSets.set(manifest, letters);
  }
  return letters;
}

function spell(reading: string, letters: ReadonlySet<string>): string {
  return Array.from(reading, (character) => knownLetters(character, letters) ?? inner(character))
    .join('')
    .replace(/ +/g, ' ')
    .trim();
}

/** Marks that part a written word in two spoken ones do so in its spelling; any other letter is left out. */
function inner(character: string): string {
  return /[\s\p{Pd}/_]/u.test(character) ? ' ' : '';
}

/** A character in the vocabulary's letters: as it is, in the other case, or folded; undefined where it has none. */
function knownLetters(character: string, letters: ReadonlySet<string>): string | undefined {
  const inCase = (text: string) =>
    [text, text.toUpperCase(), text.toLowerCase()].find((form) => [...form].every((c) => letters.has(c)));
  const known = inCase(character);
  if (known !== undefined) return known;
  const plain = folded[character.toLowerCase()] ?? character.normalize('NFKD');
  const parts = Array.from(plain, inCase).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('');
}
