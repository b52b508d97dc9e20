/** How far an installation is. */
export type InstallProgress = {
  stage: 'downloading' | 'converting';
  /** 0..1 of the stage. */
  fraction: number;
  /** While downloading: all that is to come; null where it is not known. */
  totalBytes: number | null;
  /** While downloading, over the last seconds; null until it is known. */
  bytesPerSecond: number | null;
  /** Of the stage; null until it is known. */
  secondsLeft: number | null;
};

const windowMs = 5000;
const leastMs = 500;

/** Turns what is done into progress with a speed over the last seconds. */
export class ProgressMeter {
  readonly #stage: InstallProgress['stage'];
  readonly #total: number;
  readonly #tell: ((progress: InstallProgress) => void) | undefined;
  readonly #marks: { atMs: number; done: number }[] = [];

  /** @param total - what `done` reaches in the end; 0 where it is not known */
  constructor(
    stage: InstallProgress['stage'],
    total: number,
    tell: ((progress: InstallProgress) => void) | undefined,
  ) {
    this.#stage = stage;
    this.#total = total;
    this.#tell = tell;
  }

  update(done: number): void {
    if (!this.#tell) return;
    const atMs = performance.now();
    const last = this.#marks.at(-1);
    if (!last || atMs - last.atMs >= 100) this.#marks.push({ atMs, done });
    while (this.#marks.length > 2 && atMs - this.#marks[1].atMs > windowMs) this.#marks.shift();
    const [first] = this.#marks;
    const perSecond =
      atMs - first.atMs >= leastMs ? ((done - first.done) * 1000) / (atMs - first.atMs) : null;
    this.#tell({
      stage: this.#stage,
      fraction: this.#total > 0 ? Math.min(1, done / this.#total) : 0,
      totalBytes: this.#stage === 'downloading' && this.#total > 0 ? this.#total : null,
      bytesPerSecond: this.#stage === 'downloading' ? perSecond : null,
      secondsLeft: perSecond && this.#total > 0 ? (this.#total - done) / perSecond : null,
    });
  }
}
