import { newId as randomId } from '../../transcript/create.ts';
import type { NewId } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editTexts } from '../../transcript/edit.ts';
import type { AlignmentSpan } from '../../transcript/edit.ts';
import { applyOperations } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { itemIndex } from '../../transcript/positions.ts';
import { joinToPrevious } from '../../transcript/speaking.ts';
import { lineItems, locate, piecesOf, textOf } from './segmentText.ts';
import type { Piece, TextChange } from './segmentText.ts';

/** What an act does to the document, and the document with it. */
export type Change = {
  operations: Operation[];
  document: TranscriptDocument;
  /** Words whose times are a guess now. */
  toAlign: AlignmentSpan[];
};

/** A place in the text of a segment, in characters from its beginning. */
export type TextPlace = { segmentId: string; offset: number };

/** A change that also says where the caret goes. */
export type CaretChange = Change & { caret: TextPlace | null };

type Options = { newId?: NewId };

export function segmentPlace(document: TranscriptDocument, segmentId: string): number {
  return document.segments.findIndex(({ id }) => id === segmentId);
}

/** The items of a segment that stand in its text, and where; empty where the segment is gone. */
export function piecesOfSegment(document: TranscriptDocument, segmentId: string): Piece[] {
  const place = segmentPlace(document, segmentId);
  return place < 0 ? [] : piecesOf(lineItems(document, place));
}

/**
 * A change of a segment's text. Only the words that it touches are compared, so that of two equal words the one at
 * the caret changes.
 *
 * @param text the segment's text as it stands before the change, in which `pieces` lie
 * @throws OperationError where there is no time left for so many words
 */
export function changeText(
  document: TranscriptDocument,
  pieces: readonly Piece[],
  text: string,
  change: TextChange,
  options: Options = {},
): Change {
  const after = text.slice(0, change.from) + change.insert + text.slice(change.to);
  const region = pieces.slice(...touchedBy(pieces, after, change));
  const runs = runsOf(document, region);
  const places = runs.map((run, k) => {
    const start =
      k > 0
        ? shiftedEnd(runs[k - 1].at(-1)!.end, change)
        : run[0] === pieces[0]
          ? 0
          : Math.min(run[0].start, change.from);
    const ownEnd = k === runs.length - 1 ? Math.max(run.at(-1)!.end, change.to) : run.at(-1)!.end;
    const end = run.at(-1) === pieces.at(-1) ? after.length : shiftedEnd(ownEnd, change);
    return { itemIds: run.map(({ item }) => item.id), text: after.slice(start, end) };
  });
  const { operations, document: next, toAlign } = editTexts(document, places, options);
  return { operations, document: next, toAlign };
}

/**
 * The pieces [start, end) whose words a change touches: those that it runs through, and those that stand against it
 * without a space. Words that are put between others go with the one before.
 */
function touchedBy(
  pieces: readonly Piece[],
  after: string,
  { from, to, insert }: TextChange,
): [number, number] {
  const isTogether = (place: number) =>
    place > 0 && place < after.length && !/\s/.test(after.slice(place - 1, place + 1));
  const isLeft = isTogether(from);
  const isRight = isTogether(from + insert.length);
  const isTouched = ({ start, end }: Piece) =>
    (end > from && start < to) ||
    (isLeft && end === from) ||
    (isRight && start === to) ||
    (start < from && end > to);
  const first = pieces.findIndex(isTouched);
  if (first >= 0) {
    return [first, pieces.findLastIndex(isTouched) + 1];
  }
  const before = pieces.findLastIndex(({ end }) => end <= from);
  return [Math.max(0, before), Math.max(0, before) + 1];
}

/** The end of what stands before a place: what is inserted exactly there belongs to it. */
function shiftedEnd(offset: number, { from, to, insert }: TextChange): number {
  return offset < from ? offset : Math.max(offset, to) + insert.length - (to - from);
}

/** Pieces that stand side by side in the document, with no remark between them. */
function runsOf(document: TranscriptDocument, pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  let last = -2;
  for (const piece of pieces) {
    const index = itemIndex(document.items, piece.item.id);
    if (index === last + 1) {
      runs.at(-1)!.push(piece);
    } else {
      runs.push([piece]);
    }
    last = index;
  }
  return runs;
}

/** Begins a new segment at a place in the text, cutting the word there; null at the ends of the text. */
export function splitAt(
  document: TranscriptDocument,
  { segmentId, offset }: TextPlace,
  text: string,
  { newId = randomId, speaker }: Options & { speaker?: { id: string | null; add: Operation[] } } = {},
): CaretChange | null {
  const place = segmentPlace(document, segmentId);
  const pieces = place < 0 ? null : locate(text, lineItems(document, place));
  if (
    !pieces ||
    !pieces.some((piece) => piece.start < offset) ||
    !pieces.some((piece) => piece.end > offset)
  ) {
    return null;
  }
  const isInside = pieces.some((piece) => piece.start < offset && offset < piece.end);
  const cut = isInside
    ? changeText(document, pieces, text, { from: offset, to: offset, insert: ' ' }, { newId })
    : { operations: [], document, toAlign: [] };
  const behind = (
    isInside
      ? locate(`${text.slice(0, offset)} ${text.slice(offset)}`, lineItems(cut.document, place))
      : pieces
  )?.find((piece) => piece.start >= offset);
  if (!behind) {
    return null;
  }
  const newSegmentId = newId();
  const split: Operation[] = [
    ...(speaker?.add ?? []),
    {
      type: 'splitSegment',
      itemId: behind.item.id,
      segmentId: newSegmentId,
      ...(speaker && { speakerId: speaker.id }),
    },
  ];
  return {
    operations: [...cut.operations, ...split],
    document: applyOperations(cut.document, split).document,
    toAlign: cut.toAlign,
    caret: { segmentId: newSegmentId, offset: 0 },
  };
}

/** Adds a segment to the one before it; null for the first. */
export function joinWithPrevious(document: TranscriptDocument, segmentId: string): CaretChange | null {
  const place = segmentPlace(document, segmentId);
  if (place <= 0) {
    return null;
  }
  const before = document.segments[place - 1].id;
  const lettersBefore = letterPlace(textOf(lineItems(document, place - 1)));
  const operations = joinToPrevious(document, segmentId);
  const next = applyOperations(document, operations).document;
  const pieces = piecesOfSegment(next, before);
  const text = textOf(pieces.map(({ item }) => item));
  return {
    operations,
    document: next,
    toAlign: [],
    caret: { segmentId: before, offset: offsetOf(text, lettersBefore, 'after') },
  };
}

/** How many characters that are no spaces a text has: a measure that setting spaces anew does not change. */
export function letterPlace(text: string): number {
  return text.replace(/\s/g, '').length;
}

/** Where so many characters that are no spaces have passed; `after`: behind the spaces that follow, too. */
export function offsetOf(text: string, letters: number, side: 'before' | 'after'): number {
  let at = 0;
  for (let seen = 0; at < text.length && seen < letters; at++) {
    seen += /\s/.test(text[at]) ? 0 : 1;
  }
  if (side === 'after') {
    while (at < text.length && /\s/.test(text[at])) at++;
  }
  return at;
}
