import { newId as randomId } from '../../transcript/create.ts';
import type { NewId } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editTexts } from '../../transcript/edit.ts';
import { alignmentSpans } from '../../transcript/editing/alignment.ts';
import { applyOperations } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { itemIndex, segmentRange } from '../../transcript/positions.ts';
import { joinToPrevious } from '../../transcript/speaking.ts';
import { changeText, letterPlace, offsetOf, piecesOfSegment, segmentPlace } from './changes.ts';
import type { CaretChange, Change, TextPlace } from './changes.ts';
import { lineItems, piecesOf, textOf } from './segmentText.ts';
import type { Piece } from './segmentText.ts';

/**
 * Puts lines in the place of what lies between two places, which may be in different segments, as one edit; each
 * line break begins a segment. Without lines, what lies between is deleted.
 *
 * @param to stands behind `from`
 * @throws OperationError where there is no time left for so many words
 */
export function replaceBetween(
  document: TranscriptDocument,
  from: TextPlace,
  to: TextPlace,
  lines: readonly string[],
  { newId = randomId }: { newId?: NewId } = {},
): CaretChange | null {
  const [first, last] = [segmentPlace(document, from.segmentId), segmentPlace(document, to.segmentId)];
  if (first < 0 || last < first) {
    return null;
  }
  const [firstPieces, lastPieces] = [
    piecesOf(lineItems(document, first)),
    piecesOf(lineItems(document, last)),
  ];
  const text = textOf(firstPieces.map(({ item }) => item));
  const head = text.slice(0, from.offset);
  const insert = lines.join(' ');
  const change =
    first === last
      ? changeText(document, firstPieces, text, { from: from.offset, to: to.offset, insert }, { newId })
      : replaceAcross(document, { firstPieces, lastPieces, from, to, insert }, newId);
  const home = [from.segmentId, to.segmentId].find((id) => segmentPlace(change.document, id) >= 0);
  return home === undefined
    ? { ...change, caret: null }
    : splitLines(change, home, home === from.segmentId ? head : '', lines, newId);
}

/** Takes away what lies between, joins what is left, and then inserts, so that what is inserted has its own time. */
function replaceAcross(
  document: TranscriptDocument,
  at: { firstPieces: Piece[]; lastPieces: Piece[]; from: TextPlace; to: TextPlace; insert: string },
  newId: NewId,
): Change {
  const { firstPieces, lastPieces, from, to, insert } = at;
  const [text, lastText] = [firstPieces, lastPieces].map((pieces) => textOf(pieces.map(({ item }) => item)));
  const [head, tail] = [text.slice(0, from.offset), lastText.slice(to.offset)];
  const isHeadEmpty = letterPlace(head) === 0;
  const cut = editTexts(document, placesBetween(document, at, isHeadEmpty ? insert : ''), { newId });
  const joined = joinBetween(cut, from.segmentId, to.segmentId);
  if (isHeadEmpty) {
    return joined;
  }
  const pieces = piecesOfSegment(joined.document, from.segmentId);
  const joinedText = textOf(pieces.map(({ item }) => item));
  const letters = letterPlace(head);
  const isBorder = insert === '' && head === text && tail === lastText;
  const filled = insertedBetween(head, insert, tail);
  const done = changeText(
    joined.document,
    pieces,
    joinedText,
    {
      from: offsetOf(joinedText, letters, 'before'),
      to: offsetOf(joinedText, letters, 'after'),
      insert: isBorder ? ' ' : filled,
    },
    { newId },
  );
  const unsure = [...joined.toAlign, ...done.toAlign].flatMap(({ wordIds }) => wordIds);
  return {
    operations: [...joined.operations, ...done.operations],
    document: done.document,
    toAlign: alignmentSpans(done.document, new Set(unsure)),
  };
}

/** What is inserted, with the spaces that stood beside it. */
function insertedBetween(head: string, insert: string, tail: string): string {
  return (/\s$/.test(head) ? ' ' : '') + insert + (/^\s/.test(tail) ? ' ' : '');
}

/** The pieces of words that stay, and all that goes; in its place the text for where nothing is left before it. */
function placesBetween(
  document: TranscriptDocument,
  {
    firstPieces,
    lastPieces,
    from,
    to,
  }: { firstPieces: Piece[]; lastPieces: Piece[]; from: TextPlace; to: TextPlace },
  instead: string,
): { itemIds: string[]; text: string }[] {
  const part = ({ item, start }: Piece, begin: number, end: number) => ({
    itemIds: [item.id],
    text: item.text.slice(begin - start, end - start),
  });
  const places: { itemIds: string[]; text: string }[] = [];
  const cutFirst = firstPieces.find(({ start, end }) => start < from.offset && from.offset < end);
  if (cutFirst) places.push(part(cutFirst, cutFirst.start, from.offset));
  const start = firstPieces.find((piece) => piece.start >= from.offset)?.item.id;
  const end = lastPieces.findLast((piece) => piece.end <= to.offset)?.item.id;
  const lastSegment = segmentPlace(document, to.segmentId);
  const firstIndex = start
    ? itemIndex(document.items, start)
    : segmentRange(document, segmentPlace(document, from.segmentId))[1];
  const endIndex = end ? itemIndex(document.items, end) + 1 : segmentRange(document, lastSegment)[0];
  const itemIds = document.items.slice(firstIndex, endIndex).map(({ id }) => id);
  if (itemIds.length > 0) places.push({ itemIds, text: instead });
  const cutLast = lastPieces.find((piece) => piece.start < to.offset && to.offset < piece.end);
  if (cutLast) places.push(part(cutLast, to.offset, cutLast.end));
  return places;
}

/** Joins what is left of the segments between two that are one text now. */
function joinBetween({ operations: done, ...change }: Change, firstId: string, lastId: string): Change {
  let { document } = change;
  const operations = [...done];
  const first = segmentPlace(document, firstId);
  for (
    let last = segmentPlace(document, lastId);
    first >= 0 && last > first;
    last = segmentPlace(document, lastId)
  ) {
    const join = joinToPrevious(document, document.segments[first + 1].id);
    document = applyOperations(document, join).document;
    operations.push(...join);
  }
  return { toAlign: change.toAlign, operations, document };
}

/** Begins a segment at each line of an inserted text but the first. */
function splitLines(
  change: Change,
  segmentId: string,
  head: string,
  lines: readonly string[],
  newId: NewId,
): CaretChange {
  let { document } = change;
  const operations = [...change.operations];
  const pieces = piecesOfSegment(document, segmentId);
  const text = textOf(pieces.map(({ item }) => item));
  let caret: TextPlace = {
    segmentId,
    offset: offsetOf(text, letterPlace(head + lines.join('')), 'before'),
  };
  let before = head;
  for (const line of lines.slice(0, -1)) {
    before += line;
    const at = offsetOf(text, letterPlace(before), 'after');
    const piece = pieces.find(({ start }) => start >= at);
    if (
      !piece ||
      piece === pieces[0] ||
      document.segments.some(({ firstItemId }) => firstItemId === piece.item.id)
    ) {
      continue;
    }
    const split: Operation = { type: 'splitSegment', itemId: piece.item.id, segmentId: newId() };
    document = applyOperations(document, [split]).document;
    operations.push(split);
    caret = { segmentId: split.segmentId, offset: Math.max(0, caretIn(text, head, lines) - piece.start) };
  }
  return { ...change, operations, document, caret };
}

function caretIn(text: string, head: string, lines: readonly string[]): number {
  return offsetOf(text, letterPlace(head + lines.join('')), 'before');
}
