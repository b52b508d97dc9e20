import { setImmediate as breathe } from 'node:timers/promises';
import type { TranscriptDocument, Word } from '../../transcript/document.ts';
import type { FoundPlace } from '../contract.ts';

const around = 8;

/** What counts of a word in a search: no case, accents or punctuation. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The words of a query, without those that are punctuation alone. */
export function queryWords(query: string): string[] {
  return query.split(/\s+/).map(folded).filter(Boolean);
}

/** Whether a name holds all words of a query, each at least as a part. */
export function nameFits(name: string, words: readonly string[]): boolean {
  const whole = name.split(/\s+/).map(folded).join(' ');
  return words.every((word) => whole.includes(word));
}

/** Where the words stand side by side, whatever segments and punctuation lie between; the last may be a beginning. */
export async function searchDocument(
  { items }: TranscriptDocument,
  words: readonly string[],
): Promise<Omit<FoundPlace, 'projectId' | 'projectName'>[]> {
  const spoken: { word: Word; text: string }[] = [];
  for (const [place, word] of items.entries()) {
    if (word.kind === 'word') {
      const text = folded(word.text);
      if (text !== '') spoken.push({ word, text });
    }
    if (place % 20_000 === 19_999) await breathe();
  }
  const found: Omit<FoundPlace, 'projectId' | 'projectName'>[] = [];
  const last = words.length - 1;
  const join = (from: number, to: number) =>
    spoken
      .slice(Math.max(0, from), to)
      .map(({ word }) => word.text)
      .join(' ');
  for (let at = 0; at + words.length <= spoken.length; at += 1) {
    const fits = words.every((wanted, k) =>
      k === last ? spoken[at + k].text.startsWith(wanted) : spoken[at + k].text === wanted,
    );
    if (!fits) continue;
    const end = at + words.length;
    found.push({
      itemIds: spoken.slice(at, end).map(({ word }) => word.id),
      startMs: spoken[at].word.startMs,
      before: join(at - around, at),
      match: join(at, end),
      after: join(end, end + around),
    });
  }
  return found;
}
