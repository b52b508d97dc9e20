import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../transcript/create.ts';
import type { Origin, TranscriptDocument } from '../../transcript/document.ts';
import { isDone, nextRedo, nextUndo, record, redo, undo, type History } from '../../transcript/history.ts';
import { makeEdit, type Dropped, type Edit } from '../../transcript/journal.ts';
import type { Operation } from '../../transcript/operations.ts';
import { rebase } from '../../transcript/rebase.ts';
import type { HistoryState } from '../contract.ts';
import { countsOf } from './counts.ts';
import type { EditsFile } from './editsFile.ts';
import { PeaksFile } from './peaksFile.ts';
import { projectFiles, writeAbout, type About } from './projectFolder.ts';
import { heardOf, readProject, remember, type StoredProject } from './readProject.ts';
import { writeSnapshot, type Heard } from './snapshot.ts';
import { WindowStore } from './windowStore.ts';

export type ProjectListener = {
  /** Once for each edit, in the order of revisions. */
  onEdit(project: Project, edit: Edit): void;
  /** What the library shows of it may differ. */
  onChange(project: Project): void;
};

export type EditAbout = Partial<Pick<Edit, 'id' | 'baseRevision' | 'becauseOf' | 'label'>> & {
  origin: Origin;
};

/** So many edits, or so long after the first, document.json is written anew. */
const snapshotAfterEdits = 500;
const snapshotAfterMs = 20_000;
/**
 * One project, opened: its document in memory and the only one who writes its files. An edit is in the list of edits
 * before anybody is told, so whatever ends the process, the next opening gives the document with it.
 */
export class Project {
  readonly id: string;
  readonly folder: string;
  readonly lost: string[];
  readonly #listener: ProjectListener;
  readonly #edits: EditsFile;
  readonly #known: Map<string, Edit>;
  #about: About;
  #document: TranscriptDocument;
  #history: History;
  #heard: Heard | null;
  #lastEditId: string | null;
  #editsSinceSnapshot = 0;
  #snapshotTimer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #windows: Promise<WindowStore> | undefined;
  #peaks: Promise<PeaksFile> | undefined;

  private constructor(
    place: { id: string; folder: string; listener: ProjectListener },
    state: StoredProject,
  ) {
    this.id = place.id;
    this.folder = place.folder;
    this.#listener = place.listener;
    this.lost = state.lost;
    this.#about = state.about;
    this.#edits = state.edits;
    this.#document = state.document;
    this.#history = state.history;
    this.#heard = state.heard;
    this.#lastEditId = state.lastEditId;
    this.#known = state.known;
  }

  /**
   * Opens a project's folder: the stored document, brought up to date by the edits since.
   * @throws DocumentError where it is of a newer version, unsafe to open, or no project
   */
  static async open(id: string, folder: string, listener: ProjectListener): Promise<Project> {
    const stored = await readProject(id, folder);
    const project = new Project({ id, folder, listener }, stored);
    // What could not be read must not stand in the way of what comes after it.
    if (stored.lost.length > 0) await project.save(true);
    else if (stored.laterEdits > 0) project.#scheduleSnapshot();
    return project;
  }

  get about(): About {
    return this.#about;
  }

  get document(): TranscriptDocument {
    return this.#document;
  }

  get revision(): number {
    return this.#history.revision;
  }

