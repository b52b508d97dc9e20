import { joinWords } from '../../transcript/captions/joining.ts';
import type { Item, TranscriptDocument, Word } from '../../transcript/document.ts';
import { isWord } from '../../transcript/positions.ts';
import { piecesOfSegment, segmentPlace } from './changes.ts';
import type { TextPlace } from './changes.ts';
import { clockText } from './clock.ts';
import { lineItems, piecesOf, textOf } from './segmentText.ts';
import { segmentTime } from './timeIndex.ts';

/** What is selected, from its beginning to its end. */
export type TextRange = { from: TextPlace; to: TextPlace };

/** Two places in their order, whichever was first. */
export function ordered(document: TranscriptDocument, a: TextPlace, b: TextPlace): TextRange {
  const [first, second] = [segmentPlace(document, a.segmentId), segmentPlace(document, b.segmentId)];
  const isForward = first < second || (first === second && a.offset <= b.offset);
  return isForward ? { from: a, to: b } : { from: b, to: a };
}

type SelectedSegment = { place: number; items: Item[]; text: string };

/** The segments of a range with the items and the text of each that lie in it. */
export function selectedSegments(document: TranscriptDocument, { from, to }: TextRange): SelectedSegment[] {
  const [first, last] = [segmentPlace(document, from.segmentId), segmentPlace(document, to.segmentId)];
  const found: SelectedSegment[] = [];
  for (let place = Math.max(0, first); first >= 0 && place <= last; place++) {
    const pieces = piecesOf(lineItems(document, place));
    const start = place === first ? from.offset : 0;
    const end = place === last ? to.offset : (pieces.at(-1)?.end ?? 0);
    const text = textOf(pieces.map(({ item }) => item)).slice(start, end);
    const items = pieces.filter((piece) => piece.end > start && piece.start < end).map(({ item }) => item);
    found.push({ place, items, text });
  }
  return found;
}

/** The items of a range, in their order. */
export function selectedItems(document: TranscriptDocument, range: TextRange): Item[] {
  return selectedSegments(document, range).flatMap(({ items }) => items);
}

/** When the words of a range are said; null where there are none. */
export function selectedTime(
  document: TranscriptDocument,
  range: TextRange,
): { startMs: number; endMs: number; words: Word[] } | null {
  const words = selectedItems(document, range).filter(isWord);
  return words.length === 0
    ? null
    : {
        startMs: Math.min(...words.map(({ startMs }) => startMs)),
        endMs: Math.max(...words.map(({ endMs }) => endMs)),
        words,
      };
}

/** A range as text, a line for each segment. */
export function plainText(document: TranscriptDocument, range: TextRange): string {
  return selectedSegments(document, range)
    .map(({ text }) => text)
    .join('\n');
}

/** The same with each segment's time and, where it changes, its speaker before it. */
export function textWithTimes(document: TranscriptDocument, range: TextRange): string {
  let last: string | null = null;
  return selectedSegments(document, range)
    .map(({ place, items, text }) => {
      const { speakerId } = document.segments[place];
      const name = document.speakers.find(({ id }) => id === speakerId)?.name;
      const startMs = items.find(isWord)?.startMs ?? segmentTime(document, place)?.startMs ?? 0;
      const who = name && speakerId !== last ? `${name}: ` : '';
      last = speakerId;
      return `[${clockText(startMs)}] ${who}${text}`;
    })
    .join('\n');
}

/** All the text of a document; null where there is none. */
export function wholeRange({ segments, ...document }: TranscriptDocument): TextRange | null {
  if (segments.length === 0) {
    return null;
  }
  const last = segments.at(-1)!.id;
  const pieces = piecesOfSegment({ segments, ...document }, last);
  return {
    from: { segmentId: segments[0].id, offset: 0 },
    to: { segmentId: last, offset: pieces.at(-1)?.end ?? 0 },
  };
}

/** Where words stand in the text, for a range that covers them; null where they are gone. */
export function rangeOfItems(
  document: TranscriptDocument,
  first: { segmentPlace: number; itemId: string },
  last: { segmentPlace: number; itemId: string },
): TextRange | null {
  const end = (at: { segmentPlace: number; itemId: string }, side: 'start' | 'end'): TextPlace | null => {
    const piece = piecesOf(lineItems(document, at.segmentPlace)).find(({ item }) => item.id === at.itemId);
    return piece ? { segmentId: document.segments[at.segmentPlace].id, offset: piece[side] } : null;
  };
  const [from, to] = [end(first, 'start'), end(last, 'end')];
  return from && to ? { from, to } : null;
}

/** Words as they would be read out, for a name or a label. */
export function shortText(items: readonly Item[], most = 40): string {
  const text = joinWords(items.map((item) => item.text));
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}
