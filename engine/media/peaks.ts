import { sampleRateHz, type AudioBlock } from './types.ts';

/** Peaks a second in `peaks.u8`. */
export const peaksPerSecond = 100;
const samplesPerPeak = sampleRateHz / peaksPerSecond;
/** Peaks in one piece at most, so that a hole of hours is handed over in parts. */
const pieceLength = 1 << 16;

/**
 * Draws the outline of the sound while it is decoded. `peaks.u8` is the pieces in a row: one byte for each 10 ms
 * from the media's beginning, without a header; the byte is 255 times the largest absolute sample of all channels in
 * that time, rounded up, so that only true silence is 0. Where the media has a hole there are zeros.
 */
export class PeakMeter {
  /** Peaks handed over so far. */
  private written: number;
  private largest = 0;

  /** @param startSample where the outline begins; a whole number of peaks from the media's beginning */
  constructor(startSample = 0) {
    this.written = Math.floor(startSample / samplesPerPeak);
  }

  /** The peaks that are complete with this block. */
  *add(block: AudioBlock): Generator<Uint8Array> {
    yield* this.silenceTo(Math.floor(block.startSample / samplesPerPeak));
    const { length } = block.channels[0];
    const end = block.startSample + length;
    const piece = new Uint8Array(Math.max(0, Math.floor(end / samplesPerPeak) - this.written));
    let filled = 0;
    for (let offset = 0; offset < length;) {
      const peakEnd = (this.written + filled + 1) * samplesPerPeak - block.startSample;
      const until = Math.min(length, peakEnd);
      for (const samples of block.channels) {
        for (let i = offset; i < until; i += 1) this.largest = Math.max(this.largest, Math.abs(samples[i]));
      }
      offset = until;
      if (until < peakEnd) break;
      piece[filled] = asByte(this.largest);
      filled += 1;
      this.largest = 0;
    }
    this.written += filled;
    if (filled > 0) yield piece;
  }

  /** The last peak, of less than 10 ms. */
  *end(): Generator<Uint8Array> {
    if (this.largest > 0) yield Uint8Array.of(asByte(this.largest));
  }

  private *silenceTo(peak: number): Generator<Uint8Array> {
    while (this.written < peak) {
      const piece = new Uint8Array(Math.min(peak - this.written, pieceLength));
      piece[0] = asByte(this.largest);
      this.largest = 0;
      this.written += piece.length;
      yield piece;
    }
  }
}

function asByte(sample: number): number {
  return Math.min(255, Math.ceil(sample * 255));
}
