import { emptyDocument } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import type { Operation } from '../../transcript/operations.ts';
import { applyWhatFits } from '../../transcript/journal.ts';
import { rebase } from '../../transcript/rebase.ts';
import type { PublicEdit } from '../../engine/contract.ts';

/** An edit that the page shows already and that the engine has not made true yet. */
export type PendingEdit = {
  editId: string;
  operations: readonly Operation[];
  label?: string;
  becauseOf?: string;
  /** The revision that the engine made of it, where the answer has come but not yet the edit itself. */
  revision?: number;
};

/**
 * The document as it is shown: what the engine has confirmed, and on top of it the page's own edits that are still
 * on their way. Edits of others slip in below those; where they touch the same words, the page's own stand, as the
 * engine will decide too (see `rebase`).
 */
export class DocumentSync {
  #confirmed: TranscriptDocument = emptyDocument({ name: '' });
  #revision = 0;
  #pending: PendingEdit[] = [];
  #shown: TranscriptDocument = this.#confirmed;

  /** What a person sees. */
  get shown(): TranscriptDocument {
    return this.#shown;
  }

  /** The revision of what the engine has confirmed. */
  get revision(): number {
    return this.#revision;
  }

  /** In the order in which they were made. */
  get pending(): readonly PendingEdit[] {
    return this.#pending;
  }

  /** Takes over a document that was just opened; edits on their way stay on their way. */
  open(document: TranscriptDocument, revision: number): void {
    this.#confirmed = document;
    this.#revision = revision;
    this.#pending = this.#pending.filter((edit) => !(edit.revision && edit.revision <= revision));
    this.#showPending();
  }

  /**
   * Shows an own edit at once.
   *
   * @throws OperationError where it does not fit; nothing has changed then.
   */
  applyOwn(edit: PendingEdit, document: TranscriptDocument): void {
    this.#pending.push(edit);
    this.#shown = document;
  }

  /**
   * Takes in an edit that the engine made true, whoever made it.
   *
   * @returns false where edits before it are missing, so that the project must be opened again.
   */
  receive(edit: PublicEdit): boolean {
    if (edit.revision <= this.#revision) {
      return true;
    }
    if (edit.revision > this.#revision + 1) {
      return false;
    }
    const applied = applyWhatFits(this.#confirmed, edit.operations);
    this.#confirmed = applied.document;
    this.#revision = edit.revision;
    this.#pending = this.#pending.filter(({ editId }) => editId !== edit.id);
    this.#showPending();
    return applied.dropped.length === 0;
  }

  /** Takes in the answer to an own edit: the revision that it became, null where nothing of it fitted any more. */
  answered(editId: string, revision: number | null): void {
    const place = this.#pending.findIndex((edit) => edit.editId === editId);
    if (place < 0) {
      return;
    }
    if (revision !== null && revision > this.#revision) {
      this.#pending[place] = { ...this.#pending[place], revision };
      return;
    }
    this.#pending.splice(place, 1);
    this.#showPending();
  }

  #showPending(): void {
    let document = this.#confirmed;
    for (const { operations } of this.#pending) {
      document = rebase(document, operations).document;
    }
    this.#shown = document;
  }
}
