import type { Item, Segment, TranscriptDocument } from '../document.ts';
import {
  isWord,
  itemIndex,
  lowerBound,
  segmentIndexAt,
  segmentRange,
  segmentStart,
  wordsBefore,
  wordsFrom,
} from '../positions.ts';
import { itemFault } from '../soundness.ts';
import { OperationError } from './error.ts';

export function requireItem(document: TranscriptDocument, id: string): number {
  const index = itemIndex(document.items, id);
  if (index < 0) {
    throw new OperationError('missing', `There is no word or note ${id} (any more).`);
  }
  return index;
}

export function requireSegment(document: TranscriptDocument, id: string): number {
  const index = document.segments.findIndex((segment) => segment.id === id);
  if (index < 0) {
    throw new OperationError('missing', `There is no segment ${id} (any more).`);
  }
  return index;
}

export function requireSpeaker(document: TranscriptDocument, id: string | null): void {
  if (id !== null && !document.speakers.some((speaker) => speaker.id === id)) {
    throw new OperationError('missing', `There is no speaker ${id} (any more).`);
  }
}

/** Ids that are neither in the document (but for those that leave it) nor given twice. */
export function requireFreeItemIds(
  document: TranscriptDocument,
  added: readonly Item[],
  leaving: readonly string[],
): void {
  const free = new Set(leaving);
  const seen = new Set<string>();
  for (const { id } of added) {
    const inUse = !free.has(id) && itemIndex(document.items, id) >= 0;
    if (inUse || seen.has(id)) {
      throw new OperationError('taken', `The id ${id} is in use.`);
    }
    seen.add(id);
  }
}

export function requireSound(item: Item, document: TranscriptDocument): void {
  const fault = itemFault(item, document.media.durationMs);
  if (fault) {
    throw new OperationError('invalid', fault.message);
  }
}

/**
 * That nobody's words overlap or go back in time, in the segments that hold the items [start, end) and between
 * them and the speakers' words before and after.
 */
export function requireOrder(document: TranscriptDocument, start: number, end: number): void {
  const { items, segments } = document;
  if (items.length === 0) {
    return;
  }
  const inside = (index: number) => Math.min(Math.max(index, 0), items.length - 1);
  const first = segmentIndexAt(document, inside(start));
  const last = segmentIndexAt(document, inside(end - 1));
  const from = segmentStart(document, segments[first]);
  const to = segmentRange(document, last)[1];
  const lastEndMs = new Map<string | null, number>();
  const follow = (speakerId: string | null, word: { text: string; startMs: number; endMs: number }) => {
    const earliestMs = lastEndMs.get(speakerId) ?? 0;
    if (word.startMs < earliestMs) {
      throw new OperationError(
        'overlap',
        `“${word.text}” would begin before the same speaker's word before it has ended.`,
      );
    }
    lastEndMs.set(speakerId, word.endMs);
  };
  for (let k = first; k <= last; k++) {
    const { speakerId } = segments[k];
    if (!lastEndMs.has(speakerId)) {
      const before = wordsBefore(document, from, speakerId).next();
      lastEndMs.set(speakerId, before.done ? 0 : before.value.endMs);
    }
    const [rangeStart, rangeEnd] = segmentRange(document, k);
    for (let i = rangeStart; i < rangeEnd; i++) {
      const item = items[i];
      if (isWord(item)) {
        follow(speakerId, item);
      }
    }
  }
  for (const speakerId of [...lastEndMs.keys()]) {
    const after = wordsFrom(document, to, speakerId).next();
    if (!after.done) {
      follow(speakerId, after.value);
    }
  }
}

/** The index of the first segment that begins at or behind an item index. */
export function segmentLowerBound(document: TranscriptDocument, index: number): number {
  return lowerBound<Segment>(document.segments, (segment) => segmentStart(document, segment) < index);
}
