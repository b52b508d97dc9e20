import type { TranscriptDocument, Word } from '../../transcript/document.ts';
import { isWord, lowerBound, segmentRange } from '../../transcript/positions.ts';

/** A segment's time, from its first word to its last; segments of notes alone have none. */
export type SegmentTime = { place: number; startMs: number; endMs: number };

type TimeIndex = {
  /** Rising by start. */
  times: SegmentTime[];
  /** The latest end of a segment up to each entry. */
  latestEndMs: number[];
};

const known = new WeakMap<TranscriptDocument, TimeIndex>();

/** Segment by segment, so that it is made anew in a millisecond after each keystroke, also for 80,000 words. */
function timeIndexOf(document: TranscriptDocument): TimeIndex {
  const found = known.get(document);
  if (found) {
    return found;
  }
  const times: SegmentTime[] = [];
  document.segments.forEach((_, place) => {
    const time = segmentTime(document, place);
    if (time) {
      times.push({ place, ...time });
    }
  });
  times.sort((a, b) => a.startMs - b.startMs);
  let latest = 0;
  const latestEndMs = times.map(({ endMs }) => (latest = Math.max(latest, endMs)));
  const index = { times, latestEndMs };
  known.set(document, index);
  return index;
}

/** When a segment is said; null where it has no word. */
export function segmentTime(
  document: TranscriptDocument,
  place: number,
): { startMs: number; endMs: number } | null {
  const [start, end] = segmentRange(document, place);
  let first = start;
  while (first < end && !isWord(document.items[first])) first++;
  let last = end - 1;
  while (last > first && !isWord(document.items[last])) last--;
  const [firstWord, lastWord] = [document.items[first], document.items[last]];
  return first < end && isWord(firstWord) && isWord(lastWord)
    ? { startMs: firstWord.startMs, endMs: lastWord.endMs }
    : null;
}

/** The segments that are said in a stretch, by their start. */
export function segmentsBetween(document: TranscriptDocument, startMs: number, endMs: number): SegmentTime[] {
  const { times, latestEndMs } = timeIndexOf(document);
  const from = lowerBound(latestEndMs, (latest) => latest <= startMs);
  const to = lowerBound(times, (time) => time.startMs < endMs);
  return times.slice(from, to).filter((time) => time.endMs > startMs);
}

/** The words that are said at a time: one of each speaker who speaks then. */
export function wordsAt(document: TranscriptDocument, timeMs: number): Word[] {
  return segmentsBetween(document, timeMs, timeMs + 1).flatMap(({ place }) => {
    const [start, end] = segmentRange(document, place);
    for (let k = start; k < end; k++) {
      const item = document.items[k];
      if (isWord(item) && item.startMs <= timeMs && timeMs < item.endMs) {
        return [item];
      }
    }
    return [];
  });
}

/** The segment that is said at a time, else the last one that began before it; -1 before the first. */
export function segmentAt(document: TranscriptDocument, timeMs: number): number {
  const { times } = timeIndexOf(document);
  const said = segmentsBetween(document, timeMs, timeMs + 1).at(-1);
  return said?.place ?? times[lowerBound(times, (time) => time.startMs <= timeMs) - 1]?.place ?? -1;
}

/** Where the next word (direction 1) or the one before (-1) begins, seen from a time; null at the end. */
export function neighbouringWordStart(
  document: TranscriptDocument,
  timeMs: number,
  direction: 1 | -1,
): number | null {
  const { times } = timeIndexOf(document);
  // Starting a word again must not count as having come past it.
  const from = direction === 1 ? timeMs + 1 : timeMs - 1;
  let place = lowerBound(times, (time) => time.startMs <= from) - 1;
  let best: number | null = null;
  for (let looked = 0; looked < 8 && place >= -1 && place < times.length; looked++, place += direction) {
    if (place < 0) {
      continue;
    }
    const [start, end] = segmentRange(document, times[place].place);
    for (let k = start; k < end; k++) {
      const item = document.items[k];
      if (!isWord(item)) continue;
      const fits = direction === 1 ? item.startMs >= from : item.startMs <= from;
      if (fits && (best === null || (direction === 1 ? item.startMs < best : item.startMs > best))) {
        best = item.startMs;
      }
    }
    if (best !== null && looked > 0) {
      break;
    }
  }
  return best;
}

/** The segment after the one said at a time, or before it, by start; null at the end. */
export function neighbouringSegmentStart(
  document: TranscriptDocument,
  timeMs: number,
  direction: 1 | -1,
): number | null {
  const { times } = timeIndexOf(document);
  const after = lowerBound(times, (time) => time.startMs <= timeMs);
  // Back goes to the beginning of this segment first, unless that has only just been passed.
  const before = lowerBound(times, (time) => time.startMs < timeMs - 500) - 1;
  return times[direction === 1 ? after : before]?.startMs ?? null;
}
