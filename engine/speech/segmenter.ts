import { sampleRateHz } from '../media/types.ts';
import { chunkSamples } from './vad.ts';

const seconds = (count: number) => Math.round(count * sampleRateHz);

/** Speech begins at this probability and lasts until it falls below the other: low, since a missed word is worse. */
const beginsAt = 0.3;
const lastsAbove = 0.12;
/** A window that never gets surer than this, and hears no more than that, is a click or a breath. */
const surelySpeech = 0.5;
const negligibleSamples = seconds(0.1);
/** Quiet first and last sounds of words, which the detector misses. */
const padding = seconds(0.3);
/** What is longer than this between words is not worth hearing. */
const longestInnerSilence = seconds(1.6);
/** From here on a window ends at the next pause; the recogniser's cost for a second grows with the length. */
const comfortable = seconds(11);
const pause = seconds(0.35);
/** A window never gets longer; with its context it stays under 20 s. */
const longest = seconds(18);
/** Where speech has to be cut, the first part is at least so long. */
const earliestCut = seconds(8);
const shortestUsefulGap = seconds(0.12);

/** Real sound on either side that the recogniser hears too; more where a window was cut within speech. */
const context = seconds(0.4);
const contextAtCut = seconds(1);

export type Span = {
  startSample: number;
  endSample: number;
  /** Samples of context that are wanted before and after. */
  contextBefore: number;
  contextAfter: number;
};

type Open = {
  start: number;
  contextBefore: number;
  lastSpeechEnd: number;
  speechSamples: number;
  surest: number;
  gaps: { start: number; end: number }[];
};

/** The most context that a span asks for. */
export const longestContext = contextAtCut;

/**
 * Turns probabilities of speech, chunk by chunk, into spans to recognise: a row of words with its short pauses, cut at
 * a pause once it is long enough and where it is quietest when there is none.
 */
export class Segmenter {
  private open: Open | null = null;
  private speaking = false;
  /** Nothing may begin before: the stretch's beginning, or the end of the last span. */
  private free: number;
  private readonly quietest: (from: number, to: number) => number;

  /**
   * @param startSample where the stretch begins
   * @param quietest finds the quietest place in a range that lies at most 20 s back
   */
  constructor(startSample: number, quietest: (from: number, to: number) => number) {
    this.free = startSample;
    this.quietest = quietest;
  }

  /** The next span cannot begin before this, when all up to `position` has been given. */
  earliestStart(position: number): number {
    return this.open?.start ?? Math.max(this.free, position - padding);
  }

  /** @param position where the chunk begins */
  push(position: number, probability: number): Span[] {
    this.speaking = probability >= (this.speaking ? lastsAbove : beginsAt);
    const end = position + chunkSamples;
    if (this.speaking) this.hear(position, end, probability);
    if (!this.open) return [];
    const { start, lastSpeechEnd } = this.open;
    const silence = end - lastSpeechEnd;
    if (silence >= longestInnerSilence) return this.close(lastSpeechEnd + padding);
    if (silence >= pause && lastSpeechEnd - start >= comfortable) {
      return this.close(lastSpeechEnd + Math.round(Math.min(padding, silence / 2)));
    }
    return end - start >= longest ? this.cut(end) : [];
  }

  /** @param endSample where the stretch ends */
  end(endSample: number): Span[] {
    return this.open ? this.close(Math.min(this.open.lastSpeechEnd + padding, endSample)) : [];
  }

  private hear(position: number, end: number, probability: number): void {
    this.open ??= {
      start: Math.max(this.free, position - padding),
      contextBefore: context,
      lastSpeechEnd: position,
      speechSamples: 0,
      surest: 0,
      gaps: [],
    };
    const { open } = this;
    if (position - open.lastSpeechEnd >= shortestUsefulGap) {
      open.gaps.push({ start: open.lastSpeechEnd, end: position });
    }
    open.lastSpeechEnd = end;
    open.speechSamples += chunkSamples;
    open.surest = Math.max(open.surest, probability);
  }

  private close(endSample: number, contextAfter = context): Span[] {
    const { start, contextBefore, surest, speechSamples } = this.open!;
    this.open = null;
    if (surest < surelySpeech && speechSamples <= negligibleSamples) return [];
    this.free = endSample;
    return endSample > start ? [{ startSample: start, endSample, contextBefore, contextAfter }] : [];
  }

  /** No pause for so long: the longest gap between words does, or else the quietest moment. */
  private cut(now: number): Span[] {
    const before = this.open!;
    const gap = before.gaps
      .filter(({ start }) => start >= before.start + earliestCut)
      .reduce<Open['gaps'][number] | null>(
        (widest, candidate) => (widest && length(widest) >= length(candidate) ? widest : candidate),
        null,
      );
    const at = gap
      ? Math.round((gap.start + gap.end) / 2)
      : this.quietest(before.start + earliestCut, now - shortestUsefulGap);
    const wanted = gap ? context : contextAtCut;
    const spans = this.close(at, wanted);
    this.open = {
      ...before,
      start: at,
      contextBefore: wanted,
      speechSamples: Math.max(0, before.lastSpeechEnd - at),
      gaps: before.gaps.filter(({ start }) => start >= at),
    };
    return spans;
  }
}

function length({ start, end }: { start: number; end: number }): number {
  return end - start;
}
