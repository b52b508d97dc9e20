import { newId as randomId } from './create.ts';
import type { NewId } from './create.ts';
import type { TranscriptDocument } from './document.ts';
import { applyWhatFits } from './journal.ts';
import type { Dropped, Edit } from './journal.ts';

/**
 * An edit that can be walked back, and the person's edit that it belongs to. When it was brought back after an
 * undo, `edit` has its new inverse, but still its first revision: that says where it lies among the others.
 */
type Step = { edit: Edit; cause: string };

/**
 * What can be undone and redone: a person's edits, each with all that belongs to it (the aligner's times for it,
 * the further letters of a typed run). What the recogniser adds by itself is not in it.
 */
export type History = {
  /** In the order in which they lie on the document, which is that of their first revisions. */
  readonly done: readonly Step[];
  /** In the order in which they were taken back. */
  readonly undone: readonly Step[];
  readonly revision: number;
};

export const emptyHistory: History = { done: [], undone: [], revision: 0 };

/** The history after one more edit; every edit of the document passes here, in order. */
export function record(history: History, edit: Edit): History {
  const { done, undone } = history;
  const { revision } = edit;
  const taken = edit.undoes && done.find((step) => step.edit.id === edit.undoes);
  if (taken) {
    return { done: done.filter((step) => step !== taken), undone: [...undone, taken], revision };
  }
  const brought = edit.redoes && undone.find((step) => step.edit.id === edit.redoes);
  if (brought) {
    // All its operations, also those that did not fit this time: they may the next.
    const step = { ...brought, edit: { ...brought.edit, inverse: edit.inverse } };
    return { done: [...done, step], undone: undone.filter((other) => other !== brought), revision };
  }
  const cause = done.find((step) => step.edit.id === edit.becauseOf)?.cause;
  if (edit.undoes || edit.redoes || (edit.origin !== 'person' && !cause)) {
    return { ...history, revision };
  }
  return {
    done: [...done, { edit, cause: cause ?? edit.id }],
    undone: edit.origin === 'person' ? [] : undone,
    revision,
  };
}

/**
 * The history of a project, from its list of edits. Where edits are missing from the list, those before the
 * hole cannot be undone any more.
 */
export function restoreHistory(edits: readonly Edit[]): History {
  return edits.reduce(
    (history, edit) => record(history.revision === edit.revision - 1 ? history : { ...emptyHistory }, edit),
    emptyHistory,
  );
}

/** Whether an edit still lies on the document; what was computed because of it is void when it does not. */
export function isDone(history: History, editId: string): boolean {
  return history.done.some((step) => step.edit.id === editId);
}

/** The edit that an undo would take back. */
export function nextUndo(history: History): Edit | null {
  const cause = history.done.findLast(isPersons)?.cause;
  return history.done.find((step) => step.cause === cause)?.edit ?? null;
}

/** The edit that a redo would bring back. */
export function nextRedo(history: History): Edit | null {
  const cause = history.undone.findLast(isPersons)?.cause;
  return history.undone.findLast((step) => step.cause === cause)?.edit ?? null;
}

export type Walk = {
  document: TranscriptDocument;
  history: History;
  /** What was done, one edit for each that was taken back or brought back, for the list of edits. */
  edits: Edit[];
  /** What did not fit any more and was left out. */
  dropped: Dropped[];
};

/**
 * Takes the person's last edit back, with all that belongs to it. What belongs to earlier edits but came later
 * (times from the aligner) is taken off before and put on again after, so that the text and the times are
 * exactly what they were.
 *
 * @returns null where there is nothing to undo.
 */
export function undo(
  document: TranscriptDocument,
  history: History,
  options: { newId?: NewId } = {},
): Walk | null {
  const cause = history.done.findLast(isPersons)?.cause;
  if (cause === undefined) {
    return null;
  }
  const first = history.done.findIndex((step) => step.cause === cause);
  const unwound = history.done.slice(first);
  const walk = new Walker(document, history, options);
  unwound.toReversed().forEach((step) => walk.takeBack(step));
  unwound.filter((step) => step.cause !== cause).forEach((step) => walk.bringBack(step));
  return walk.result();
}

/**
 * Brings back what the last undo took.
 *
 * @returns null where nothing was undone since the person's last edit.
 */
export function redo(
  document: TranscriptDocument,
  history: History,
  options: { newId?: NewId } = {},
): Walk | null {
  const cause = history.undone.findLast(isPersons)?.cause;
  if (cause === undefined) {
    return null;
  }
  const group = history.undone.filter((step) => step.cause === cause);
  const lowest = Math.min(...group.map((step) => step.edit.revision));
  // What the undo had put on again lay above the group, or within it.
  const above = history.done.filter((step) => step.edit.revision > lowest);
  const walk = new Walker(document, history, options);
  above.toReversed().forEach((step) => walk.takeBack(step));
  [...group, ...above]
    .sort((a, b) => a.edit.revision - b.edit.revision)
    .forEach((step) => walk.bringBack(step));
  return walk.result();
}

function isPersons(step: Step): boolean {
  return step.edit.origin === 'person';
}

class Walker {
  private document: TranscriptDocument;
  private history: History;
  private readonly newId: NewId;
  private readonly edits: Edit[] = [];
  private readonly dropped: Dropped[] = [];

  constructor(document: TranscriptDocument, history: History, { newId = randomId }: { newId?: NewId }) {
    this.document = document;
    this.history = history;
    this.newId = newId;
  }

  takeBack({ edit }: Step): void {
    this.apply(edit.inverse, { undoes: edit.id });
  }

  bringBack({ edit }: Step): void {
    this.apply(edit.operations, { redoes: edit.id });
  }

  result(): Walk {
    return { document: this.document, history: this.history, edits: this.edits, dropped: this.dropped };
  }

  private apply(operations: Edit['operations'], of: Pick<Edit, 'undoes' | 'redoes'>): void {
    const { document, dropped, ...applied } = applyWhatFits(this.document, operations);
    const baseRevision = this.history.revision;
    const edit: Edit = {
      id: this.newId(),
      baseRevision,
      revision: baseRevision + 1,
      origin: 'person',
      ...of,
      ...applied,
    };
    this.document = document;
    this.history = record(this.history, edit);
    this.edits.push(edit);
    this.dropped.push(...dropped);
  }
}
