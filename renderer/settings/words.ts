import { ownWord, type OwnWord } from '../../engine/contract.ts';

/** A person's words as they write them: one a line, `Marta Kowal` or `Łódź = woodge` where it is said otherwise. */
export function wordsText(words: readonly OwnWord[]): string {
  return words.map(({ text, soundsLike }) => (soundsLike ? `${text} = ${soundsLike}` : text)).join('\n');
}

/**
 * Reads them back; a word that stands there twice counts once.
 * @returns the words, and the numbers of the lines (from 1) that are none
 */
export function readWords(text: string): { words: OwnWord[]; wrongLines: number[] } {
  const words = new Map<string, OwnWord>();
  const wrongLines: number[] = [];
  for (const [k, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [written, soundsLike, ...more] = line.split('=').map((part) => part.trim());
    const read = ownWord.safeParse({ text: written, soundsLike });
    const isLongEnough = soundsLike === undefined || count(soundsLike) >= count(written);
    if (read.success && more.length === 0 && isLongEnough) words.set(written, read.data);
    else wrongLines.push(k + 1);
  }
  return { words: [...words.values()], wrongLines };
}

const count = (text: string) => text.split(/\s+/).filter(Boolean).length;
