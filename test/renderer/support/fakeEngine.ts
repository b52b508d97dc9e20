import type {
  HistoryState,
  PageEventName,
  PageEventPayload,
  PageMethodName,
  PageParams,
  PageResult,
} from '../../../engine/contract.ts';
import type { Bridge } from '../../../renderer/bridgeClient.ts';
import type { Origin, TranscriptDocument } from '../../../transcript/document.ts';
import { emptyHistory, nextRedo, nextUndo, record, redo, undo } from '../../../transcript/history.ts';
import { makeEdit, type Edit } from '../../../transcript/journal.ts';
import type { Operation } from '../../../transcript/operations.ts';
import { rebase } from '../../../transcript/rebase.ts';
import { defaultSettings, encodeDocumentState } from '../../../engine/contract.ts';

type Call = { method: PageMethodName; params: unknown; settle: () => void };

/**
 * The one writer of a document, as the engine is, without process, disk or sound: edits are rebased, kept in the
 * history and told to all pages. Calls wait until the test lets them in, in order.
 */
export class FakeEngine {
  document: TranscriptDocument;
  edits: Edit[] = [];
  readonly calls: { method: PageMethodName; params: unknown }[] = [];
  #history = emptyHistory;
  #waiting: Call[] = [];
  readonly #pages = new Set<FakePage>();

  constructor(document: TranscriptDocument) {
    this.document = document;
  }

  /** One more page; `holdBack` keeps what it is told until `page.hear()`. */
  page(): FakePage {
    const page = new FakePage(this);
    this.#pages.add(page);
    return page;
  }

  /** Lets waiting calls in: so many, or all, also those that come because of the answers. */
  async answer(count = Infinity): Promise<void> {
    await tick();
    for (let k = 0; k < count && this.#waiting.length > 0; k++) {
      this.#waiting.shift()!.settle();
      await tick();
    }
  }

  /** Ends with all that waits, as a process that is killed. */
  forget(): void {
    this.#waiting = [];
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get historyState(): HistoryState {
    const [back, forth] = [nextUndo(this.#history), nextRedo(this.#history)];
    return { undo: back && (back.label ?? ''), redo: forth && (forth.label ?? '') };
  }

  /** An edit of somebody else. */
  edit(operations: readonly Operation[], about: Partial<Edit> & { origin: Origin }): Edit | null {
    const mine = rebase(this.document, operations);
    if (mine.operations.length === 0) return null;
    const revision = this.#history.revision + 1;
    const made = makeEdit(this.document, mine.operations, {
      id: `foreign${revision}`,
      baseRevision: revision - 1,
      revision,
      ...about,
    });
    this.document = made.document;
    this.#commit(made.edit);
    return made.edit;
  }

  call<M extends PageMethodName>(method: M, params: PageParams<M>): Promise<PageResult<M>> {
    this.calls.push({ method, params });
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        method,
        params,
        settle: () => {
          try {
            resolve(this.#handle(method, params as never) as PageResult<M>);
          } catch (cause) {
            reject(cause);
          }
        },
      });
    });
  }

  #handle(method: PageMethodName, params: never): unknown {
    switch (method) {
      case 'project.open':
        return this.#opened();
      case 'project.document':
        return encodeDocumentState({
          revision: this.#history.revision,
          history: this.historyState,
          document: this.document,
        });
      case 'queue.list':
        return { paused: false, jobs: [] };
      case 'project.apply':
        return this.#apply(params);
      case 'project.undo':
      case 'project.redo':
        return this.#walk(method === 'project.undo' ? undo : redo);
      default:
        return { aligned: 0, doubtful: 0, revision: this.#history.revision };
    }
  }

  #opened(): PageResult<'project.open'> {
    return {
      projectId: 'p1',
      name: 'Lecture',
      media: {
        name: 'a.wav',
        durationMs: null,
        hasVideo: false,
        isThere: true,
        isGuessedInBrowsers: false,
        track: null,
        tracks: [],
        mediaId: null,
      },
      captions: defaultSettings.captions,
      vocabulary: [],
      peaks: 0,
      canAlign: true,
      isWhole: true,
      lost: [],
    };
  }

  #apply({ editId, operations, label, becauseOf }: PageParams<'project.apply'>) {
    const known = this.edits.find(({ id }) => id === editId);
    const edit = known ?? this.edit(operations, { id: editId, origin: 'person', label, becauseOf });
    return { revision: this.#history.revision, history: this.historyState, edit, dropped: [] };
  }

  #walk(walk: typeof undo) {
    const walked = walk(this.document, this.#history);
    const name = walked ? '' : null;
    if (walked) {
      this.document = walked.document;
      walked.edits.forEach((edit) => this.#commit(edit));
    }
    return { revision: this.#history.revision, history: this.historyState, name };
  }

  #commit(edit: Edit): void {
    this.#history = record(this.#history, edit);
    this.edits.push(edit);
    const told: Partial<Edit> = { ...edit };
    delete told.inverse;
    this.#pages.forEach((page) =>
      page.tell('project.edited', {
        projectId: 'p1',
        revision: edit.revision,
        edit: structuredClone(told as Edit),
        history: this.historyState,
      }),
    );
  }
}

/** A page's bridge to the fake engine, whose connection can be lost. */
export class FakePage implements Pick<Bridge, 'call' | 'listen' | 'onRefresh'> {
  readonly #engine: FakeEngine;
  readonly #listeners = new Map<PageEventName, Set<(payload: never) => void>>();
  readonly #refreshers = new Set<() => void>();
  isDeaf = false;

  constructor(engine: FakeEngine) {
    this.#engine = engine;
  }

  call<M extends PageMethodName>(method: M, params: PageParams<M>): Promise<PageResult<M>> {
    return this.#engine.call(method, params);
  }

  listen<E extends PageEventName>(event: E, listener: (payload: PageEventPayload<E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as (payload: never) => void));
    return () => listeners.delete(listener as (payload: never) => void);
  }

  onRefresh(listener: () => void): () => void {
    this.#refreshers.add(listener);
    return () => this.#refreshers.delete(listener);
  }

  tell<E extends PageEventName>(event: E, payload: PageEventPayload<E>): void {
    if (this.isDeaf) return;
    this.#listeners.get(event)?.forEach((listener) => listener(payload as never));
  }

  /** The connection is there again. */
  refresh(): void {
    this.isDeaf = false;
    this.#refreshers.forEach((refresh) => refresh());
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
