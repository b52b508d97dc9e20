import { newId as randomId } from '../../transcript/create.ts';
import type { NewId } from '../../transcript/create.ts';
import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import { editTexts } from '../../transcript/edit.ts';
import type { Operation } from '../../transcript/operations.ts';
import { isRemark, isWord, itemIndex } from '../../transcript/positions.ts';
import type { Change } from './changes.ts';

type Options = { newId?: NewId };

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
