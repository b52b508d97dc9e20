import type { Item, TranscriptDocument, Word } from './document.ts';
import { isWord, itemIndex } from './positions.ts';

/** How sure a word is: 0 sure, 1 likely, 2 doubtful, 3 a guess. */
export type DoubtStep = 0 | 1 | 2 | 3;

const likelyFrom = 0.7;
const doubtfulFrom = 0.5;
/** From here on a word is as good as sure. */
const sureFrom = 0.85;

/** Below this an aligned word probably was not said there: its times are a guess. */
const doubtfulAlignment = 0.3;

/** The step of a word's confidence (0..1). */
export function doubtStep({ confidence }: Pick<Word, 'confidence'>): DoubtStep {
  return confidence >= sureFrom ? 0 : confidence >= likelyFrom ? 1 : confidence >= doubtfulFrom ? 2 : 3;
}

/** Whether a word is one to look at: below 70 %, and nobody has confirmed it. */
export function isDoubtful(item: Item): item is Word {
  return isWord(item) && item.confidence < likelyFrom && item.origin !== 'person';
}

/** Whether a word's times are a guess: it found no clear place in the sound, or was never looked for there. */
export function hasGuessedTime(item: Item): item is Word {
  if (!isWord(item)) {
    return false;
  }
  return item.alignment === undefined
    ? item.origin === 'person' && item.modelId === undefined
    : item.alignment < doubtfulAlignment;
}

/** Below this mean confidence a text is hopeless. */
const hopelessBelow = 0.6;
/** Fewer words tell nothing of a recording. */
const fewestWords = 20;

/** How well a whole document was heard. */
export type Hearing = { words: number; doubtful: number; isHopeless: boolean };

/** Counts what the recogniser heard; what a person or an import wrote tells nothing of it. */
export function hearing({ items }: TranscriptDocument): Hearing {
  let words = 0;
  let doubtful = 0;
  let confidence = 0;
  for (const item of items) {
    if (!isWord(item) || item.origin !== 'recogniser') continue;
    words += 1;
    confidence += item.confidence;
    doubtful += isDoubtful(item) ? 1 : 0;
  }
  return { words, doubtful, isHopeless: words >= fewestWords && confidence < hopelessBelow * words };
}

export type ToLookAt = {
  /** Words below 70 % that nobody has confirmed. */
  doubtfulWords: number;
  /** Runs of words whose times are a guess. */
  unsurePlaces: number;
};

/** What is left to look at in a whole document. */
export function toLookAt({ items }: TranscriptDocument): ToLookAt {
  let doubtfulWords = 0;
  let unsurePlaces = 0;
  let inPlace = false;
  for (const item of items) {
    doubtfulWords += isDoubtful(item) ? 1 : 0;
    const guessed = hasGuessedTime(item);
    unsurePlaces += guessed && !inPlace ? 1 : 0;
    inPlace = guessed;
  }
  return { doubtfulWords, unsurePlaces };
}

/**
 * The next place to look at, seen from an item (null: from the end that one comes from), going round at the ends:
 * a doubtful word, or the first word of a run whose times are a guess.
 */
export function nextToLookAt(
  { items }: TranscriptDocument,
  fromId: string | null,
  direction: 1 | -1,
): Word | null {
  const from = fromId === null ? -1 : itemIndex(items, fromId);
  const start = from >= 0 ? from : direction === 1 ? -1 : items.length;
  for (let k = 1; k <= items.length; k++) {
    const place = (((start + k * direction) % items.length) + items.length) % items.length;
    const item = items[place];
    const beginsRun = hasGuessedTime(item) && !(place > 0 && hasGuessedTime(items[place - 1]));
    if (isDoubtful(item) || beginsRun) {
      return item as Word;
    }
  }
  return null;
}
