import type { EventPayload } from '../engine/contract.ts';

const lineEveryMs = 10_000;
const barWidth = 24;

/** Progress on standard error: one line that changes on a terminal, elsewhere a line every ten seconds. */
export class ProgressLine {
  readonly #label: string;
  readonly #isTerminal = process.stderr.isTTY === true;
  #last: EventPayload<'job.progress'> | undefined;
  #lines: NodeJS.Timeout | undefined;
  #isDrawn = false;

  constructor(label: string) {
    this.#label = label;
  }

  update(progress: EventPayload<'job.progress'>): void {
    if (this.#isTerminal) {
      const width = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[K${this.#describe(progress).slice(0, width - 1)}`);
      this.#isDrawn = true;
    } else {
      this.#last = progress;
      // Also while nothing moves: whoever reads the lines sees that it is still at work.
      this.#lines ??= setInterval(() => this.#say(), lineEveryMs).unref();
    }
  }

  #say(): void {
    if (this.#last) process.stderr.write(`${this.#describe(this.#last)}\n`);
  }

  /** Ends it for now: the changing line goes, so that what is said next stands on a line of its own. */
  clear(): void {
    clearInterval(this.#lines);
    this.#lines = undefined;
    if (this.#isDrawn) process.stderr.write('\r\x1b[K');
    this.#isDrawn = false;
  }

  #describe({
    stage,
    fraction,
    positionMs,
    audioSecondsPerSecond,
    secondsLeft,
  }: EventPayload<'job.progress'>): string {
    const parts = [this.#label];
    if (stage === 'trying') parts.push('trying the accelerator');
    if (stage === 'speakers') parts.push('telling voices apart');
    if (fraction !== null) {
      const full = Math.round(fraction * barWidth);
      if (this.#isTerminal) parts.push(`[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`);
      parts.push(`${Math.floor(fraction * 100)} %`);
    } else {
      parts.push(clock(positionMs / 1000));
    }
    if (audioSecondsPerSecond)
      parts.push(`${audioSecondsPerSecond.toFixed(audioSecondsPerSecond < 10 ? 1 : 0)}x`);
    if (secondsLeft !== null) parts.push(`${clock(secondsLeft)} left`);
    return parts.join('  ');
  }
}

/** `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
