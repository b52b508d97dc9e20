import { setImmediate } from 'node:timers/promises';
import { BlockBuilder } from './blocks.ts';
import { chooseTrack } from './chooseTrack.ts';
import { Findings } from './findings.ts';
import { hasAbsoluteClock, seeksExactly } from './formats.ts';
import { readFrames, type AudioFrame, type FrameRun } from './frames.ts';
import { readMp3Header, readWaveHeader } from './headers.ts';
import { isKnownLayout } from './mix.ts';
import { countsFrames, LostTime } from './lostTime.ts';
import { checkSource, named } from './source.ts';
import { Timeline, type Placed } from './timeline.ts';
import { findMediaTools, ToolError } from './tools.ts';
import {
  sampleRateHz,
  SourceError,
  type AudioBlock,
  type AudioTrack,
  type DecodeOptions,
  type DecodeReport,
  type MediaInfo,
} from './types.ts';

const samplesPerMs = sampleRateHz / 1000;
/** How far before the wanted place we begin to read, so that every decoder has settled. */
const seekMarginSeconds = 2;
type ReadingPlan = { inputOptions: string[]; seekSeconds: number | null };

export type Decoding = {
  /** Ends early when the consumer stops: ffmpeg is ended with it. */
  blocks: AsyncGenerator<AudioBlock>;
  /** Settles when the iteration has ended; rejects as the iteration does. */
  report: Promise<DecodeReport>;
};

/**
 * The sound of one track at 16 kHz, streamed: ffmpeg waits while the consumer does, and a hole of hours costs nothing.
 *
 * Both the iteration and the report fail with SourceError where nothing can be read, ToolError without ffmpeg, and
 * the signal's reason when cancelled.
 */
export function decode(info: MediaInfo, options: DecodeOptions): Decoding {
  let settle: (report: DecodeReport) => void;
  let reject: (error: unknown) => void;
  const report = new Promise<DecodeReport>((resolve, fail) => {
    settle = resolve;
    reject = fail;
  });
  // Whoever only iterates learns of a failure there.
  report.catch(() => undefined);

  async function* blocks(): AsyncGenerator<AudioBlock> {
    let decoder: TrackDecoder | null = null;
    try {
      decoder = new TrackDecoder(info, options);
      yield* decoder.blocks();
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      // After a failure this changes nothing; after an early end it tells what was found so far.
      if (decoder) settle(decoder.report());
    }
  }
  return { blocks: blocks(), report };
}

class TrackDecoder {
  private readonly info: MediaInfo;
  private readonly options: DecodeOptions;
  private readonly track: AudioTrack;
  private readonly fromSample: number;
  private readonly toSample: number;
  /** Kept through changes inside the file; names that are not everyone's are left to ffmpeg. */
  private readonly layout: string | null;
  private builder: BlockBuilder | null = null;
  private readonly findings: Findings;

  constructor(info: MediaInfo, options: DecodeOptions) {
    this.info = info;
    this.options = options;
    this.track = chooseTrack(info, options.track);
    this.findings = new Findings(info, this.track);
    const { channelLayout } = this.track;
    this.layout = channelLayout !== null && isKnownLayout(channelLayout) ? channelLayout : null;
    this.fromSample = Math.round((options.fromMs ?? 0) * samplesPerMs);
    this.toSample = options.toMs === undefined ? Infinity : Math.round(options.toMs * samplesPerMs);
  }

  report(): DecodeReport {
    const end = Math.min(this.builder?.endSample ?? 0, this.toSample);
    return { endMs: end / samplesPerMs, ...this.findings.summary(this.builder?.foundInverted ?? false) };
  }

