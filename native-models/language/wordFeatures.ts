/** Numbers that one word is to the punctuation model: its own, that of its beginning and that of its end. */
export const featuresPerWord = 3;
/** Rows of the tables of beginnings and of ends; row 0 is for no word at all, which only training has. */
export const affixRows = 2048;
/** Letters of a beginning or an end. */
const affixLetters = 3;
/** A word that the vocabulary lacks. */
export const unknownWordId = 1;
/** The id of the vocabulary's first word. */
export const firstWordId = 2;

/**
 * A word as the punctuation model reads it: [id, beginning, end]. A rare word still tells by its ends what it may be.
 *
 * @param word small letters, as spoken
 * @param ids the vocabulary's words, from `firstWordId` on
 */
export function wordFeatures(word: string, ids: ReadonlyMap<string, number>): [number, number, number] {
  return [
    ids.get(word) ?? unknownWordId,
    affixRow(word.slice(0, affixLetters)),
    affixRow(word.slice(-affixLetters)),
  ];
}

/** FNV-1a over UTF-16 units, into 1 … affixRows − 1. */
function affixRow(affix: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < affix.length; at += 1)
    hash = Math.imul(hash ^ affix.charCodeAt(at), 0x01000193) >>> 0;
  return 1 + (hash % (affixRows - 1));
}

/** Upper ends of the classes of pauses, in ms; class 0 is an unknown pause, the last one is longer than all. */
export const pauseEndsMs = [40, 80, 160, 280, 450, 700, 1100, 2000] as const;

/** How many classes of pauses there are. */
export const pauseClasses = pauseEndsMs.length + 2;

/** @param pauseMs from a word's end to the next one's start; null where it is not known, as behind the last word */
export function pauseClass(pauseMs: number | null): number {
  if (pauseMs === null) return 0;
  const place = pauseEndsMs.findIndex((endMs) => pauseMs < endMs);
  return 1 + (place < 0 ? pauseEndsMs.length : place);
}

/** Marks in the order of the model's outputs. */
export const marks = ['', ',', '.', '?', '!', ':', ';'] as const;
export type Mark = (typeof marks)[number];

/** How a word in the middle of a sentence is written, in the order of the model's outputs. */
export const letterCases = ['lower', 'capitalised', 'upper'] as const;
export type LetterCase = (typeof letterCases)[number];
