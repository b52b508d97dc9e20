import type { InstallProgress } from '../native-models/store/progressMeter.ts';
import { clock } from './progress.ts';

const lineEveryMs = 10_000;
const drawEveryMs = 100;

const words = { downloading: 'Downloading', converting: 'Converting' } as const;

/** Progress of an installation on standard error: a line that changes on a terminal, elsewhere a line every ten seconds. */
export class StageLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  #saidAt = performance.now();
  #isDrawn = false;

  update(progress: InstallProgress): void {
    const now = performance.now();
    if (now - this.#saidAt < (this.#isTerminal ? drawEveryMs : lineEveryMs)) return;
    this.#saidAt = now;
    if (this.#isTerminal) {
      const width = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[K${describe(progress).slice(0, width - 1)}`);
      this.#isDrawn = true;
    } else {
      process.stderr.write(`${describe(progress)}\n`);
    }
  }

  /** Takes the changing line away, so that what is said next stands on a line of its own. */
  clear(): void {
    if (this.#isDrawn) process.stderr.write('\r\x1b[K');
    this.#isDrawn = false;
  }
}

function describe({ stage, fraction, bytesPerSecond, secondsLeft }: InstallProgress): string {
  const parts = [words[stage], `${Math.floor(fraction * 100)} %`];
  if (bytesPerSecond !== null) parts.push(`${(bytesPerSecond / 1e6).toFixed(1)} MB/s`);
  if (secondsLeft !== null) parts.push(`${clock(secondsLeft)} left`);
  return parts.join('  ');
}
