import type { AudioBlock } from '../media/types.ts';
import { LevelMeter, quietestPlace } from './loudness.ts';
import { SampleBuffer } from './sampleBuffer.ts';
import { longestContext, Segmenter, type Span } from './segmenter.ts';
import type { SpeechWindow } from './types.ts';
import { chunkSamples, VoiceDetector } from './vad.ts';

const frameGridSamples = 320;

export type WindowOptions = {
  /** `off`: everything is taken for speech and cut where it is quietest. */
  vad?: 'silero' | 'off';
  /**
   * Windows begin here or later; what the blocks hold before warms the detector up and is context. To go on after a
   * finished window: its end.
   */
  fromSample?: number;
  /**
   * Where cutting begins in each channel, at `fromSample` by default. Where an earlier run began a window after a pause,
   * cutting goes on as it did there, so that all windows behind `fromSample` are that run's.
   */
  cutFromSamples?: ReadonlyMap<number, number>;
};

/**
 * Cuts sound into windows for the recogniser: what is speech, at most 20 s with its context, cut at silences, ended by
 * a hole in time. Long silences are left out. Each channel has windows of its own; all come in the order in which
 * they begin. At most the last half minute of sound is held.
 */
export async function* speechWindows(
  blocks: AsyncIterable<AudioBlock>,
  options: WindowOptions = {},
): AsyncGenerator<SpeechWindow> {
  let channels: ChannelWindows[] = [];
  let waiting: SpeechWindow[] = [];
  /** Those that no window still to come can precede. */
  const ready = (all: boolean) => {
    const safe = all ? Infinity : Math.min(...channels.map((channel) => channel.earliestStart));
    const due = waiting.filter((window) => window.startSample <= safe).sort(byStart);
    waiting = waiting.filter((window) => window.startSample > safe);
    return due;
  };
  for await (const block of blocks) {
    while (channels.length < block.channels.length)
      channels.push(new ChannelWindows(channels.length, options));
    // A hole leaves whatever was open without a continuation, in all channels.
    for (const [index, samples] of block.channels.entries()) {
      waiting.push(...(await channels[index].push(block.startSample, samples)));
    }
    yield* ready(false);
  }
  for (const channel of channels) waiting.push(...(await channel.end()));
  channels = [];
  yield* ready(true);
}

/**
 * Frames of all windows lie on one grid (20 ms, the hop of every model of the family), so that a window that comes
 * out a little longer or shorter, as it may in a resumed job, still gives the same times.
 */
function onFrameGrid(sample: number): number {
  return Math.floor(sample / frameGridSamples) * frameGridSamples;
}

function byStart(a: SpeechWindow, b: SpeechWindow): number {
  return a.startSample - b.startSample || a.channel - b.channel;
}

/** Sound is judged in pieces of about a second, that lie on a fixed grid. */
const pieceSamples = 32 * chunkSamples;

/** A stretch of one channel without a hole in time. */
type Stretch = {
  buffer: SampleBuffer;
  segmenter: Segmenter;
  /** Up to here chunks have been judged; on a grid of whole chunks from the media's beginning. */
  judgedTo: number;
  /** Spans whose context after has not come yet. */
  spans: Span[];
};

class ChannelWindows {
  private readonly channel: number;
  private readonly fromSample: number;
  private readonly cutFromSample: number;
  private readonly detector: VoiceDetector | null;
  private readonly level = new LevelMeter();
  private stretch: Stretch | null = null;
  private heldUntil = 0;

  constructor(channel: number, options: WindowOptions) {
    this.channel = channel;
    this.fromSample = options.fromSample ?? 0;
    this.cutFromSample = options.cutFromSamples?.get(channel) ?? this.fromSample;
    this.detector = options.vad === 'off' ? null : new VoiceDetector();
  }

