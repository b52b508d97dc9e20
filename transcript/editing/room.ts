import type { TranscriptDocument, Word } from '../document.ts';
import { isWord, segmentIndexAt, segmentRange, segmentStart, wordsBefore, wordsFrom } from '../positions.ts';

/**
 * A speaker's words on one side of a place in the list, the nearest first, up to where another speaker's word
 * stands; in the end the time up to which there is room on that side.
 */
export type Room = Generator<Word, number, void>;

/**
 * The room before the item at an index. It ends with the word of another speaker that stands there, so that words
 * are not put into what others said before; where that word ends later than the speaker begins, both speak at
 * once, and the room ends where the speaker begins.
 *
 * @param saidFromMs where the speaker begins at the place itself
 */
export function* roomBefore(
  document: TranscriptDocument,
  index: number,
  speakerId: string | null,
  saidFromMs: number,
): Room {
  let beginMs = saidFromMs;
  let end = index;
  for (let k = segmentIndexAt(document, index - 1); k >= 0; k--) {
    const start = segmentStart(document, document.segments[k]);
    for (let i = end - 1; i >= start; i--) {
      const item = document.items[i];
      if (!isWord(item)) {
        continue;
      }
      if (document.segments[k].speakerId !== speakerId) {
        const own = wordsBefore(document, i, speakerId).next();
        return Math.max(own.done ? 0 : own.value.endMs, Math.min(item.endMs, beginMs));
      }
      beginMs = item.startMs;
      yield item;
    }
    end = start;
  }
  return 0;
}

/**
 * The room from the item at an index on, as `roomBefore`.
 *
 * @param saidUntilMs where the speaker ends at the place itself
 */
export function* roomFrom(
  document: TranscriptDocument,
  index: number,
  speakerId: string | null,
  saidUntilMs: number,
): Room {
  let untilMs = saidUntilMs;
  const { items, segments, media } = document;
  const first = index < items.length ? segmentIndexAt(document, index) : segments.length;
  for (let k = first; k < segments.length; k++) {
    const [start, end] = segmentRange(document, k);
    for (let i = Math.max(start, index); i < end; i++) {
      const item = items[i];
      if (!isWord(item)) {
        continue;
      }
      if (segments[k].speakerId !== speakerId) {
        const own = wordsFrom(document, i, speakerId).next();
        return Math.min(own.done ? media.durationMs : own.value.startMs, Math.max(item.startMs, untilMs));
      }
      untilMs = item.endMs;
      yield item;
    }
  }
  return media.durationMs;
}

/** The room that a speaker's words themselves leave, whatever others say. */
export function* wholeRoom(words: Generator<Word>, limitMs: number): Room {
  yield* words;
  return limitMs;
}

/** Where the free time beside a place ends: at the nearest word, or with the room. */
export function nearest(room: Room, side: 'before' | 'after'): number {
  const { done, value } = room.next();
  return done ? value : side === 'before' ? value.endMs : value.startMs;
}
