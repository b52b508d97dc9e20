import { oneLine, separatorBetween } from '../../transcript/captions/joining.ts';
import type { Item } from '../../transcript/document.ts';
import { letterPlace, offsetOf } from './changes.ts';
import { changeBetween, locate, piecesOf, shifted, textOf, type Piece } from './segmentText.ts';

/** The text of a segment while it is being typed, and the items that it was made of. */
export type Draft = { text: string; pieces: readonly Piece[] };

/** The text as the document has it, before anything is typed. */
export function draftOf(items: readonly Item[]): Draft {
  return { text: textOf(items), pieces: piecesOf(items) };
}

/**
 * The draft after something was typed, whose words have become these items. Now and then the document sets other
 * spaces than were typed, beside a note or a remark; then it reads as the document does.
 */
export function typedDraft(
  text: string,
  items: readonly Item[],
  caret: number,
): { draft: Draft; caret: number } {
  const pieces = locate(text, items);
  if (pieces) {
    return { draft: { text, pieces }, caret };
  }
  const draft = draftOf(items);
  return { draft, caret: atSameLetter(text, caret, draft.text) };
}

/**
 * A draft when its items have become others: it reads as they do, but for the spare spaces that stood between those
 * that stay, and beside the places, so that a word that is begun there stays a word of its own.
 *
 * @param places in the old text: the caret, the ends of a change
 * @returns the same places in the new text
 */
export function caughtUp(
  draft: Draft,
  items: readonly Item[],
  places: readonly number[],
): { draft: Draft; places: number[] } {
  const same = locate(draft.text, items);
  if (same) {
    return { draft: { ...draft, pieces: same }, places: [...places] };
  }
  let text = textWithGaps(draft, items, places);
  const moved = placesIn(draft, { text, pieces: locate(text, items) ?? [] }, places);
  const apart = moved.map((place, k) => {
    const wasApart = places[k] > 0 && isSpace(draft.text[places[k] - 1]);
    if (!wasApart || place === 0 || isSpace(text[place - 1])) return place;
    if (place === text.length) text += ' ';
    return isSpace(text[place]) ? place + 1 : place;
  });
  return { draft: { text, pieces: locate(text, items) ?? [] }, places: apart };
}

/** The same after an undo or redo: the draft reads as its items do, without spare spaces. */
export function walkedTo(
  draft: Draft,
  items: readonly Item[],
  places: readonly number[],
): { draft: Draft; places: number[] } {
  const caught = caughtUp(draft, items, places);
  const plain = draftOf(items);
  return {
    draft: plain,
    places: caught.places.map((place) => atSameLetter(caught.draft.text, place, plain.text)),
  };
}

/** The place in the same text with other spaces: behind the spaces there, where it stands behind one here. */
function atSameLetter(text: string, place: number, other: string): number {
  const side = isSpace(text[place - 1]) ? 'after' : 'before';
  return offsetOf(other, letterPlace(text.slice(0, place)), side);
}

function textWithGaps({ text, pieces }: Draft, items: readonly Item[], places: readonly number[]): string {
  const standing = new Map(pieces.map(({ item }, k) => [item.id, k]));
  const gapBehind = (k: number) => text.slice(pieces[k].end, pieces[k + 1]?.start);
  const lead = text.slice(0, pieces[0]?.start ?? 0);
  return items.reduce((joined, item, k) => {
    const next = items.at(k + 1);
    const needed = next ? separatorBetween(oneLine(item.text), oneLine(next.text)) : '';
    const place = standing.get(item.id);
    const gap = place === undefined ? needed : gapBehind(place);
    const isNeeded =
      place !== undefined &&
      (pieces.at(place + 1)?.item.id === next?.id ||
        places.some((at) => pieces[place].end < at && at <= pieces[place].end + gap.length));
    const fits = next === undefined || (gap === '') === (needed === '');
    return joined + oneLine(item.text) + (isNeeded && fits ? gap : needed);
  }, lead);
}

/** Places go with the words in or behind which they are; where those are gone, with what stands there instead. */
function placesIn(before: Draft, after: Draft, places: readonly number[]): number[] {
  const now = new Map(after.pieces.map((piece) => [piece.item.id, piece]));
  return places.map((place) => {
    const k = before.pieces.findLastIndex(({ start }) => start < place);
    if (k < 0) return Math.min(place, after.pieces[0]?.start ?? 0);
    const piece = before.pieces[k];
    const kept = now.get(piece.item.id);
    if (kept && place > piece.end) return Math.min(kept.end + place - piece.end, after.text.length);
    const first = kept ? piece : before.pieces.slice(0, k).findLast(({ item }) => now.has(item.id));
    const last = kept ? piece : before.pieces.slice(k).find(({ item }) => now.has(item.id));
    const [from, to] = kept ? [piece.start, piece.end] : [first?.end ?? 0, last?.start ?? before.text.length];
    const [nowFrom, nowTo] = kept
      ? [kept.start, kept.end]
      : [first ? now.get(first.item.id)!.end : 0, last ? now.get(last.item.id)!.start : after.text.length];
    const change = changeBetween(before.text.slice(from, to), after.text.slice(nowFrom, nowTo));
    return nowFrom + shifted(place - from, change);
  });
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