  /** No window that is still to come begins before this. */
  get earliestStart(): number {
    const { stretch } = this;
    if (!stretch) return this.heldUntil;
    return stretch.spans[0]?.startSample ?? stretch.segmenter.earliestStart(stretch.judgedTo);
  }

  async push(startSample: number, samples: Float32Array): Promise<SpeechWindow[]> {
    const windows: SpeechWindow[] = [];
    if (this.stretch && this.stretch.buffer.endSample !== startSample) windows.push(...(await this.end()));
    this.stretch ??= this.begin(startSample);
    const { stretch } = this;
    stretch.buffer.append(samples);
    for (;;) {
      const pieceEnd = (Math.floor(stretch.judgedTo / pieceSamples) + 1) * pieceSamples;
      if (pieceEnd > stretch.buffer.endSample) break;
      await this.judge(stretch, pieceEnd);
    }
    windows.push(...this.finished(stretch, false));
    const oldest = stretch.spans[0]?.startSample ?? stretch.segmenter.earliestStart(stretch.judgedTo);
    stretch.buffer.dropBefore(oldest - longestContext);
    return windows;
  }

  /** Ends the stretch; another may follow. */
  async end(): Promise<SpeechWindow[]> {
    const { stretch } = this;
    if (!stretch) return [];
    const { endSample } = stretch.buffer;
    await this.judge(stretch, Math.ceil(endSample / chunkSamples) * chunkSamples);
    stretch.spans.push(...stretch.segmenter.end(endSample));
    const windows = this.finished(stretch, true);
    this.stretch = null;
    this.heldUntil = endSample;
    this.detector?.reset();
    return windows;
  }

  private begin(startSample: number): Stretch {
    const buffer = new SampleBuffer(startSample);
    return {
      buffer,
      segmenter: new Segmenter(startSample, (from, to) => quietestPlace(buffer, from, to)),
      // On a fixed grid a run that begins elsewhere, or gets other blocks, judges the same chunks.
      judgedTo: Math.floor(startSample / chunkSamples) * chunkSamples,
      spans: [],
    };
  }

  /** @param to a whole number of chunks; what is missing at either end of the stretch counts as silence */
  private async judge(stretch: Stretch, to: number): Promise<void> {
    const from = stretch.judgedTo;
    if (to <= from) return;
    const { buffer, segmenter } = stretch;
    let probabilities: Float32Array | null = null;
    if (this.detector) {
      const samples = new Float32Array(to - from);
      const known = buffer.view(Math.max(from, buffer.startSample), Math.min(to, buffer.endSample));
      const gain = this.level.gainFor(known);
      const offset = Math.max(0, buffer.startSample - from);
      for (let i = 0; i < known.length; i += 1) samples[offset + i] = known[i] * gain;
      probabilities = await this.detector.detect(samples);
    }
    for (let position = from; position < to; position += chunkSamples) {
      const probability = probabilities ? probabilities[(position - from) / chunkSamples] : 1;
      // Before the wanted beginning there is only warming up.
      if (position + chunkSamples > this.cutFromSample)
        stretch.spans.push(...segmenter.push(position, probability));
    }
    stretch.judgedTo = to;
  }

  private finished(stretch: Stretch, all: boolean): SpeechWindow[] {
    const { buffer, spans } = stretch;
    const windows: SpeechWindow[] = [];
    while (spans.length > 0 && (all || spans[0].endSample + spans[0].contextAfter <= buffer.endSample)) {
      const span = spans.shift()!;
      const startSample = Math.max(span.startSample, this.fromSample, buffer.startSample);
      const endSample = Math.min(span.endSample, buffer.endSample);
      if (endSample <= startSample) continue;
      const samplesStart = Math.max(buffer.startSample, onFrameGrid(startSample - span.contextBefore));
      const samples = buffer
        .view(samplesStart, Math.min(buffer.endSample, endSample + span.contextAfter))
        .slice();
      windows.push({ channel: this.channel, startSample, endSample, samplesStart, samples });
    }
    return windows;
  }
}
