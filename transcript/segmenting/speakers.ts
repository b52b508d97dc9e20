import type { TranscriptDocument, Word } from '../document.ts';
import { isWord, segmentItems, segmentRange } from '../positions.ts';

/** When the first word of a segment begins; undefined where it holds notes only. */
export function segmentStartMs(document: TranscriptDocument, place: number): number | undefined {
  const [start, end] = segmentRange(document, place);
  for (let index = start; index < end; index++) {
    const item = document.items[index];
    if (isWord(item)) {
      return item.startMs;
    }
  }
  return undefined;
}

export function lastSegmentOf(document: TranscriptDocument, speakerId: string | null): number {
  return document.segments.findLastIndex((segment) => segment.speakerId === speakerId);
}

export function lastWordOf(document: TranscriptDocument, speakerId: string | null): Word | undefined {
  for (let place = lastSegmentOf(document, speakerId); place >= 0; place--) {
    const word =
      document.segments[place].speakerId === speakerId
        ? segmentItems(document, place).findLast(isWord)
        : undefined;
    if (word) {
      return word;
    }
  }
  return undefined;
}
