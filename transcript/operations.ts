import type { TranscriptDocument } from './document.ts';
import { replaceItems } from './operations/items.ts';
import { changeOverrides } from './operations/overrides.ts';
import { setProperties } from './operations/properties.ts';
import type { Operation } from './operations/schema.ts';
import { joinSegment, setSpeakers, splitSegment } from './operations/segments.ts';
import { addSpeaker, removeSpeaker, renameSpeaker } from './operations/speakers.ts';
import { changeWords } from './operations/words.ts';
import { setUnshared } from './positions.ts';

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
 * A document that operations change one after the other, quickly: the list of items is copied once and then
 * changed in place. Nobody else may keep `document` before `finish`, and after an error none of it counts.
 */
export class WorkingCopy {
  document: TranscriptDocument;
  private readonly given: TranscriptDocument;

  constructor(document: TranscriptDocument) {
    this.document = document;
    this.given = document;
  }

  /** @returns the inverse */
  apply(operation: Operation): Operation {
    const { document, inverse } = applyOperation(this.document, operation);
    this.document = document;
    if (document.items !== this.given.items) {
      setUnshared(document.items, true);
    }
    return inverse;
  }

  /** The document, from now on one that does not change. */
  finish(): TranscriptDocument {
    setUnshared(this.document.items, false);
    return this.document;
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
  const copy = new WorkingCopy(document);
  const inverse = operations.map((operation) => copy.apply(operation));
  return { document: copy.finish(), inverse: inverse.reverse() };
}
