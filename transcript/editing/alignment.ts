import type { TranscriptDocument } from '../document.ts';
import { itemIndex, segmentIndexAt, wordsBefore, wordsFrom } from '../positions.ts';

/** Words whose times are a guess, and the stretch of sound in which they are said, for the engine to align. */
export type AlignmentSpan = { wordIds: string[]; startMs: number; endMs: number };

/** Runs of unsure words, each from the end of the speaker's sure word before to the beginning of the one after. */
export function alignmentSpans(document: TranscriptDocument, unsure: ReadonlySet<string>): AlignmentSpan[] {
  // A neighbour that made room may have been replaced later.
  const places = [...unsure].map((id) => itemIndex(document.items, id)).filter((place) => place >= 0);
  const spans: AlignmentSpan[] = [];
  const taken = new Set<string>();
  for (const place of places.sort((a, b) => a - b)) {
    const word = document.items[place];
    if (taken.has(word.id)) {
      continue;
    }
    const { speakerId } = document.segments[segmentIndexAt(document, place)];
    const wordIds: string[] = [];
    let endMs = document.media.durationMs;
    for (const next of wordsFrom(document, place, speakerId)) {
      if (!unsure.has(next.id)) {
        endMs = next.startMs;
        break;
      }
      wordIds.push(next.id);
      taken.add(next.id);
    }
    const before = wordsBefore(document, place, speakerId).next();
    spans.push({ wordIds, startMs: before.done ? 0 : before.value.endMs, endMs });
  }
  return spans;
}
