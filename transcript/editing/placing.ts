import type { TranscriptDocument, Word } from '../document.ts';
import { OperationError } from '../operations.ts';
import type { WordChange } from '../operations.ts';
import { isWord, itemIndex, segmentIndexAt, wordsBefore, wordsFrom } from '../positions.ts';
import { shortestWordMs } from '../soundness.ts';
import { paceMs, shareByLetters } from '../spans.ts';
import type { Span } from '../spans.ts';
import { roomBefore, roomFrom, wholeRoom } from './room.ts';
import type { Room } from './room.ts';

type Placing = {
  /** A time for each text. */
  spans: Span[];
  /** Neighbours that had to become shorter or to move to make room. */
  moved: WordChange[];
};

/** The range of items that is replaced behind an item, and who says what comes there: see `replaceItems`. */
export function ownerOf(
  document: TranscriptDocument,
  afterId: string | null,
  removedCount: number,
): { range: [number, number]; speakerId: string | null } {
  const start = afterId === null ? 0 : itemIndex(document.items, afterId) + 1;
  const owner = segmentIndexAt(document, removedCount > 0 ? start : Math.max(0, start - 1));
  return { range: [start, start + removedCount], speakerId: document.segments[owner]?.speakerId ?? null };
}

/**
 * Provisional times for texts that a speaker says in the place of the items [start, end).
 *
 * They share the time of the words they replace, by their letters; where they replace none, the gap there, but
 * no more of it than they need at an ordinary pace, from its beginning (at the beginning of what a speaker says,
 * at its end). The gap reaches to the speaker's own words and not into what stands before and behind in the list
 * (see `roomBefore`). Where that leaves less than 1 ms for each, they take the whole gap; where that is too little still, the
 * neighbours give time from the side that faces the gap, both alike as far as they can, each keeping at least
 * 1 ms; and when both neighbours are that short, the words beyond them do the same. Only where that is not enough
 * do they lie over what others say.
 *
 * @throws OperationError (`overlap`) where the whole medium has not 1 ms for every word.
 */
export function placeWords(
  document: TranscriptDocument,
  [start, end]: [number, number],
  speakerId: string | null,
  texts: readonly string[],
): Placing {
  if (texts.length === 0) {
    return { spans: [], moved: [] };
  }
  const replaced = document.items.slice(start, end).filter(isWord);
  const said = saidAt(document, [start, end], speakerId, replaced);
  return (
    placeBetween(
      new Side(roomBefore(document, start, speakerId, said.startMs), true),
      new Side(roomFrom(document, end, speakerId, said.endMs), false),
      replaced,
      texts,
    ) ??
    placeBetween(
      new Side(wholeRoom(wordsBefore(document, start, speakerId), 0), true),
      new Side(wholeRoom(wordsFrom(document, end, speakerId), document.media.durationMs), false),
      replaced,
      texts,
    ) ??
    noTimeLeft()
  );
}

function noTimeLeft(): never {
  throw new OperationError('overlap', 'There is no time left for so many words.');
}

/** Where a speaker begins and ends at a place: with the words there, or beside it. */
function saidAt(
  document: TranscriptDocument,
  [start, end]: [number, number],
  speakerId: string | null,
  replaced: readonly Word[],
): Span {
  if (replaced.length > 0) {
    return { startMs: replaced[0].startMs, endMs: replaced.at(-1)!.endMs };
  }
  const before = roomBefore(document, start, speakerId, Infinity).next();
  const after = roomFrom(document, end, speakerId, 0).next();
  const [beforeMs, afterMs] = [
    before.done ? undefined : before.value.endMs,
    after.done ? undefined : after.value.startMs,
  ];
  return { startMs: afterMs ?? beforeMs ?? Infinity, endMs: beforeMs ?? afterMs ?? 0 };
}

/** null where there is not 1 ms for every text. */
function placeBetween(
  before: Side,
  after: Side,
  replaced: readonly Word[],
  texts: readonly string[],
): Placing | null {
  const gap: Span = { startMs: before.edgeMs, endMs: after.edgeMs };
  const neededMs = texts.length * shortestWordMs;
  const missingMs = neededMs - (gap.endMs - gap.startMs);
  if (missingMs <= 0) {
    const wished = wishedSpan(replaced, gap, texts, before.isEmpty && !after.isEmpty);
    return { spans: shareByLetters(texts, widened(wished, neededMs, gap)), moved: [] };
  }
  if (!makeRoom(before, after, missingMs)) {
    return null;
  }
  const made: Span = { startMs: before.edgeMs, endMs: after.edgeMs };
  return { spans: shareByLetters(texts, made), moved: [...before.moved(), ...after.moved()] };
}

