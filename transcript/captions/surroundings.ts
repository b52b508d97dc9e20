import type { Segment, TranscriptDocument } from '../document.ts';
import { isWord, itemIndex, segmentIndexAt, segmentRange } from '../positions.ts';
import type { Cue } from './cue.ts';

/**
 * A small document of the words of some neighbouring cues, to try things out on: laid out it gives these cues again,
 * as no cue's layout depends on what stands beyond a boundary, but for the room that follows the last one.
 */
export function documentOfCues(document: TranscriptDocument, cues: readonly Cue[]): TranscriptDocument {
  const places = cues.flatMap((cue) => cue.wordIds.map((id) => itemIndex(document.items, id)));
  const [first, last] = withNotes(document, Math.min(...places), Math.max(...places));
  const items = document.items.slice(first, last + 1);
  const from = segmentIndexAt(document, first);
  const to = segmentIndexAt(document, last);
  const segments = document.segments
    .slice(from, to + 1)
    .map((segment, index): Segment => (index === 0 ? { ...segment, firstItemId: items[0].id } : segment));
  const overrides = document.overrides.filter(({ firstWordId, lastWordId }) => {
    const start = itemIndex(document.items, firstWordId);
    return start >= first && itemIndex(document.items, lastWordId) <= last;
  });
  return { ...document, items, segments, overrides };
}

/** Notes stand with the word before them in their segment, or at its beginning with the first. */
function withNotes(document: TranscriptDocument, from: number, to: number): [number, number] {
  const { items } = document;
  const [start] = segmentRange(document, segmentIndexAt(document, from));
  const [, end] = segmentRange(document, segmentIndexAt(document, to));
  const leads = items.slice(start, from).every((item) => !isWord(item));
  let last = to;
  while (last + 1 < end && !isWord(items[last + 1])) last += 1;
  return [leads ? start : from, last];
}
