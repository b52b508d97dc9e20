import type { PageParams, PageResult } from '../../engine/contract.ts';
import type { Bridge } from '../bridgeClient.ts';
import { BridgeFailure, sentenceOf } from '../transport.ts';
import type { KeptEdits } from './keptEdits.ts';

type Params = PageParams<'project.apply'>;
type Answer = PageResult<'project.apply'>;

/** Tries again to save what could not be saved. */
const retryAfterMs = 3_000;
/** What takes longer to be saved than this is told. */
const lateAfterMs = 1_000;

/** What a page asks of its project, one after the other, and edits until they are saved. */
export class Outbox {
  readonly #bridge: Pick<Bridge, 'call'>;
  readonly #onChange: () => void;
  readonly #kept: KeptEdits;
  readonly #unsent = new Map<string, Params>();
  readonly #unsaved = new Map<string, Params>();
  #turn: Promise<unknown> = Promise.resolve();
  #failure: string | null = null;
  #late: ReturnType<typeof setTimeout> | undefined;
  #isLate = false;
  #isClosed = false;

  /**
   * @param kept where edits lie until they are saved, so that they are there when the page is loaded again
   * @param onChange when `state` or `failure` may have changed
   */
  constructor(bridge: Pick<Bridge, 'call'>, kept: KeptEdits, onChange: () => void) {
    this.#bridge = bridge;
    this.#kept = kept;
    this.#onChange = onChange;
  }

  /** `unsaved` where saving failed and is tried again, or takes its time. */
  get state(): 'saved' | 'saving' | 'unsaved' {
    if (this.#failure || this.#isLate) return 'unsaved';
    return this.#unsaved.size > 0 ? 'saving' : 'saved';
  }

  /** Why the last act did not come to pass, a sentence; null where all is well. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Says that something did not come to pass, or, with null, that all is well again. */
  fail(sentence: string | null): void {
    this.#failure = sentence;
    this.#onChange();
  }

  /**
   * Sends an edit when its turn comes.
   * @param revision that it is based on by then
   * @param answered hears what became of it; null: the engine will not have it
   */
  send(params: Params, revision: () => number, answered: (answer: Answer | null) => void): Promise<void> {
    const { editId } = params;
    this.#unsent.set(editId, params);
    this.#unsaved.set(editId, params);
    this.#count();
    return this.inTurn(async () => {
      this.#unsent.delete(editId);
      answered(await this.#saved({ ...params, baseRevision: revision() }));
    }).finally(() => {
      this.#unsaved.delete(editId);
      this.#count();
      this.#onChange();
    });
  }

  /** Sends what an earlier page of this window had no answer for; an edit that came all the same counts once. */
  async sendKept(): Promise<void> {
    for (const params of this.#kept.read()) {
      try {
        await this.#bridge.call('project.apply', params);
      } catch (cause) {
        if (!(cause instanceof BridgeFailure && cause.code === 'usage')) throw cause;
      }
    }
    this.#kept.write([]);
  }

  #count(): void {
    // What a project that was left could not save stays kept for whoever opens it next.
    if (this.#isClosed) return;
    this.#kept.write([...this.#unsaved.values()]);
    if (this.#unsaved.size > 0) {
      this.#late ??= setTimeout(() => {
        this.#isLate = true;
        this.#onChange();
      }, lateAfterMs);
      return;
    }
    clearTimeout(this.#late);
    this.#late = undefined;
    this.#isLate = false;
  }

  /** One after the other, so that the engine gets edits in the order in which they were made. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** The page is going: what waits for its turn is sent now, without waiting for answers. */
  flush(): void {
    for (const params of this.#unsent.values()) {
      void this.#bridge.call('project.apply', params).catch(() => undefined);
    }
  }

  /** Kept when all so far is done. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#late);
  }

  /** Asks until it is saved; null where the engine will not have it. */
  async #saved(params: Params): Promise<Answer | null> {
    for (;;) {
      try {
        const answer = await this.#bridge.call('project.apply', params);
        this.fail(null);
        return answer;
      } catch (cause) {
        this.fail(sentenceOf(cause));
        const isRefused = cause instanceof BridgeFailure && cause.code === 'usage';
        if (isRefused || this.#isClosed) return null;
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
  }
}
