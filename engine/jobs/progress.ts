import type { EventPayload } from '../contract.ts';

type Progress = EventPayload<'job.progress'>;

const tellEveryMs = 200;

/** Before a job begins, while it is found out whether an accelerator is worth it. */
export function tryingDevice(jobId: string, startMs: number): Progress {
  return {
    jobId,
    stage: 'trying',
    fraction: null,
    positionMs: startMs,
    audioSecondsPerSecond: null,
    secondsLeft: null,
  };
}

/** Turns positions on the media's clock into progress: share done, speed of this run, time left. */
export class ProgressMeter {
  readonly #tell: (progress: Progress) => void;
  readonly #jobId: string;
  readonly #startMs: number;
  readonly #endMs: number | null;
  /** Where this run of the job began: a resumed job must not count what it found finished as speed. */
  #runStartMs: number;
  #runStarted = performance.now();
  #furthestMs = -Infinity;
  #toldAt = -Infinity;

  /**
   * @param startMs - where the job's part of the media begins
   * @param endMs - where it ends by the header, which may be wrong; null where the header does not say
   */
  constructor(jobId: string, startMs: number, endMs: number | null, tell: (progress: Progress) => void) {
    this.#jobId = jobId;
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#runStartMs = startMs;
    this.#tell = tell;
  }

  /** The run begins here, after what was finished before. */
  begin(positionMs: number): void {
    this.#runStartMs = positionMs;
    this.#furthestMs = positionMs;
    this.#runStarted = performance.now();
  }

  /** @param reachedMs what came before counts as well: what is told never goes back */
  at(reachedMs: number, stage: Progress['stage'] = 'recognising'): void {
    const positionMs = Math.max(reachedMs, this.#furthestMs);
    this.#furthestMs = positionMs;
    const now = performance.now();
    if (now - this.#toldAt < tellEveryMs) return;
    this.#toldAt = now;
    const seconds = (now - this.#runStarted) / 1000;
    const speed = seconds > 0.5 ? Math.max(0, positionMs - this.#runStartMs) / 1000 / seconds : null;
    const known = this.#endMs !== null && this.#endMs > this.#startMs ? this.#endMs : null;
    this.#tell({
      jobId: this.#jobId,
      stage,
      // A header that says too little must not make a bar that is full and still moving.
      fraction:
        known === null
          ? null
          : Math.min(0.99, Math.max(0, (positionMs - this.#startMs) / (known - this.#startMs))),
      positionMs: Math.round(positionMs),
      audioSecondsPerSecond: speed,
      secondsLeft: known === null || !speed ? null : Math.max(0, known - positionMs) / 1000 / speed,
    });
  }
}
