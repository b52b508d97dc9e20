/**
 * Why an operation cannot be applied:
 * `missing` what it speaks of is not there (any more); `changed` it is there, but not as the operation expects;
 * `taken` an id is in use; `overlap` words of one speaker would overlap or change their order;
 * `invalid` the operation itself makes no sense in this document.
 */
export type OperationFault = 'missing' | 'changed' | 'taken' | 'overlap' | 'invalid';

/** An operation that does not fit the document; the document is as it was. */
export class OperationError extends Error {
  override name = 'OperationError';
  readonly fault: OperationFault;

  constructor(fault: OperationFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
