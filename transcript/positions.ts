import type { Item, Segment, TranscriptDocument, Word } from './document.ts';

/**
 * Where items stand in their list. Building a table of 80,000 ids takes 10 ms, too long for every keystroke,
 * so all versions of a document share one table of hints: where an item stood when it was last looked up.
 * It knows every id of every version; where a hint is wrong, the list is searched outwards from there.
 */
type Hints = { table: Map<string, number>; drift: number };

const hintsOfList = new WeakMap<readonly Item[], Hints>();

function hintsOf(items: readonly Item[]): Hints {
  let hints = hintsOfList.get(items);
  if (!hints) {
    hints = { table: new Map(items.map((item, index) => [item.id, index])), drift: 0 };
    hintsOfList.set(items, hints);
  }
  return hints;
}

/** Tells that `next` came from `previous` by putting `added` at `start`, so that it can use the same hints. */
export function inheritPositions(
  previous: readonly Item[],
  next: readonly Item[],
  added: readonly Item[] = [],
  start = 0,
): void {
  const hints = hintsOf(previous);
  added.forEach((item, offset) => hints.table.set(item.id, start + offset));
  hintsOfList.set(next, hints);
}

/** The index of an item, or -1. */
export function itemIndex(items: readonly Item[], id: string): number {
  const hints = hintsOf(items);
  const hint = hints.table.get(id);
  if (hint === undefined) {
    return -1;
  }
  if (items[hint]?.id === id) {
    return hint;
  }
  // What was looked up before has most likely moved by the same distance.
  const guess = Math.min(Math.max(hint + hints.drift, 0), items.length - 1);
  for (let low = guess, high = guess + 1; low >= 0 || high < items.length; low--, high++) {
    const found = items[low]?.id === id ? low : items[high]?.id === id ? high : -1;
    if (found >= 0) {
      hints.drift = found - hint;
      hints.table.set(id, found);
      return found;
    }
  }
  return -1;
}

export function segmentStart(document: TranscriptDocument, segment: Segment): number {
  return itemIndex(document.items, segment.firstItemId);
}

/** The index of the first entry that does not come before; `isBefore` holds for a beginning of the list only. */
export function lowerBound<T>(list: readonly T[], isBefore: (entry: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(list[middle])) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The index of the segment that holds the item at an index; -1 in an empty document. */
export function segmentIndexAt(document: TranscriptDocument, index: number): number {
  return lowerBound(document.segments, (segment) => segmentStart(document, segment) <= index) - 1;
}

/** The items of a segment: [start, end). */
export function segmentRange(document: TranscriptDocument, segmentIndex: number): [number, number] {
  const { segments, items } = document;
  const start = segmentStart(document, segments[segmentIndex]);
  const next = segments[segmentIndex + 1];
  return [start, next ? segmentStart(document, next) : items.length];
}

export function segmentItems(document: TranscriptDocument, segmentIndex: number): Item[] {
  return document.items.slice(...segmentRange(document, segmentIndex));
}

export function isWord(item: Item): item is Word {
  return item.kind === 'word';
}

/** The words that a speaker says before the item at an index, the nearest first. */
export function* wordsBefore(
  document: TranscriptDocument,
  index: number,
  speakerId: string | null,
): Generator<Word> {
  let end = index;
  for (let k = segmentIndexAt(document, index - 1); k >= 0; k--) {
    const start = segmentStart(document, document.segments[k]);
    if (document.segments[k].speakerId === speakerId) {
      for (let i = end - 1; i >= start; i--) {
        const item = document.items[i];
        if (isWord(item)) {
          yield item;
        }
      }
    }
    end = start;
  }
}

/** The words that a speaker says from the item at an index on, in their order. */
export function* wordsFrom(
  document: TranscriptDocument,
  index: number,
  speakerId: string | null,
): Generator<Word> {
  if (index >= document.items.length) {
    return;
  }
  for (let k = segmentIndexAt(document, index); k < document.segments.length; k++) {
    if (document.segments[k].speakerId === speakerId) {
      const [start, end] = segmentRange(document, k);
      for (let i = Math.max(start, index); i < end; i++) {
        const item = document.items[i];
        if (isWord(item)) {
          yield item;
        }
      }
    }
  }
}
