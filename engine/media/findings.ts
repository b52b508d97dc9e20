import { clock } from './clock.ts';
import type { AudioFrame } from './frames.ts';
import { countsFrames } from './lostTime.ts';
import { named } from './source.ts';
import type { Placed } from './timeline.ts';
import { sampleRateHz, type AudioTrack, type DecodeReport, type MediaInfo } from './types.ts';

const samplesPerMs = sampleRateHz / 1000;
/** Damage that swallows less is not worth a word. */
const audibleLossSamples = 0.1 * sampleRateHz;
/** Tags and a last frame cut short lie behind what is read. */
const negligibleShare = 0.05;

/** How ffmpeg ended, and how many errors it wrote. */
export type Outcome = { error: Error | null; errors: number };

/**
 * Gathers what a person should know of a decode. That ffmpeg ended without an error says nothing: it does so on most
 * damaged files. So what was read is compared with what the header promised, and holes with the errors around them.
 */
export class Findings {
  private readonly info: MediaInfo;
  private readonly track: AudioTrack;
  private readonly endings: string[] = [];
  private firstSample: number | null = null;
  private endSample = 0;
  private errorsSeen = 0;
  private lostSamples = 0;
  private lostPlaces = 0;
  private firstLossMs: number | null = null;

  constructor(info: MediaInfo, track: AudioTrack) {
    this.info = info;
    this.track = track;
  }

  get soundWasFound(): boolean {
    return this.firstSample !== null;
  }

  /** Each frame in turn: a hole where ffmpeg met errors, or bytes that were no frames, is damage. */
  note({ startSample, skip, frame }: Placed<AudioFrame>): void {
    const erred = frame.errorsBefore > this.errorsSeen;
    this.errorsSeen = frame.errorsBefore;
    const hole = this.firstSample === null ? 0 : startSample - this.endSample;
    this.firstSample ??= startSample;
    this.endSample = startSample + frame.samples - skip;
    if (hole < audibleLossSamples || !(erred || countsFrames(this.info.formatName))) return;
    this.lostSamples += hole;
    this.lostPlaces += 1;
    this.firstLossMs ??= (startSample - hole) / samplesPerMs;
  }

  /** Where no sound came: whether there should have been some. Behind the file's end there is none. */
  isDamagedFromStart({ error, errors }: Outcome, fromSample: number): boolean {
    return error !== null || errors > 0 || (fromSample === 0 && Boolean(this.info.headerDurationMs));
  }

  /** After the last frame: whether it was the last of the track. */
  judgeEnd(
    { error, errors }: Outcome,
    { fromSample, toSample, unreadShare }: { fromSample: number; toSample: number; unreadShare: number },
  ): void {
    if (!this.soundWasFound) return;
    const name = named(this.info.path);
    const readMs = this.endSample / samplesPerMs;
    const promisedMs = this.promisedEndMs(fromSample, error !== null || errors > this.errorsSeen);
    if (promisedMs === null) {
      if (unreadShare <= negligibleShare) return;
      this.endings.push(
        `${name} can be read only up to ${clock(readMs)}, where it is damaged; what comes after is missing.`,
      );
    } else if (
      toSample >= promisedMs * samplesPerMs &&
      promisedMs - readMs > Math.max(250, Math.min(promisedMs * 0.01, 2000))
    ) {
      this.endings.push(
        `${name} breaks off at ${clock(readMs)}, though its header promises ${clock(promisedMs)}; what comes after is missing.`,
      );
    }
  }

  summary(foundInverted: boolean): Pick<DecodeReport, 'warnings' | 'incomplete'> {
    const name = named(this.info.path);
    const warnings: string[] = [];
    if (foundInverted) {
      warnings.push(
        `Two channels of ${name} cancel each other out, so one was turned over before they were mixed.`,
      );
    }
    warnings.push(...this.endings);
    if (this.firstLossMs !== null) {
      const places = this.lostPlaces === 1 ? 'at' : `in ${this.lostPlaces} places, the first at`;
      const seconds = (this.lostSamples / sampleRateHz).toFixed(1);
      warnings.push(
        `${name} is damaged ${places} ${clock(this.firstLossMs)}: ${seconds} s of sound could not be read.`,
      );
    }
    return { warnings, incomplete: this.endings.length > 0 || this.lostPlaces > 0 };
  }

  /** Where the track should end on the media's clock; null where the file does not say. */
  private promisedEndMs(fromSample: number, endedInError: boolean): number | null {
    const { track, info, firstSample } = this;
    if (track.headerDurationMs && firstSample !== null && fromSample === 0) {
      return firstSample / samplesPerMs + track.headerDurationMs;
    }
    // The whole film's length is the sound's only where there is no picture or other track that may go on longer.
    const isAlone = info.video === null && info.tracks.length === 1;
    return isAlone || endedInError ? info.headerDurationMs : null;
  }
}
