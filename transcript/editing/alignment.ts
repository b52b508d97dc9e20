import type { TranscriptDocument } from '../document.ts';
import { isWord, itemIndex, segmentIndexAt } from '../positions.ts';
import { nearest, roomBefore, roomFrom } from './room.ts';

/** Words whose times are a guess, and the stretch of sound in which they are said, for the engine to align. */
export type AlignmentSpan = { wordIds: string[]; startMs: number; endMs: number };

/**
 * Runs of unsure words, each from the end of the sure word before to the beginning of the one after. Runs end where
 * another speaker's words stand, and have the room that those leave: see `roomBefore`.
 */
export function alignmentSpans(document: TranscriptDocument, unsure: ReadonlySet<string>): AlignmentSpan[] {
  // A neighbour that made room may have been replaced later.
  const places = [...unsure].map((id) => itemIndex(document.items, id)).filter((place) => place >= 0);
  const spans: AlignmentSpan[] = [];
  const taken = new Set<string>();
  for (const place of places.sort((a, b) => a - b)) {
    const word = document.items[place];
    if (!isWord(word) || taken.has(word.id)) {
      continue;
    }
    const { speakerId } = document.segments[segmentIndexAt(document, place)];
    const wordIds: string[] = [];
    const behind = roomFrom(document, place, speakerId, word.endMs);
    let next = behind.next();
    for (; !next.done && unsure.has(next.value.id); next = behind.next()) {
      wordIds.push(next.value.id);
      taken.add(next.value.id);
    }
    spans.push({
      wordIds,
      startMs: nearest(roomBefore(document, place, speakerId, word.startMs), 'before'),
      endMs: next.done ? next.value : next.value.startMs,
    });
  }
  return spans;
}
