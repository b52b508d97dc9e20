import type { TranscriptDocument, Word } from '../document.ts';
import { isWord, withExchanged } from '../positions.ts';
import { requireItem, requireOrder, requireSound } from './checks.ts';
import { OperationError } from './error.ts';
import type { ChangeWords, WordChange } from './schema.ts';

const changeable = [
  'text',
  'startMs',
  'endMs',
  'confidence',
  'origin',
  'spoken',
  'alternatives',
  'modelId',
  'alignment',
  'highlighted',
] as const satisfies (keyof WordChange)[];

export function changeWords(
  document: TranscriptDocument,
  operation: ChangeWords,
): { document: TranscriptDocument; inverse: ChangeWords } {
  const exchanged = new Map<number, Word>();
  const undo: WordChange[] = [];
  for (const change of operation.changes) {
    const index = requireItem(document, change.id);
    const item = exchanged.get(index) ?? document.items[index];
    if (!isWord(item)) {
      throw new OperationError('changed', 'A note is no word.');
    }
    if (change.whenText !== undefined && change.whenText !== item.text) {
      throw new OperationError('changed', `“${change.whenText}” now reads “${item.text}”.`);
    }
    const changed = changedWord(item, change);
    requireSound(changed, document);
    exchanged.set(index, changed);
    undo.unshift(changeBack(item, change));
  }
  const next = { ...document, items: withExchanged(document.items, exchanged) };
  requireOrderAround(next, [...exchanged.keys()]);
  return { document: next, inverse: { type: 'changeWords', changes: undo } };
}

function changedWord(word: Word, change: WordChange): Word {
  const next = { ...word };
  for (const key of changeable) {
    if (change[key] === null) {
      Reflect.deleteProperty(next, key);
    } else if (change[key] !== undefined) {
      Object.assign(next, { [key]: change[key] });
    }
  }
  return next;
}

function changeBack(word: Word, change: WordChange): WordChange {
  const back: WordChange = { id: word.id };
  for (const key of changeable) {
    if (change[key] !== undefined) {
      Object.assign(back, { [key]: word[key] ?? null });
    }
  }
  return back;
}

/** Looks once at every stretch of changed words that stand close to each other. */
function requireOrderAround(document: TranscriptDocument, indexes: number[]): void {
  const near = 200;
  const sorted = indexes.sort((a, b) => a - b);
  let start = sorted[0];
  sorted.forEach((index, k) => {
    if (k + 1 === sorted.length || sorted[k + 1] - index > near) {
      requireOrder(document, start, index + 1);
      start = sorted[k + 1];
    }
  });
}
