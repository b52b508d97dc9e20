import { sampleRateHz } from './types.ts';

/** Something that lasts a number of samples and says when it should begin (null: right after the one before). */
export type Timed = { startSample: number | null; samples: number };

/** Where a frame really goes; its first `skip` samples are already covered by what came before. */
export type Placed<T extends Timed> = { frame: T; startSample: number; skip: number };

/** Time stamps in whole milliseconds or from a wall clock wander; only what stays off by more than this is moved. */
const toleranceSamples = 0.02 * sampleRateHz;
/** How far we look ahead before we believe a time stamp that does not fit. */
const lookAheadSamples = 0.25 * sampleRateHz;
/** A step back further than this is a clock that was set anew, not an overlap. */
const longestOverlapSamples = 0.5 * sampleRateHz;

/**
 * Lays frames on the media's clock: in a row without seams while their time stamps agree with their lengths, later
 * after a hole, shortened where they overlap, and in a row again where the clock was set back. Frames come out in
 * order, never overlapping, a quarter of a second after they went in.
 */
export class Timeline<T extends Timed> {
  private readonly waiting: T[] = [];
  private waitingSamples = 0;
  private nextSample: number | null = null;
  /** Added to all time stamps since the clock was set back. */
  private shiftSamples = 0;

  push(frame: T): Placed<T>[] {
    this.waiting.push(frame);
    this.waitingSamples += frame.samples;
    const placed: Placed<T>[] = [];
    while (this.waiting.length > 0 && this.waitingSamples - this.waiting[0].samples >= lookAheadSamples) {
      placed.push(this.place());
    }
    return placed;
  }

  end(): Placed<T>[] {
    const placed: Placed<T>[] = [];
    while (this.waiting.length > 0) placed.push(this.place());
    return placed;
  }

  private place(): Placed<T> {
    const frame = this.waiting[0];
    let position = this.nextSample;
    if (position === null) {
      position = this.firstPosition();
    } else {
      const deviation = this.lastingDeviation(position);
      if (deviation >= -longestOverlapSamples) position += deviation;
      else this.shiftSamples -= deviation;
    }
    // Nothing is before the beginning, and nothing lies on what was placed already.
    const start = Math.max(position, this.nextSample ?? 0, 0);
    const skip = Math.min(frame.samples, start - position);
    this.nextSample = Math.max(start, position + frame.samples);
    this.waiting.shift();
    this.waitingSamples -= frame.samples;
    return { frame, startSample: start, skip };
  }

  /** Where the first frame lies by the time stamps of all in sight, of which each alone may be rounded. */
  private firstPosition(): number {
    const starts: number[] = [];
    let before = 0;
    for (const frame of this.waiting) {
      if (frame.startSample !== null) starts.push(frame.startSample - before);
      before += frame.samples;
    }
    starts.sort((a, b) => a - b);
    return Math.round(starts[Math.floor(starts.length / 2)] ?? 0);
  }

  /** How far all frames in sight lie from where they would follow `position`: the least of it, 0 where it passes. */
  private lastingDeviation(position: number): number {
    let least: number | null = null;
    let expected = position;
    for (const frame of this.waiting) {
      if (frame.startSample !== null) {
        const deviation = frame.startSample + this.shiftSamples - expected;
        if (Math.abs(deviation) <= toleranceSamples) return 0;
        if (least !== null && Math.sign(deviation) !== Math.sign(least)) return 0;
        if (least === null || Math.abs(deviation) < Math.abs(least)) least = deviation;
      }
      expected += frame.samples;
    }
    return least === null ? 0 : Math.round(least);
  }
}
