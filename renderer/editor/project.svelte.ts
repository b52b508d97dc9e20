import { createSubscriber } from 'svelte/reactivity';
import { newId } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { alignmentSpans } from '../../transcript/editing/alignment.ts';
import { applyOperations } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';
import { decodeDocumentState, jobEditPrefix, newestJob } from '../../engine/contract.ts';
import type {
  CaptionSettings,
  HistoryState,
  PageParams,
  PageResult,
  PublicEdit,
  QueuedJob,
} from '../../engine/contract.ts';
import type { Bridge } from '../bridgeClient.ts';
import { sentenceOf } from '../transport.ts';
import { AwaitedTimes } from './awaitedTimes.ts';
import type { Change } from './changes.ts';
import { keptEdits } from './keptEdits.ts';
import { Outbox } from './outbox.ts';
import { DocumentSync } from './sync.ts';
import { TypedRun } from './typedRun.ts';

type Opened = PageResult<'project.open'>;
type EngineBridge = Pick<Bridge, 'call' | 'listen' | 'onRefresh'>;

export type ApplyOptions = {
  /** What undo calls it, in the interface's language: “replace of 4”. */
  label: string;
  /** Words whose times are a guess with it. */
  toAlign?: Change['toAlign'];
  /** The first edit of the step that this one goes on. */
  becauseOf?: string;
};

/**
 * An opened project: what is shown of it, and the one way to change it. Reactive as a whole; `document` is another
 * object after each change and never changes itself.
 */
