import { setImmediate } from 'node:timers/promises';
import { BlockBuilder } from './blocks.ts';
import { hasAbsoluteClock, seeksExactly } from './formats.ts';
import { readFrames, type AudioFrame, type FrameRun } from './frames.ts';
import { readMp3Header, readWaveHeader } from './headers.ts';
import { isKnownLayout } from './mix.ts';
import { countsFrames, LostTime } from './lostTime.ts';
import { checkSource, named } from './source.ts';
import { Timeline, type Placed } from './timeline.ts';
import { findMediaTools } from './tools.ts';
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
/** Damage that swallows less is not worth a word. */
const audibleLossSamples = 0.1 * sampleRateHz;

/** Tags and a last frame cut short lie behind what is read. */
const negligibleShare = 0.05;

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
    const decoder = new TrackDecoder(info, options);
    try {
      yield* decoder.blocks();
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      settle(decoder.report());
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
  private readonly warnings: string[] = [];
  private incomplete = false;
  private errorsSeen = 0;
  private lostSamples = 0;
  private lostPlaces = 0;
  private firstLossMs: number | null = null;

  constructor(info: MediaInfo, options: DecodeOptions) {
    this.info = info;
    this.options = options;
    this.track = chooseTrack(info, options.track);
    const { channelLayout } = this.track;
    this.layout = channelLayout !== null && isKnownLayout(channelLayout) ? channelLayout : null;
    this.fromSample = Math.round((options.fromMs ?? 0) * samplesPerMs);
    this.toSample = options.toMs === undefined ? Infinity : Math.round(options.toMs * samplesPerMs);
  }

  report(): DecodeReport {
    const end = Math.min(this.builder?.endSample ?? 0, this.toSample);
    const warnings = [...this.warnings];
    if (this.builder?.foundInverted) {
      warnings.unshift(
        `Two channels of ${named(this.info.path)} cancel each other out, so one was turned over before they were mixed.`,
      );
    }
    if (this.firstLossMs !== null) {
      const places = this.lostPlaces === 1 ? 'at' : `in ${this.lostPlaces} places, the first at`;
      const seconds = (this.lostSamples / sampleRateHz).toFixed(1);
      warnings.push(
        `${named(this.info.path)} is damaged ${places} ${clock(this.firstLossMs)}: ${seconds} s of sound could not be read.`,
      );
    }
    return { endMs: end / samplesPerMs, warnings, incomplete: this.incomplete || this.firstLossMs !== null };
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
        this.noteDamage(placed);
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
      if (!this.builder?.isPastRange) await this.judgeEnd(await run.outcome(), lostTime);
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
    if (formatName === 'wav' && (await readWaveHeader(file))?.understated)
      inputOptions.push('-ignore_length', '1');
    let seekSeconds = this.fromSample / sampleRateHz - seekMarginSeconds;
    if (seekSeconds <= 0 || !seeksExactly(formatName)) return { inputOptions, seekSeconds: null };
    if (lostTime) seekSeconds = Math.max(0, seekSeconds - (await lostTime.before(seekSeconds)));
    if (hasAbsoluteClock(formatName)) inputOptions.push('-seek_timestamp', '1');
    inputOptions.push('-ss', seekSeconds.toFixed(6));
    return { inputOptions, seekSeconds };
  }

  /** A hole where ffmpeg met errors, or bytes that were no frames, is damage; any other is how it was recorded. */
  private noteDamage({ startSample, frame }: Placed<AudioFrame>): void {
    const { endSample } = this.builder!;
    const erred = frame.errorsBefore > this.errorsSeen;
    this.errorsSeen = frame.errorsBefore;
    const hole = endSample === null ? 0 : startSample - endSample;
    if (hole < audibleLossSamples || !(erred || countsFrames(this.info.formatName))) return;
    this.lostSamples += hole;
    this.lostPlaces += 1;
    this.firstLossMs ??= (startSample - hole) / samplesPerMs;
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

  /** ffmpeg ends with 0 on most damaged files, so what was read is compared with what the header promised. */
  private async judgeEnd(
    outcome: { error: Error | null; errors: number },
    lostTime: LostTime | null,
  ): Promise<void> {
    const { path } = this.info;
    const failed = outcome.error !== null || outcome.errors > 0;
    if (!this.builder) {
      // Behind the end there is nothing, and nothing wrong with that.
      if (!failed && (this.fromSample > 0 || !this.info.headerDurationMs)) return;
      await checkSource(path);
      throw new SourceError(
        `${named(path)} is damaged from the start, so no sound can be read; copy it again or choose another file.`,
        { cause: outcome.error ?? undefined },
      );
    }
    const readMs = (this.builder.endSample ?? 0) / samplesPerMs;
    const endedInError = outcome.error !== null || outcome.errors > this.errorsSeen;
    const promisedMs = this.promisedEndMs(endedInError);
    if (promisedMs === null && lostTime && (await lostTime.unreadShare()) > negligibleShare) {
      this.incomplete = true;
      this.warnings.push(
        `${named(path)} can be read only up to ${clock(readMs)}, where it is damaged; what comes after is missing.`,
      );
    }
    if (promisedMs === null || this.toSample < promisedMs * samplesPerMs) return;
    const missingMs = promisedMs - readMs;
    if (missingMs > Math.max(250, Math.min(promisedMs * 0.01, 2000))) {
      this.incomplete = true;
      this.warnings.push(
        `${named(path)} breaks off at ${clock(readMs)}, though its header promises ${clock(promisedMs)}; what comes after is missing.`,
      );
    }
  }

  /** Where the track should end on the media's clock; null where the file does not say. */
  private promisedEndMs(endedInError: boolean): number | null {
    const { track, info } = this;
    if (
      track.headerDurationMs &&
      this.builder &&
      this.builder.firstSample !== null &&
      this.fromSample === 0
    ) {
      return this.builder.firstSample / samplesPerMs + track.headerDurationMs;
    }
    // The whole film's length is the sound's only where there is no picture that may go on longer.
    return info.video === null || endedInError ? info.headerDurationMs : null;
  }
}

function chooseTrack(info: MediaInfo, number: number | undefined): AudioTrack {
  const { path, tracks } = info;
  if (number === undefined) {
    const first = tracks.find((track) => track.decodable);
    if (first) return first;
    const codecs = tracks.map((track) => track.codec ?? 'unknown').join(', ');
    throw new SourceError(
      `${named(path)} has no audio track that can be decoded (${codecs}); convert its sound to a common format first.`,
    );
  }
  const track = tracks.find((candidate) => candidate.number === number);
  if (!track) {
    throw new SourceError(
      `${named(path)} has no audio track ${number}; choose one from 1 to ${tracks.length}.`,
    );
  }
  if (!track.decodable) {
    throw new SourceError(
      `Audio track ${number} of ${named(path)} cannot be decoded (${track.codec ?? 'unknown codec'}); choose another track.`,
    );
  }
  return track;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 100) / 10;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, (seconds % 60).toFixed(1)];
  return parts.map((part) => String(part).padStart(typeof part === 'string' ? 4 : 2, '0')).join(':');
}
