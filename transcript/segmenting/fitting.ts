import type { NewId } from '../create.ts';
import type { TranscriptDocument, Word } from '../document.ts';
import type { WordChange } from '../operations.ts';
import { untangle } from '../spans.ts';
import { lastWordOf } from './speakers.ts';

/** A recognised word on its way into the document, with who says it: with split channels each is a speaker. */
export type AppendedWord = Omit<Word, 'kind' | 'id'> & { speakerId: string | null };

export type FittedWord = { word: Word; speakerId: string | null };

/**
 * Gives the words ids and, in their order of time, times that overlap nothing that their speakers said.
 *
 * @returns the words, and what must change of the speakers' last ones
 */
export function fitBehind(
  document: TranscriptDocument,
  words: readonly AppendedWord[],
  newId: NewId,
): { fitted: FittedWord[]; changes: WordChange[] } {
  const fitted: FittedWord[] = [];
  const changes: WordChange[] = [];
  const sorted = words.toSorted((a, b) => a.startMs - b.startMs);
  for (const speakerId of new Set(sorted.map((word) => word.speakerId))) {
    const own = sorted.filter((word) => word.speakerId === speakerId);
    const last = lastWordOf(document, speakerId);
    const standing = last ? [last] : [];
    // Without an end there is room for all.
    const spans =
      untangle([...standing, ...own], { startMs: last?.startMs ?? 0, endMs: Number.MAX_SAFE_INTEGER }) ?? [];
    if (last && spans[0].endMs !== last.endMs) {
      changes.push({ id: last.id, ...spans[0] });
    }
    own.forEach(({ speakerId: _, ...word }, place) => {
      const span = spans[place + standing.length];
      fitted.push({ speakerId, word: { kind: 'word', id: newId(), ...word, ...span } });
    });
  }
  return { fitted: fitted.sort((a, b) => a.word.startMs - b.word.startMs), changes };
}
