import { Mixer } from './mix.ts';
import type { AudioFrame } from './frames.ts';
import type { Placed } from './timeline.ts';
import { sampleRateHz, type AudioBlock } from './types.ts';

/** About a second; whole chunks of the voice detector. */
const blockSamples = 16384;
/** A hole longer than this is left out instead of being filled with silence. */
export const longestFilledHoleSamples = 3 * sampleRateHz;

type PlacedFrame = Placed<AudioFrame>;

/** Joins placed frames to blocks of even size: holes filled or left out, channels mixed or kept, cut to a range. */
export class BlockBuilder {
  /** The end of what has been placed; null before the first frame. */
  endSample: number | null = null;
  /** Where the first sample lies; null before the first frame. */
  firstSample: number | null = null;
  private readonly mixer: Mixer | null;
  private readonly channelCount: number;
  private readonly fromSample: number;
  private readonly toSample: number;
  private buffers: Float32Array[];
  private startSample = 0;
  private filled = 0;

  constructor(options: {
    channels: number;
    layout: string | null;
    mode: 'mix' | 'split';
    fromSample: number;
    toSample: number;
  }) {
    this.channelCount = options.channels;
    this.mixer = options.mode === 'mix' ? new Mixer(options.channels, options.layout) : null;
    this.fromSample = options.fromSample;
    this.toSample = options.toSample;
    this.buffers = this.newBuffers();
  }

  get foundInverted(): boolean {
    return this.mixer?.foundInverted ?? false;
  }

  /** Whether nothing that is still to come can lie in the range. */
  get isPastRange(): boolean {
    return this.endSample !== null && this.endSample >= this.toSample;
  }

  *add(placed: PlacedFrame): Generator<AudioBlock> {
    const { frame } = placed;
    const end = placed.startSample + frame.samples - placed.skip;
    this.firstSample ??= placed.startSample;
    this.endSample = end;
    const from = Math.max(placed.startSample, this.fromSample);
    const to = Math.min(end, this.toSample);
    if (from >= to) return;
    yield* this.moveTo(from);
    let source = placed.skip + from - placed.startSample;
    for (let left = to - from; left > 0;) {
      const count = Math.min(left, blockSamples - this.filled);
      this.copy(frame, source, count);
      source += count;
      left -= count;
      this.filled += count;
      if (this.filled === blockSamples) yield this.flush();
    }
  }

  *end(): Generator<AudioBlock> {
    if (this.filled > 0) yield this.flush();
  }

  private *moveTo(sample: number): Generator<AudioBlock> {
    let hole = sample - (this.startSample + this.filled);
    if (hole === 0) return;
    const atBeginning = this.startSample === 0 && this.filled === 0;
    if (atBeginning || hole > longestFilledHoleSamples) {
      yield* this.end();
      this.startSample = sample;
      return;
    }
    while (hole > 0) {
      const count = Math.min(hole, blockSamples - this.filled);
      this.filled += count;
      hole -= count;
      if (this.filled === blockSamples) yield this.flush();
    }
  }

  private copy(frame: AudioFrame, source: number, count: number): void {
    for (let channel = 0; channel < this.channelCount; channel += 1) {
      // After a change inside the file, one channel stands for all, and a missing one is silent.
      const from = frame.channels === 1 ? 0 : channel;
      if (from >= frame.channels) continue;
      const target = this.buffers[channel];
      for (let i = 0, at = source * frame.channels + from; i < count; i += 1, at += frame.channels) {
        target[this.filled + i] = frame.interleaved[at];
      }
    }
  }

  private flush(): AudioBlock {
    const channels = this.buffers.map((buffer) =>
      this.filled < blockSamples ? buffer.slice(0, this.filled) : buffer,
    );
    const block = {
      startSample: this.startSample,
      channels: this.mixer ? [this.mixer.mix(channels)] : channels,
    };
    this.startSample += this.filled;
    this.filled = 0;
    this.buffers = this.newBuffers();
    return block;
  }

  private newBuffers(): Float32Array[] {
    return Array.from({ length: this.channelCount }, () => new Float32Array(blockSamples));
  }
}