function wishedSpan(replaced: readonly Word[], gap: Span, texts: readonly string[], atEnd: boolean): Span {
  const within = (timeMs: number) => Math.min(Math.max(timeMs, gap.startMs), gap.endMs);
  if (replaced.length > 0) {
    return {
      startMs: within(Math.min(...replaced.map((word) => word.startMs))),
      endMs: within(Math.max(...replaced.map((word) => word.endMs))),
    };
  }
  const lengthMs = paceMs(texts);
  return atEnd
    ? { startMs: within(gap.endMs - lengthMs), endMs: gap.endMs }
    : { startMs: gap.startMs, endMs: within(gap.startMs + lengthMs) };
}

/** A span of at least a length around another one, inside the gap. */
function widened(span: Span, lengthMs: number, gap: Span): Span {
  const missingMs = Math.max(0, lengthMs - (span.endMs - span.startMs));
  const startMs = Math.max(gap.startMs, span.startMs - Math.floor(missingMs / 2));
  const endMs = Math.min(gap.endMs, Math.max(span.endMs, startMs + lengthMs));
  return { startMs: Math.min(startMs, endMs - lengthMs), endMs };
}

/**
 * Takes time from the nearest words first, from both sides alike, then from words further away.
 *
 * @returns whether there was enough
 */
function makeRoom(before: Side, after: Side, missingMs: number): boolean {
  let missing = missingMs;
  while (missing > 0) {
    before.reach();
    after.reach();
    if (before.spareMs + after.spareMs === 0 && before.isDone && after.isDone) {
      return false;
    }
    const half = Math.min(before.spareMs, Math.ceil(missing / 2));
    const fromAfter = Math.min(after.spareMs, missing - half);
    const fromBefore = Math.min(before.spareMs, missing - fromAfter);
    before.give(fromBefore);
    after.give(fromAfter);
    missing -= fromBefore + fromAfter;
  }
  return true;
}

/**
 * The words on one side of a gap, the nearest first, and how much of their time they give to it. It counts
 * outwards from the gap: on the side before, times are negative, so that both sides read alike.
 */
class Side {
  /** What the words reached so far can still give. */
  spareMs = 0;
  isDone = false;
  readonly isEmpty: boolean;
  private readonly room: Room;
  private readonly isBefore: boolean;
  /** Where the room ends, when all its words are reached. */
  private limit = 0;
  private readonly reached: Word[] = [];
  private next: Word | undefined;
  private edge: number;

  constructor(room: Room, isBefore: boolean) {
    this.room = room;
    this.isBefore = isBefore;
    this.next = this.pull();
    this.isEmpty = this.next === undefined;
    this.edge = this.nextNear();
  }

  /** Where the gap ends on this side. */
  get edgeMs(): number {
    return this.isBefore ? -this.edge : this.edge;
  }

  /** Takes one more word, and the silence between it and the one beyond, into what can give time. */
  reach(): void {
    const word = this.next;
    if (word) {
      const near = this.nextNear();
      this.reached.push(word);
      this.next = this.pull();
      this.spareMs += this.nextNear() - near - shortestWordMs;
    } else {
      this.isDone = true;
    }
  }

  give(timeMs: number): void {
    this.edge += timeMs;
    this.spareMs -= timeMs;
  }

  /** The words that must change so that the gap ends at its edge, in the order in which they are said. */
  moved(): WordChange[] {
    const changes: WordChange[] = [];
    let edge = this.edge;
    for (const word of this.reached) {
      const [near, far] = this.isBefore ? [-word.endMs, -word.startMs] : [word.startMs, word.endMs];
      if (near >= edge) {
        break;
      }
      const movedFar = Math.max(far, edge + shortestWordMs);
      const [startMs, endMs] = this.isBefore ? [-movedFar, -edge] : [edge, movedFar];
      changes.push({ id: word.id, startMs, endMs });
      edge = movedFar;
    }
    return this.isBefore ? changes.reverse() : changes;
  }

  private nextNear(): number {
    return this.next ? (this.isBefore ? -this.next.endMs : this.next.startMs) : this.limit;
  }

  private pull(): Word | undefined {
    const { value, done } = this.room.next();
    if (done) {
      this.limit = this.isBefore ? -value : value;
      return undefined;
    }
    return value;
  }
}
