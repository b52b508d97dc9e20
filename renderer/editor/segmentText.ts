import { joinWords, oneLine, separatorBetween } from '../../transcript/captions/joining.ts';
import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import { segmentItems } from '../../transcript/positions.ts';

/** A word or note and where it stands in its segment's text: characters [start, end). */
export type Piece = { item: Item; start: number; end: number };

/** Whether an item stands in the line of text; remarks stand below it. */
export function isInLine(item: Item): boolean {
  return item.kind === 'word' || item.remark !== true;
}

/** The words and notes of a segment that stand in its text. */
export function lineItems(document: TranscriptDocument, segmentPlace: number): Item[] {
  return segmentItems(document, segmentPlace).filter(isInLine);
}

/** A segment's text as it is shown when nobody is typing in it. */
export function textOf(items: readonly Item[]): string {
  return joinWords(items.map((item) => item.text));
}

/** Where each item stands in `textOf(items)`. */
export function piecesOf(items: readonly Item[]): Piece[] {
  let end = 0;
  let before = '';
  return items.map((item) => {
    const text = oneLine(item.text);
    const start = end + separatorBetween(before, text).length;
    before = text;
    end = start + text.length;
    return { item, start, end };
  });
}

/**
 * Where each item stands in a text that a person is typing, which may hold more spaces than `textOf` sets, where
 * that sets one, and at its ends.
 *
 * @returns null where the text says something else than the items.
 */
export function locate(text: string, items: readonly Item[]): Piece[] | null {
  if (oneLine(text) !== textOf(items)) {
    return null;
  }
  const pieces: Piece[] = [];
  let at = 0;
  for (const item of items) {
    while (at < text.length && isSpace(text[at])) at++;
    const start = at;
    for (const character of item.text) {
      if (isSpace(character)) {
        continue;
      }
      while (at < text.length && isSpace(text[at])) at++;
      if (!text.startsWith(character, at)) {
        return null;
      }
      at += character.length;
    }
    pieces.push({ item, start, end: at });
  }
  return text.slice(at).trim() === '' ? pieces : null;
}

/** The piece that a place in the text touches: the word before the caret where it stands at its end. */
export function pieceAt(pieces: readonly Piece[], offset: number): Piece | null {
  return (
    pieces.find(({ start, end }) => start <= offset && offset <= end) ??
    pieces.findLast(({ end }) => end < offset) ??
    pieces[0] ??
    null
  );
}

/** Where the text differs: characters [from, to) of `before` became `insert`. */
export type TextChange = { from: number; to: number; insert: string };

/** The one change that makes `after` of `before`, as short as it can be. */
export function changeBetween(before: string, after: string): TextChange {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  // Never through the middle of a character of two halves.
  if (from > 0 && isHigh(before[from - 1])) from--;
  if (tail > 0 && isLow(before[before.length - tail])) tail--;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

/** Where a place in the old text lies in the new one. */
export function shifted(offset: number, { from, to, insert }: TextChange): number {
  return offset <= from ? offset : offset >= to ? offset + insert.length - (to - from) : from + insert.length;
}

function isSpace(character: string): boolean {
  return /\s/.test(character);
}

function isHigh(unit: string): boolean {
  return unit >= '\ud800' && unit <= '\udbff';
}

function isLow(unit: string): boolean {
  return unit >= '\udc00' && unit <= '\udfff';
}
