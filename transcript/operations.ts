import type { TranscriptDocument } from './document.ts';
import { replaceItems } from './operations/items.ts';
import { changeOverrides } from './operations/overrides.ts';
import { setProperties } from './operations/properties.ts';
import type { Operation } from './operations/schema.ts';
import { joinSegment, setSpeakers, splitSegment } from './operations/segments.ts';
import { addSpeaker, removeSpeaker, renameSpeaker } from './operations/speakers.ts';
import { changeWords } from './operations/words.ts';

export { OperationError } from './operations/error.ts';
export type { OperationFault } from './operations/error.ts';
export { operationSchema } from './operations/schema.ts';
export type { Operation, OverrideChanges, WordChange } from './operations/schema.ts';

/**
 * Applies one operation to a document that obeys the grammar and gives another one that does, and the operation
 * that leads back. The given document stays as it was; what did not change is shared.
 *
 * @throws OperationError where the operation does not fit.
 */
export function applyOperation(
  document: TranscriptDocument,
  operation: Operation,
): { document: TranscriptDocument; inverse: Operation } {
  switch (operation.type) {
    case 'replaceItems':
      return replaceItems(document, operation);
    case 'changeWords':
      return changeWords(document, operation);
    case 'splitSegment':
      return splitSegment(document, operation);
    case 'joinSegment':
      return joinSegment(document, operation);
    case 'setSpeakers':
      return setSpeakers(document, operation);
    case 'addSpeaker':
      return addSpeaker(document, operation);
    case 'removeSpeaker':
      return removeSpeaker(document, operation);
    case 'renameSpeaker':
      return renameSpeaker(document, operation);
    case 'changeOverrides':
      return changeOverrides(document, operation);
    case 'setProperties':
      return setProperties(document, operation);
  }
}

/**
 * Applies operations one after the other, all or none.
 *
 * @returns the document and the operations that lead back, in the order in which to apply them.
 * @throws OperationError at the first that does not fit.
 */
export function applyOperations(
  document: TranscriptDocument,
  operations: readonly Operation[],
): { document: TranscriptDocument; inverse: Operation[] } {
  const inverse: Operation[] = [];
  let current = document;
  for (const operation of operations) {
    const applied = applyOperation(current, operation);
    current = applied.document;
    inverse.push(applied.inverse);
  }
  return { document: current, inverse: inverse.reverse() };
}
