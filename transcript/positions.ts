import type { Item, Segment, TranscriptDocument, Word } from './document.ts';

/**
 * Which items a list holds, and where about they stand. A table of 80,000 ids takes tens of milliseconds to
 * build, too long for every keystroke, so versions of a document share theirs: it is cut into buckets, and a
 * version copies those buckets only that gain or lose an id. The place of an id is where it was last found; when
 * items before it come or go, the list is searched outwards from there, and the place is mended.
 */
type Places = {
  buckets: (Bucket | undefined)[];
  /** The buckets that no other version has. */
  own: Set<Bucket>;
  drift: number;
};
type Bucket = Map<string, number>;

const bucketCount = 1024;
const placesOfList = new WeakMap<readonly Item[], Places>();

function bucketOf(id: string): number {
  let hash = 0;
  for (let k = 0; k < id.length; k++) {
    hash = (Math.imul(hash, 31) + id.charCodeAt(k)) | 0;
  }
  return (hash ^ (hash >>> 13)) & (bucketCount - 1);
}

function placesOf(items: readonly Item[]): Places {
  let places = placesOfList.get(items);
  if (!places) {
    const buckets = new Array<Bucket | undefined>(bucketCount).fill(undefined);
    items.forEach(({ id }, index) => (buckets[bucketOf(id)] ??= new Map()).set(id, index));
    places = { buckets, own: new Set(), drift: 0 };
    placesOfList.set(items, places);
  }
  return places;
}

/** Lists that one working copy alone knows, which may be changed in place. */
const unshared = new WeakSet<readonly Item[]>();

/** Allows that a list is changed in place by `withItems` and `withExchanged`, or forbids it. */
export function setUnshared(items: readonly Item[], may: boolean): void {
  if (may) {
    unshared.add(items);
  } else {
    unshared.delete(items);
  }
}

/** A list in which items [start, end) are replaced, a copy unless it is unshared; it keeps what is known of places. */
export function withItems(items: Item[], start: number, end: number, added: readonly Item[]): Item[] {
  const inPlace = unshared.has(items);
  const places = placesFor(items, inPlace);
  const bucketFor = (id: string) => {
    const k = bucketOf(id);
    let bucket = places.buckets[k];
    if (!bucket || !places.own.has(bucket)) {
      bucket = new Map(bucket);
      places.buckets[k] = bucket;
      places.own.add(bucket);
    }
    return bucket;
  };
  for (let index = start; index < end; index++) {
    bucketFor(items[index].id).delete(items[index].id);
  }
  added.forEach(({ id }, offset) => bucketFor(id).set(id, start + offset));
  const next = spliced(items, start, end, added, inPlace);
  placesOfList.set(next, places);
  return next;
}

function spliced(
  items: Item[],
  start: number,
  end: number,
  added: readonly Item[],
  inPlace: boolean,
): Item[] {
  // Faster, but the number of arguments has a limit.
  if (added.length > 1000) {
    return items.slice(0, start).concat(added, items.slice(end));
  }
  if (!inPlace) {
    return items.toSpliced(start, end - start, ...added);
  }
  items.splice(start, end - start, ...added);
  return items;
}

/** A list in which single items are exchanged for others with the same ids, a copy unless it is unshared. */
export function withExchanged(items: Item[], exchanged: ReadonlyMap<number, Item>): Item[] {
  const inPlace = unshared.has(items);
  const next = inPlace ? items : items.slice();
  exchanged.forEach((item, index) => (next[index] = item));
  placesOfList.set(next, placesFor(items, inPlace));
  return next;
}

/** What is known of a list's places, for its next version. */
function placesFor(items: readonly Item[], inPlace: boolean): Places {
  const places = placesOf(items);
  return inPlace ? places : { buckets: places.buckets.slice(), own: new Set(), drift: places.drift };
}

/** The index of an item, or -1. */
export function itemIndex(items: readonly Item[], id: string): number {
  const places = placesOf(items);
  const bucket = places.buckets[bucketOf(id)];
  const hint = bucket?.get(id);
  if (!bucket || hint === undefined) {
    return -1;
  }
  if (items[hint]?.id === id) {
    return hint;
  }
  // What was looked up before has most likely moved by the same distance.
  const guess = Math.min(Math.max(hint + places.drift, 0), items.length - 1);
  for (let low = guess, high = guess + 1; low >= 0 || high < items.length; low--, high++) {
    const found = items[low]?.id === id ? low : items[high]?.id === id ? high : -1;
    if (found >= 0) {
      places.drift = found - hint;
      bucket.set(id, found);
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

/** Whether an item is a person's remark to themselves, which no export shows. */
export function isRemark(item: Item): boolean {
  return item.kind === 'note' && item.remark === true;
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
