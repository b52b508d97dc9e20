import * as z from 'zod';
import { origin } from './document.ts';
import type { TranscriptDocument } from './document.ts';
import { applyOperation, applyOperations, OperationError, operationSchema } from './operations.ts';
import type { Operation } from './operations.ts';

const id = z.string().min(1);
const revision = z.number().int().min(0);

/** A line of edits.jsonl: operations that were applied together, with what leads back. */
export const editSchema = z.object({
  id,
  /** The revision that whoever made it had before them. */
  baseRevision: revision,
  /** The document's revision with this edit: each edit is one more than the one before. */
  revision,
  origin,
  /** The edit that it belongs to for undo: for an aligner the person's, for a typed letter the run's first. */
  becauseOf: id.optional(),
  /** Takes this edit back; `operations` are the other one's inverse. */
  undoes: id.optional(),
  /** Brings back an edit that was taken back. */
  redoes: id.optional(),
  /** What a person calls it: “replace of 4”. */
  label: z.string().optional(),
  operations: z.array(operationSchema),
  /** In the order in which to apply them. */
  inverse: z.array(operationSchema),
});

export type Edit = z.infer<typeof editSchema>;

/** An operation that could not be applied any more, and why. */
export type Dropped = { operation: Operation; error: OperationError };

/**
 * Applies operations as one edit, all or none.
 *
 * @throws OperationError at the first that does not fit.
 */
export function makeEdit(
  document: TranscriptDocument,
  operations: readonly Operation[],
  about: Omit<Edit, 'operations' | 'inverse'>,
): { document: TranscriptDocument; edit: Edit } {
  const applied = applyOperations(document, operations);
  return {
    document: applied.document,
    edit: { ...about, operations: [...operations], inverse: applied.inverse },
  };
}

/** Applies those operations that fit. */
export function applyWhatFits(
  document: TranscriptDocument,
  operations: readonly Operation[],
): { document: TranscriptDocument; operations: Operation[]; inverse: Operation[]; dropped: Dropped[] } {
  try {
    // Much faster for many, and nearly always they fit.
    return { ...applyOperations(document, operations), operations: [...operations], dropped: [] };
  } catch (error) {
    if (!(error instanceof OperationError)) {
      throw error;
    }
  }
  const fitting: Operation[] = [];
  const inverse: Operation[] = [];
  const dropped: Dropped[] = [];
  let current = document;
  for (const operation of operations) {
    try {
      const applied = applyOperation(current, operation);
      current = applied.document;
      fitting.push(operation);
      inverse.unshift(applied.inverse);
    } catch (error) {
      if (!(error instanceof OperationError)) {
        throw error;
      }
      dropped.push({ operation, error });
    }
  }
  return { document: current, operations: fitting, inverse, dropped };
}

/**
 * The edits in the text of an edits.jsonl. A line that cannot be read is left out and named; the last one is
 * often torn when a machine stops while it writes.
 */
export function readEdits(jsonLines: string): { edits: Edit[]; lost: string[] } {
  const edits: Edit[] = [];
  const lost: string[] = [];
  jsonLines.split('\n').forEach((line, place) => {
    if (line.trim() === '') {
      return;
    }
    const edit = editSchema.safeParse(parsed(line));
    if (edit.success) {
      edits.push(edit.data);
    } else {
      lost.push(`Line ${place + 1} of the list of edits is damaged.`);
    }
  });
  return { edits, lost };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Brings a document that was stored at a revision up to date with the edits that were made since. */
export function replay(
  document: TranscriptDocument,
  storedRevision: number,
  edits: readonly Edit[],
): { document: TranscriptDocument; revision: number; lost: string[] } {
  let current = { document, revision: storedRevision };
  for (const edit of edits) {
    if (edit.revision <= current.revision) {
      continue;
    }
    const missing = edit.revision > current.revision + 1;
    const applied = missing ? null : applyWhatFits(current.document, edit.operations);
    if (!applied || applied.dropped.length > 0) {
      const count = edits.filter((later) => later.revision > current.revision).length;
      return { ...current, lost: [`The last ${count} edits do not fit the document and were left out.`] };
    }
    current = { document: applied.document, revision: edit.revision };
  }
  return { ...current, lost: [] };
}
