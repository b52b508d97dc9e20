import type { Item, Note, Segment, TranscriptDocument } from '../../transcript/document.ts';
import { isRemark, segmentItems } from '../../transcript/positions.ts';
import { hasGuessedTime } from '../../transcript/doubt.ts';
import { isInLine, piecesOf, textOf, type Piece } from './segmentText.ts';
import { segmentTime } from './timeIndex.ts';

/** A segment as a row shows it. The same object as long as nothing that it shows has changed. */
export type Row = {
  place: number;
  segment: Segment;
  items: readonly Item[];
  pieces: readonly Piece[];
  text: string;
  remarks: readonly Note[];
  time: { startMs: number; endMs: number } | null;
  /** Whether somebody else speaks than before it. */
  isTurn: boolean;
  /** The times of some of its words are a guess. */
  isLate: boolean;
};

/** Makes rows, and makes the same one again where its segment has not changed. */
export class Rows {
  readonly #known = new Map<string, Row>();

  row(document: TranscriptDocument, place: number): Row {
    const segment = document.segments[place];
    const items = segmentItems(document, place);
    const isTurn = place === 0 || document.segments[place - 1].speakerId !== segment.speakerId;
    const known = this.#known.get(segment.id);
    if (
      known &&
      known.place === place &&
      known.isTurn === isTurn &&
      known.segment.speakerId === segment.speakerId &&
      known.items.length === items.length &&
      known.items.every((item, k) => item === items[k])
    ) {
      return known;
    }
    const line = items.filter(isInLine);
    const row: Row = {
      place,
      segment,
      items,
      pieces: piecesOf(line),
      text: textOf(line),
      remarks: items.filter((item): item is Note => isRemark(item)),
      time: segmentTime(document, place),
      isTurn,
      isLate: items.some(hasGuessedTime),
    };
    if (this.#known.size > 500) this.#known.clear();
    this.#known.set(segment.id, row);
    return row;
  }
}
