import { availableParallelism } from 'node:os';
import type { Log } from '../../files/log.ts';
import type { Release } from '../../files/presence.ts';
import type { Precision } from '../../native-models/model.ts';
import { holdModel } from '../../native-models/store/use.ts';
import type { Launcher } from './launcher.ts';
import { fastestPrecision } from './precision.ts';
import { Recogniser, type LoadedModel, type RecogniserDevice } from './recogniser.ts';

const keepIdleMs = 60_000;

type Idle = { key: string; recogniser: Recogniser; timer: NodeJS.Timeout };

/** A recogniser that a job has for itself until it gives it back. */
export type Lease = {
  recogniser: Recogniser;
  /** For the next job of the same model, device and precision. */
  release(): void;
  /** Ends it at once, also in the middle of a run. */
  destroy(): void;
};

/** Recognisers at work and the one that was used last, which waits a minute for another job. */
export class RecogniserPool {
  readonly #launcher: Launcher;
  readonly #log: Log;
  readonly #answerLimitMs: number | undefined;
  /** So that a model is not removed while a recogniser has it. */
  readonly #holds = new WeakMap<Recogniser, Promise<Release>>();
  #idle: Idle | undefined;

  /** @param answerLimitMs an accelerator that takes longer for a run, or to load, is ended */
  constructor(launcher: Launcher, log: Log, answerLimitMs?: number) {
    this.#launcher = launcher;
    this.#log = log;
    this.#answerLimitMs = answerLimitMs;
  }

  /**
   * @param precision - the fastest on this machine where left out; float32 where exact logits are wanted
   * @throws UsageError where SEWSCRIBE_PRECISION names none
   */
  lease(
    model: LoadedModel,
    device: RecogniserDevice,
    precision: Precision = fastestPrecision(model.manifest, device),
  ): Lease {
    const key = `${model.folder}\0${device}\0${precision}`;
    const recogniser = this.#takeIdle(key) ?? this.#create(model, device, precision);
    let over = false;
    return {
      recogniser,
      release: () => {
        if (!over) this.#keep(key, recogniser);
        over = true;
      },
      destroy: () => {
        if (!over) this.#end(recogniser);
        over = true;
      },
    };
  }

  close(): void {
    this.#dropIdle();
  }

  #create(model: LoadedModel, device: RecogniserDevice, precision: Precision): Recogniser {
    const threads = Math.max(1, Math.min(8, availableParallelism()));
    const recogniser = new Recogniser({
      launcher: this.#launcher,
      model,
      device,
      precision,
      threads,
      answerLimitMs: this.#answerLimitMs,
      log: this.#log,
    });
    this.#holds.set(recogniser, holdModel(model.folder));
    return recogniser;
  }

  #end(recogniser: Recogniser): void {
    recogniser.close();
    void this.#holds.get(recogniser)?.then((release) => release());
  }

  #takeIdle(key: string): Recogniser | undefined {
    if (this.#idle?.key !== key) return undefined;
    const { recogniser, timer } = this.#idle;
    clearTimeout(timer);
    this.#idle = undefined;
    return recogniser;
  }

  #keep(key: string, recogniser: Recogniser): void {
    this.#dropIdle();
    const timer = setTimeout(() => this.#dropIdle(), keepIdleMs);
    timer.unref();
    this.#idle = { key, recogniser, timer };
  }

  #dropIdle(): void {
    if (!this.#idle) return;
    clearTimeout(this.#idle.timer);
    this.#end(this.#idle.recogniser);
    this.#idle = undefined;
  }
}
