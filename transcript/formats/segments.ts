import { joinWords } from '../captions/joining.ts';
import type { Item, TranscriptDocument, Word } from '../document.ts';
import { isRemark } from '../positions.ts';

/** A segment with its items in it, as the formats without cues write it. */
export type WrittenSegment = {
  /** From its first word's start to its last word's end; of notes alone, a point after the segment before. */
  startMs: number;
  endMs: number;
  speaker: string | null;
  items: Item[];
  words: Word[];
};

/** The segments of a document in the order of their starts, each with its items and its speaker's name. */
export function segmentsOf(document: TranscriptDocument): WrittenSegment[] {
  const names = new Map(document.speakers.map(({ id, name }) => [id, name]));
  const begins = new Map(document.segments.map((segment) => [segment.firstItemId, segment]));
  const segments: WrittenSegment[] = [];
  let current: WrittenSegment | undefined;
  for (const item of document.items) {
    const begun = begins.get(item.id);
    if (begun !== undefined || current === undefined) {
      const speaker = begun?.speakerId ? (names.get(begun.speakerId) ?? null) : null;
      current = { startMs: 0, endMs: 0, speaker, items: [], words: [] };
      segments.push(current);
    }
    if (!isRemark(item)) current.items.push(item);
    if (item.kind === 'word') current.words.push(item);
  }
  let endMs = 0;
  for (const segment of segments) {
    segment.startMs = segment.words[0]?.startMs ?? endMs;
    segment.endMs = segment.words.reduce((end, word) => Math.max(end, word.endMs), segment.startMs);
    endMs = segment.endMs;
  }
  // In the document, segments of two speakers may stand in any order.
  return segments.sort((a, b) => a.startMs - b.startMs);
}

/** A segment as one line of text, its notes in their places. */
export function segmentText(segment: WrittenSegment): string {
  return joinWords(segment.items.map((item) => item.text));
}
