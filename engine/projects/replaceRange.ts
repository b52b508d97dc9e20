import { newId } from '../../transcript/create.ts';
import type { TranscriptDocument, Word } from '../../transcript/document.ts';
import type { Operation } from '../../transcript/operations.ts';
import { nearest, roomBefore, roomFrom } from '../../transcript/editing/room.ts';
import { isWord, itemIndex, segmentIndexAt } from '../../transcript/positions.ts';
import { untangle } from '../../transcript/spans.ts';

export type HeardWord = Omit<Word, 'kind' | 'id'>;

/**
 * The operations that put words in the place of those that lie in a stretch of time (by their middle), with the
 * speaker of the first of them. Times give way to the speaker's other words, and to what others say
 * before and behind; notes between them stay behind.
 */
export function replaceRange(
  document: TranscriptDocument,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  heard: readonly HeardWord[],
): Operation[] {
  const { items } = document;
  const old = items.filter((item) => isWord(item) && lies(item, fromMs, toMs));
  const first = old.length > 0 ? itemIndex(items, old[0].id) : placeAt(document, fromMs);
  const last = old.length > 0 ? itemIndex(items, old.at(-1)!.id) : first - 1;
  const owner = document.segments[Math.max(0, segmentIndexAt(document, Math.min(first, items.length - 1)))];
  const speakerId = owner?.speakerId ?? null;
  const isOld = new Set(old.map(({ id }) => id));
  const standing = items.slice(first, last + 1);
  const kept = standing.filter(({ id }) => !isOld.has(id));
  const ownKept = kept.some(isWord);
  const spans = untangle(heard, {
    startMs: nearest(roomBefore(document, first, speakerId, fromMs), 'before'),
    endMs: nearest(roomFrom(document, last + 1, speakerId, toMs), 'after'),
  });
  // Where others' words stand in between, or there is no room, the stretch stays as it is.
  if (!spans || ownKept || (old.length === 0 && heard.length === 0)) return [];
  const words: Word[] = heard.map((word, place) => ({ ...word, kind: 'word', id: newId(), ...spans[place] }));
  return [
    {
      type: 'replaceItems',
      afterId: items[first - 1]?.id ?? null,
      removeIds: standing.map(({ id }) => id),
      items: [...words, ...kept],
      ...(items.length === 0 && { segments: [{ id: newId(), firstItemId: words[0].id, speakerId: null }] }),
    },
  ];
}

function lies({ startMs, endMs }: Word, fromMs: number, toMs: number): boolean {
  const middle = (startMs + endMs) / 2;
  return middle >= fromMs && middle < toMs;
}

/** Where a word that begins at a time would stand. */
function placeAt({ items }: TranscriptDocument, fromMs: number): number {
  const place = items.findLastIndex((item) => isWord(item) && item.startMs <= fromMs);
  return place + 1;
}