  get historyState(): HistoryState {
    const [back, forth] = [nextUndo(this.#history), nextRedo(this.#history)];
    return { undo: back && (back.label ?? ''), redo: forth && (forth.label ?? '') };
  }

  /** How many of a recogniser run's words stand in the document already. */
  heardWords(run: string): number {
    return this.#heard?.run === run ? this.#heard.words : 0;
  }

  /** Whether an edit still counts; what was computed because of it is void when it was taken back. */
  isDone(editId: string): boolean {
    return isDone(this.#history, editId);
  }

  /** An edit that came lately, for one that is sent twice. */
  knownEdit(editId: string): Edit | undefined {
    return this.#known.get(editId);
  }

  /**
   * Applies operations that are made for the document as it is in `make`, as one edit, all or none; nothing where
   * there are none.
   * @throws OperationError, WriteError; the document is then as it was
   */
  edit(make: (document: TranscriptDocument) => readonly Operation[], about: EditAbout): Promise<Edit | null> {
    return this.#exclusively(async () => {
      const operations = make(this.#document);
      return operations.length === 0 ? null : this.#commit(operations, about);
    });
  }

  /**
   * Applies operations that a page made on an earlier revision, as far as they fit.
   * @throws WriteError
   */
  editRebased(
    operations: readonly Operation[],
    about: EditAbout,
  ): Promise<{ edit: Edit | null; dropped: Dropped[] }> {
    return this.#exclusively(async () => {
      const mine = rebase(this.#document, operations);
      const edit = mine.operations.length === 0 ? null : await this.#commit(mine.operations, about);
      return { edit, dropped: mine.dropped };
    });
  }

  /** Adds recognised words: the edit says how many words of the run stand in the document with it. */
  hear(
    run: string,
    words: number,
    make: (document: TranscriptDocument) => readonly Operation[],
  ): Promise<Edit | null> {
    return this.edit(make, { origin: 'recogniser', id: `heard-${run}-${words}` });
  }

  /** @returns the name of the step that was taken back; null where there was none */
  undo(): Promise<string | null> {
    return this.#walk(undo, nextUndo);
  }

  redo(): Promise<string | null> {
    return this.#walk(redo, nextRedo);
  }

  /** Changes what project.json says. @throws WriteError */
  change(some: Partial<About>): Promise<void> {
    return this.#exclusively(async () => {
      const about = { ...this.#about, ...some };
      await writeAbout(this.folder, about);
      this.#about = about;
      this.#listener.onChange(this);
    });
  }

  /** The finished windows of the recogniser, opened at the first use. */
  windows(): Promise<WindowStore> {
    return (this.#windows ??= WindowStore.open(this.folder));
  }

  /** Forgets the finished windows, which another model made. */
  async forgetWindows(): Promise<void> {
    await (await this.windows()).close();
    this.#windows = undefined;
    for (const name of [projectFiles.windows, projectFiles.logProbabilities]) {
      await rm(join(this.folder, name), { force: true });
    }
  }

  peaks(): Promise<PeaksFile> {
    return (this.#peaks ??= PeaksFile.open(this.folder));
  }

  /** Brings document.json and the counts up to date. @throws WriteError */
  save(always = false): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#editsSinceSnapshot === 0 && this.#snapshotTimer === undefined && !always) return;
      clearTimeout(this.#snapshotTimer);
      this.#snapshotTimer = undefined;
      await this.#edits.flush();
      await writeSnapshot(this.folder, {
        document: this.#document,
        revision: this.revision,
        lastEditId: this.#lastEditId,
        heard: this.#heard,
      });
      this.#editsSinceSnapshot = 0;
      this.#about = { ...this.#about, counts: countsOf(this.#document) };
      await writeAbout(this.folder, this.#about);
    });
  }

  /** Saves and lets the files go. */
  async close(): Promise<void> {
    await this.save().catch(() => undefined);
    clearTimeout(this.#snapshotTimer);
    await this.#edits.close();
    await (await this.#windows?.catch(() => undefined))?.close();
    await (await this.#peaks?.catch(() => undefined))?.close();
  }

  #walk(walk: typeof undo, next: typeof nextUndo): Promise<string | null> {
    return this.#exclusively(async () => {
      const step = next(this.#history);
      const walked = walk(this.#document, this.#history);
      if (!walked || !step) return null;
      await this.#edits.append(walked.edits);
      this.#document = walked.document;
      this.#history = walked.history;
      walked.edits.forEach((edit) => this.#tell(edit));
      return step.label ?? '';
    });
  }

  async #commit(
    operations: readonly Operation[],
    { id = newId(), baseRevision, ...about }: EditAbout,
  ): Promise<Edit> {
    const { document, edit } = makeEdit(this.#document, operations, {
      id,
      baseRevision: baseRevision ?? this.revision,
      revision: this.revision + 1,
      ...about,
    });
    await this.#edits.append([edit]);
    this.#document = document;
    this.#history = record(this.#history, edit);
    this.#heard = heardOf(edit) ?? this.#heard;
    this.#tell(edit);
    return edit;
  }

  #tell(edit: Edit): void {
    this.#lastEditId = edit.id;
    remember(this.#known, edit);
    this.#about = { ...this.#about, changedAtMs: Date.now() };
    this.#editsSinceSnapshot += 1;
    if (this.#editsSinceSnapshot % snapshotAfterEdits === 0) void this.save().catch(() => undefined);
    this.#scheduleSnapshot();
    this.#listener.onEdit(this, edit);
    this.#listener.onChange(this);
  }

  #scheduleSnapshot(): void {
    this.#snapshotTimer ??= setTimeout(() => {
      void this.save().catch(() => undefined);
    }, snapshotAfterMs).unref();
  }

  /** One change after the other, so that a write that fails leaves all as it was. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
