import { newId as randomId } from '../../transcript/create.ts';
import type { NewId } from '../../transcript/create.ts';
import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import { editTexts } from '../../transcript/edit.ts';
import type { AlignmentSpan } from '../../transcript/edit.ts';
import { alignmentSpans } from '../../transcript/editing/alignment.ts';
import { applyOperations } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { isRemark, isWord, itemIndex, segmentRange } from '../../transcript/positions.ts';
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
  { newId = randomId }: Options = {},
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

/** Gives words another text, the same in several places, as one edit. */
export function rewordAll(
  document: TranscriptDocument,
  words: readonly { id: string; text: string }[],
  options: Options = {},
): Change {
  const places = words.map(({ id, text }) => ({ itemIds: [id], text }));
  const { operations, document: next, toAlign } = editTexts(document, places, options);
  return { operations, document: next, toAlign };
}

/** A reading in the dress of the word that it replaces: its capital and the punctuation around it. */
export function dressedLike(reading: string, word: string): string {
  const [, opening, core, closing] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(word)!;
  const isCapital = /^\p{Lu}/u.test(core) && !/^\p{Lu}/u.test(reading);
  const dressed = isCapital ? reading.charAt(0).toLocaleUpperCase() + reading.slice(1) : reading;
  return opening + dressed + closing;
}

/** Marks words, or takes the mark away where all have it. */
export function toggleHighlight(items: readonly Item[]): Operation[] {
  const words = items.filter(isWord);
  const isOn = words.every(({ highlighted }) => highlighted);
  const changed = words.filter(({ highlighted }) => Boolean(highlighted) === isOn);
  return changed.length === 0
    ? []
    : [
        {
          type: 'changeWords',
          changes: changed.map(({ id }) => ({ id, highlighted: isOn ? null : (true as const) })),
        },
      ];
}

/** Hangs a remark behind an item. */
export function addRemark(afterId: string, text: string, { newId = randomId }: Options = {}): Operation[] {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === ''
    ? []
    : [
        {
          type: 'replaceItems',
          afterId,
          removeIds: [],
          items: [{ kind: 'note', id: newId(), text: line, remark: true }],
        },
      ];
}

/** Gives a remark or note another text; an empty one takes it away. */
export function changeNote(document: TranscriptDocument, noteId: string, text: string): Operation[] {
  const index = itemIndex(document.items, noteId);
  const item = document.items[index];
  if (item?.kind !== 'note') {
    return [];
  }
  const line = text.replace(/\s+/g, ' ').trim();
  return [
    {
      type: 'replaceItems',
      afterId: document.items[index - 1]?.id ?? null,
      removeIds: [noteId],
      items: line === '' ? [] : [{ ...item, text: line }],
    },
  ];
}

/** The remarks of a document with the time of the word that each follows. */
export function remarksOf(document: TranscriptDocument): { id: string; text: string; timeMs: number }[] {
  let timeMs = 0;
  return document.items.flatMap((item) => {
    if (isWord(item)) {
      timeMs = item.startMs;
    }
    return isRemark(item) ? [{ id: item.id, text: item.text, timeMs }] : [];
  });
}

/** Items that an operation is about: where to look after it was done. */
export function touchedIds(operation: Operation): string[] {
  switch (operation.type) {
    case 'replaceItems':
      return [...operation.items.map(({ id }) => id), ...(operation.afterId ? [operation.afterId] : [])];
    case 'changeWords':
      return operation.changes.map(({ id }) => id);
    case 'splitSegment':
      return [operation.itemId];
    default:
      return [];
  }
}
