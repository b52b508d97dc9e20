import type { Item, TranscriptDocument } from './document.ts';
import { applyWhatFits } from './journal.ts';
import type { Dropped } from './journal.ts';
import { applyOperations, OperationError } from './operations.ts';
import type { Operation } from './operations.ts';
import { isWord } from './positions.ts';
import { ownerOf, placeWords } from './editing/placing.ts';

export type Rebased = {
  document: TranscriptDocument;
  /** Mine as they can be applied now. */
  operations: Operation[];
  dropped: Dropped[];
};

/**
 * Puts my operations on a document that others changed since I made them, for a page that applied its own at
 * once, and for the engine, which gets them late. Operations name ids and not places, so most just apply, and
 * where both changed the same thing mine stands, for it comes later. Words of mine whose time is taken by now
 * get another one, as `placeWords` says. What speaks of things that are gone is dropped and reported.
 *
 * @param document with all that the others did, without mine
 */
export function rebase(document: TranscriptDocument, mine: readonly Operation[]): Rebased {
  const operations: Operation[] = [];
  const dropped: Dropped[] = [];
  let current = document;
  for (const operation of mine) {
    const tried = applyWhatFits(current, [operation]);
    const isLate = tried.dropped[0]?.error.fault === 'overlap';
    const moved = isLate ? movedToRoom(current, operation) : null;
    current = moved?.document ?? tried.document;
    operations.push(...(moved?.operations ?? tried.operations));
    dropped.push(...(moved ? [] : tried.dropped));
  }
  return { document: current, operations, dropped };
}

/** The operation with new times for its words; null where that does not help. */
function movedToRoom(
  document: TranscriptDocument,
  operation: Operation,
): { document: TranscriptDocument; operations: Operation[] } | null {
  if (operation.type !== 'replaceItems') {
    return null;
  }
  const [opened, ...others] = operation.segments ?? [];
  if (others.length > 0 || (opened && opened.firstItemId !== operation.items[0]?.id)) {
    return null;
  }
  const { range, speakerId: ownerId } = ownerOf(document, operation.afterId, operation.removeIds.length);
  const speakerId = opened ? opened.speakerId : ownerId;
  try {
    const texts = operation.items.filter(isWord).map((word) => word.text);
    const { spans, moved } = placeWords(document, range, speakerId, texts);
    const times = spans.values();
    const items = operation.items.map((item): Item =>
      isWord(item) ? { ...item, ...times.next().value } : item,
    );
    const operations: Operation[] = [{ ...operation, items }];
    if (moved.length > 0) {
      operations.unshift({ type: 'changeWords', changes: moved });
    }
    return { document: applyOperations(document, operations).document, operations };
  } catch (error) {
    if (error instanceof OperationError) {
      return null;
    }
    throw error;
  }
}