  async *blocks(): AsyncGenerator<AudioBlock> {
    const { info, track, options } = this;
    const { signal } = options;
    signal?.throwIfAborted();
    const { ffmpeg } = await findMediaTools();
    const file = await checkSource(info.path);
    const lostTime = countsFrames(info.formatName)
      ? new LostTime(ffmpeg.path, { ...info, path: file }, track.streamIndex, await readMp3Header(file))
      : null;
    let run: FrameRun | null = null;
    const kill = () => run?.kill();
    signal?.addEventListener('abort', kill, { once: true });
    try {
      const plan = await this.planReading(file, lostTime);
      signal?.throwIfAborted();
      run = readFrames(ffmpeg.path, file, track.streamIndex, this.layout, plan.inputOptions);
      for await (const placed of this.placeFrames(run, plan.seekSeconds, lostTime)) {
        signal?.throwIfAborted();
        this.builder ??= this.newBuilder(placed.frame);
        this.findings.note(placed);
        for (const block of this.builder.add(placed)) {
          yield block;
          // While ffmpeg has plenty ready nothing else would have its turn.
          await setImmediate();
          signal?.throwIfAborted();
        }
        if (this.builder.isPastRange) break;
      }
      signal?.throwIfAborted();
      if (this.builder) yield* this.builder.end();
      if (!this.builder?.isPastRange) await this.judgeEnd(run, lostTime);
    } finally {
      signal?.removeEventListener('abort', kill);
      kill();
      await lostTime?.stop();
    }
  }

  private async *placeFrames(
    run: FrameRun,
    seekSeconds: number | null,
    lostTime: LostTime | null,
  ): AsyncGenerator<Placed<AudioFrame>> {
    const timeline = new Timeline<AudioFrame>();
    const absolute = hasAbsoluteClock(this.info.formatName);
    for await (const frame of run.frames) {
      if (frame.startSample !== null) {
        const origin =
          (seekSeconds ?? (absolute ? run.containerStartSeconds() : 0)) + run.correctionSeconds();
        const fromBeginning = frame.startSample / sampleRateHz + (seekSeconds ?? 0);
        const lost = lostTime ? await lostTime.before(fromBeginning) : 0;
        frame.startSample += Math.round((origin + lost) * sampleRateHz);
      }
      yield* timeline.push(frame);
    }
    yield* timeline.end();
  }

  private async planReading(file: string, lostTime: LostTime | null): Promise<ReadingPlan> {
    const { formatName } = this.info;
    const inputOptions: string[] = [];
    const understated = formatName === 'wav' && (await readWaveHeader(file))?.understated;
    if (understated) inputOptions.push('-ignore_length', '1');
    let seekSeconds = this.fromSample / sampleRateHz - seekMarginSeconds;
    if (seekSeconds <= 0 || !seeksExactly(formatName)) return { inputOptions, seekSeconds: null };
    if (lostTime) seekSeconds = Math.max(0, seekSeconds - (await lostTime.before(seekSeconds)));
    if (hasAbsoluteClock(formatName)) inputOptions.push('-seek_timestamp', '1');
    inputOptions.push('-ss', seekSeconds.toFixed(6));
    return { inputOptions, seekSeconds };
  }

  private newBuilder(frame: AudioFrame): BlockBuilder {
    return new BlockBuilder({
      channels: frame.channels,
      layout: this.layout,
      mode: this.options.channels,
      fromSample: this.fromSample,
      toSample: this.toSample,
    });
  }

  private async judgeEnd(run: FrameRun, lostTime: LostTime | null): Promise<void> {
    const outcome = await run.outcome();
    if (outcome.error?.wasKilled) {
      throw new ToolError(
        `ffmpeg was ended from outside while it read ${named(this.info.path)}; do the same again, and it goes on where it was.`,
        { cause: outcome.error },
      );
    }
    const { fromSample, toSample } = this;
    if (!this.findings.soundWasFound && this.findings.isDamagedFromStart(outcome, fromSample)) {
      const { path } = this.info;
      // It may have gone since we looked.
      await checkSource(path);
      throw new SourceError(
        `${named(path)} is damaged from the start, so no sound can be read; copy it again or choose another file.`,
        { cause: outcome.error ?? undefined },
      );
    }
    this.findings.judgeEnd(outcome, {
      fromSample,
      toSample,
      unreadShare: (await lostTime?.unreadShare()) ?? 0,
    });
  }
}
