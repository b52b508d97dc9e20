import { sampleRateHz } from '../media/types.ts';

/** The frames of a word's own letters: from the first letter's first frame up to, not with, `endFrame`. */
export type LetterSpan = { startFrame: number; endFrame: number };

/** Where frames lie on the media's clock, as in LogProbabilities. */
export type FrameClock = { frames: number; startSample: number; hopSamples: number };

/**
 * How far a word reaches beyond its letters' frames. CTC names a letter once, somewhere inside its sound, so a
 * word begins before its first letter and sounds on after its last.
 */
const leadMs = 40;
const tailMs = 80;

/**
 * Widens letter spans to plausible word edges: a fixed reach on both sides, never beyond the piece and never into
 * a neighbour. Where two reaches meet, the room between the two words' letters is parted in the ratio of the reaches.
 *
 * @param spans in order, not overlapping, none empty.
 * @returns for each span whole milliseconds on the media's clock: start < end, each end at most the next start.
 */
export function wordEdges(spans: LetterSpan[], clock: FrameClock): { startMs: number; endMs: number }[] {
  const framesPerMs = sampleRateHz / 1000 / clock.hopSamples;
  const lead = leadMs * framesPerMs;
  const tail = tailMs * framesPerMs;
  const toMs = (frame: number) =>
    Math.round(((clock.startSample + frame * clock.hopSamples) * 1000) / sampleRateHz);
  // The room after span i, shared by its tail and the next one's lead.
  const room = (i: number) => spans[i + 1].startFrame - spans[i].endFrame;
  return spans.map((span, i) => {
    const reachBack = i === 0 ? span.startFrame : Math.min(lead, (room(i - 1) * lead) / (lead + tail));
    const reachOn =
      i === spans.length - 1
        ? clock.frames - span.endFrame
        : Math.min(tail, (room(i) * tail) / (lead + tail));
    return {
      startMs: toMs(span.startFrame - Math.min(lead, reachBack)),
      endMs: toMs(span.endFrame + Math.min(tail, reachOn)),
    };
  });
}