export class Project {
  readonly id: string;
  readonly #bridge: EngineBridge;
  readonly #sync = new DocumentSync();
  readonly #stop: (() => void)[] = [];
  readonly #listeners = new Set<(edit: PublicEdit) => void>();
  readonly #outbox: Outbox;
  readonly #awaited = new AwaitedTimes(() => this.#tellReaders());
  readonly #typing: TypedRun;
  #opened: Opened | null = null;
  #history: HistoryState = { undo: null, redo: null };
  /** Edits that came while the project was being opened; its document may be older. */
  readonly #early: [PublicEdit, HistoryState][] = [];
  #job: QueuedJob | null = null;
  #newestIds: ReadonlySet<string> = new Set();
  readonly #ownEdits = new Set<string>();
  #isElsewhere = false;
  #notice: string | null = null;
  #isClosed = false;
  #tellReaders = () => {};
  readonly #subscribe = createSubscriber((update) => {
    this.#tellReaders = update;
  });

  constructor(id: string, bridge: EngineBridge) {
    this.id = id;
    this.#bridge = bridge;
    this.#outbox = new Outbox(bridge, keptEdits(id), () => this.#tellReaders());
    this.#typing = new TypedRun(({ firstEditId, wordIds }) => void this.#align(firstEditId, wordIds));
  }

  /** Opens it and keeps it up to date until `close`. @throws BridgeFailure where it cannot be opened */
  static async open(id: string, bridge: EngineBridge): Promise<Project> {
    const project = new Project(id, bridge);
    project.#listen();
    try {
      await project.#outbox.sendKept();
      await project.#reopen();
    } catch (cause) {
      project.close();
      throw cause;
    }
    return project;
  }

  get document(): TranscriptDocument {
    this.#subscribe();
    return this.#sync.shown;
  }

  get revision(): number {
    this.#subscribe();
    return this.#sync.revision;
  }

  get name(): string {
    this.#subscribe();
    return this.#opened?.name ?? '';
  }

  get media(): Opened['media'] {
    this.#subscribe();
    return this.#opened!.media;
  }

  /** How long the recording is, as far as is known. */
  get durationMs(): number {
    this.#subscribe();
    const known = [this.#sync.shown.media.durationMs, this.#opened?.media.durationMs, this.#job?.durationMs];
    return Math.max(...known.map((ms) => ms ?? 0));
  }

  get captions(): CaptionSettings {
    this.#subscribe();
    return this.#opened!.captions;
  }

  /** What undo and redo would do next, by their labels; null: nothing. */
  get history(): HistoryState {
    this.#subscribe();
    return this.#history;
  }

  /** Its own words to listen for. */
  get vocabulary(): Opened['vocabulary'] {
    this.#subscribe();
    return this.#opened?.vocabulary ?? [];
  }

  /** @throws BridgeFailure */
  async setVocabulary(vocabulary: Opened['vocabulary']): Promise<void> {
    await this.#bridge.call('project.setVocabulary', { projectId: this.id, vocabulary });
    this.knowVocabulary(vocabulary);
  }

  /** What the engine has made of its own words. */
  knowVocabulary(vocabulary: Opened['vocabulary']): void {
    if (this.#opened) this.#opened = { ...this.#opened, vocabulary };
    this.#tellReaders();
  }

  get canAlign(): boolean {
    this.#subscribe();
    return this.#opened?.canAlign ?? false;
  }

  /** Whether the recording has been heard to its end. */
  get isWhole(): boolean {
    this.#subscribe();
    return this.#opened?.isWhole ?? false;
  }

  /** What was lost of a damaged project, a sentence each. */
  get lost(): readonly string[] {
    this.#subscribe();
    return this.#opened?.lost ?? [];
  }

  /** How many peaks of 10 ms could be read when it was opened; a running job makes more. */
  get peaks(): number {
    this.#subscribe();
    return this.#opened?.peaks ?? 0;
  }

  /** The newest job in the queue that works on it, also one that has ended; null where there is none. */
  get job(): QueuedJob | null {
    this.#subscribe();
    return this.#job;
  }

  /** Words of the newest window while it is being read. */
  get newestIds(): ReadonlySet<string> {
    this.#subscribe();
    return this.#newestIds;
  }

  /** Words that the engine is looking for in the sound just now, or will when the typing pauses. */
  get awaitingTimes(): ReadonlySet<string> {
    this.#subscribe();
    return this.#awaited.with(this.#typing.wordIds);
  }

  /** `unsaved` where saving failed and is tried again, or takes its time. */
  get saveState(): Outbox['state'] {
    this.#subscribe();
    return this.#outbox.state;
  }

  /** Why the last act did not come to pass, a sentence; null where all is well. */
  get failure(): string | null {
    this.#subscribe();
    return this.#outbox.failure;
  }

  /** Something to know about it that the engine said. */
  get notice(): string | null {
    this.#subscribe();
    return this.#notice;
  }

  /** Somebody else changes it too, in another window. */
  get isElsewhere(): boolean {
    this.#subscribe();
    return this.#isElsewhere;
  }

  dismissNotice(): void {
    this.#notice = null;
    this.#tellReaders();
  }

  /** Hears each edit that the engine made true, whoever made it. @returns what ends the listening */
  onEdit(listener: (edit: PublicEdit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Applies operations at once; the promise is kept when the engine has made them true.
   *
   * @throws OperationError where they do not fit the document that is shown
   */
  apply(operations: readonly Operation[], options: ApplyOptions): Promise<void> {
    const { document } = applyOperations(this.#sync.shown, operations);
    return this.applyChange(
      { operations: [...operations], document, toAlign: options.toAlign ?? [] },
      options,
    );
  }

  /** The same for a change whose document is known. */
  applyChange(change: Change, { label, becauseOf }: Omit<ApplyOptions, 'toAlign'>): Promise<void> {
    if (change.operations.length === 0) return Promise.resolve();
    this.endTyping();
    this.#await(change.toAlign.flatMap(({ wordIds }) => wordIds));
    return this.#send(newId(), change, { label, becauseOf });
  }

  /** A change by typing: those that follow each other within a second are one step of undo, and get their times at its end. */
  applyTyped(change: Change, label: string): Promise<void> {
    if (change.operations.length === 0) return Promise.resolve();
    const editId = newId();
    const becauseOf = this.#typing.goOn(
      editId,
      change.toAlign.flatMap(({ wordIds }) => wordIds),
    );
    return this.#send(editId, { ...change, toAlign: [] }, { label, becauseOf });
  }

  /** Ends a typed run: after a move of the caret or another act, what is typed next is a step of its own. */
  endTyping(): void {
    this.#typing.end();
  }

  undo(): Promise<void> {
    return this.#walk('project.undo');
  }

  redo(): Promise<void> {
    return this.#walk('project.redo');
  }

  /** Looks again for the times of words. */
  async align(wordIds: readonly string[]): Promise<void> {
    await this.#align(undefined, wordIds);
  }

  setCaptions(captions: CaptionSettings): Promise<void> {
    if (this.#opened) this.#opened = { ...this.#opened, captions };
    this.#tellReaders();
    return this.#outbox.inTurn(async () => {
      await this.#bridge.call('project.setCaptions', { projectId: this.id, captions });
    });
  }

  async rename(name: string): Promise<void> {
    await this.#bridge.call('project.rename', { projectId: this.id, name });
    if (this.#opened) this.#opened = { ...this.#opened, name };
    this.#tellReaders();
  }

  /** Joins it with its media where that is now. @throws BridgeFailure where that is another file */
  async locate(mediaId: string, anyway: boolean): Promise<void> {
    await this.#bridge.call('project.locate', { projectId: this.id, media: mediaId, anyway });
    await this.#reopen();
  }

  /** The page is going: what waits for its turn is sent now, without waiting for answers. */
  flush(): void {
    this.endTyping();
    this.#outbox.flush();
  }

  /** Kept when all edits so far are made true. */
  async settled(): Promise<void> {
    this.endTyping();
    await this.#outbox.settled();
  }

  close(): void {
    this.endTyping();
    this.#isClosed = true;
    this.#outbox.close();
    this.#stop.forEach((stop) => stop());
    this.#awaited.close();
  }

  #send(
    editId: string,
    { operations, document, toAlign }: Change,
    { label, becauseOf }: { label: string; becauseOf?: string },
  ): Promise<void> {
    this.#ownEdits.add(editId);
    this.#sync.applyOwn({ editId, operations, label, becauseOf }, document);
    this.#tellReaders();
    const params: PageParams<'project.apply'> = {
      projectId: this.id,
      editId,
      baseRevision: this.#sync.revision,
      operations,
      label,
      becauseOf,
      ...(toAlign.length > 0 && this.#opened?.canAlign && { toAlign }),
    };
    const answered = (answer: PageResult<'project.apply'> | null) => {
      if (answer) this.#history = answer.history;
      this.#sync.answered(editId, answer?.edit?.revision ?? null);
    };
    return this.#outbox.send(params, () => this.#sync.revision, answered);
  }

  #walk(method: 'project.undo' | 'project.redo'): Promise<void> {
    this.endTyping();
    return this.#outbox.inTurn(async () => {
      try {
        const { history } = await this.#bridge.call(method, { projectId: this.id });
        this.#history = history;
        this.#outbox.fail(null);
      } catch (cause) {
        this.#outbox.fail(sentenceOf(cause));
      }
      this.#tellReaders();
    });
  }

  async #align(becauseOf: string | undefined, wordIds: readonly string[]): Promise<void> {
    if (wordIds.length === 0 || !this.#opened?.canAlign) return;
    this.#await(wordIds);
    await this.#outbox.inTurn(async () => {
      const spans = alignmentSpans(this.#sync.shown, new Set(wordIds));
      if (spans.length === 0) return;
      await this.#bridge
        .call('project.align', { projectId: this.id, spans, becauseOf })
        .catch((cause) => this.#outbox.fail(sentenceOf(cause)));
      this.#arrived(wordIds);
    });
  }

  #await(wordIds: readonly string[]): void {
    if (this.#opened?.canAlign) this.#awaited.add(wordIds);
  }

  #arrived(wordIds: readonly string[]): void {
    this.#awaited.remove(wordIds);
    this.#tellReaders();
  }

  #listen(): void {
    const bridge = this.#bridge;
    this.#stop.push(
      bridge.listen('project.edited', ({ projectId, edit, history }) => {
        if (projectId === this.id) this.#receive(edit, history);
      }),
      bridge.listen('queue.changed', ({ jobs }) => this.#takeJobs(jobs)),
      bridge.listen('job.progress', (progress) => {
        if (progress.jobId !== this.#job?.jobId) return;
        this.#job = { ...this.#job, progress };
        this.#tellReaders();
      }),
      bridge.listen('notice', ({ projectId, message }) => {
        if (projectId !== this.id) return;
        this.#notice = message;
        this.#tellReaders();
      }),
      bridge.onRefresh(() => void this.#reopen().catch((cause) => this.#outbox.fail(sentenceOf(cause)))),
    );
  }

  #receive(edit: PublicEdit, history: HistoryState): void {
    if (!this.#opened) {
      this.#early.push([edit, history]);
      return;
    }
    if (!this.#sync.receive(edit)) {
      void this.#reopen().catch((cause) => this.#outbox.fail(sentenceOf(cause)));
      return;
    }
    this.#history = history;
    const isWalk = edit.undoes !== undefined || edit.redoes !== undefined;
    const isOurs = this.#ownEdits.has(edit.id) || edit.id.startsWith(jobEditPrefix);
    if (edit.origin === 'person' && !isWalk && !isOurs) this.#isElsewhere = true;
    if (edit.origin === 'recogniser') {
      if (!this.#opened.canAlign) this.#opened = { ...this.#opened, canAlign: true };
      this.#newestIds = new Set(addedWordIds(edit.operations));
    }
    if (edit.origin === 'aligner') {
      this.#arrived(edit.operations.flatMap((operation) => changedWordIds(operation)));
    }
    this.#tellReaders();
    this.#listeners.forEach((listener) => listener(edit));
  }

  async #reopen(): Promise<void> {
    const [opened, bytes] = await Promise.all([
      this.#bridge.call('project.open', { projectId: this.id }),
      this.#bridge.call('project.document', { projectId: this.id }),
      // Taken as it comes: what is told while the others are on their way is newer.
      this.#bridge.call('queue.list', {}).then(({ jobs }) => this.#takeJobs(jobs)),
    ]);
    if (this.#isClosed) return;
    const { document, revision, history } = decodeDocumentState(bytes);
    // Events that came between the answer and now belong on top of it, and came through `receive` already.
    if (!this.#opened || revision >= this.#sync.revision) {
      this.#sync.open(document, revision);
      this.#history = history;
    }
    this.#opened = opened;
    this.#tellReaders();
    for (const [edit, history] of this.#early.splice(0)) this.#receive(edit, history);
  }

  #takeJobs(jobs: readonly QueuedJob[]): void {
    const mine = jobs.filter(({ projectId }) => projectId === this.id);
    const job = newestJob(mine) ?? null;
    const hasEnded = this.#job?.endedAtMs === null && job?.endedAtMs !== null;
    this.#job = job;
    if (job?.endedAtMs !== null) this.#newestIds = new Set();
    this.#tellReaders();
    if (hasEnded) void this.#reopen().catch((cause) => this.#outbox.fail(sentenceOf(cause)));
  }
}

function addedWordIds(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) =>
    operation.type === 'replaceItems' ? operation.items.filter(isWord).map(({ id }) => id) : [],
  );
}

function changedWordIds(operation: Operation): string[] {
  return operation.type === 'changeWords' ? operation.changes.map(({ id }) => id) : [];
}
