/**
 * Where a word's own letters were heard, in milliseconds on the media's clock, and the stretch of recording that
 * it must stay in. CTC names a letter once, somewhere inside its sound, so letters alone are too narrow.
 */
export type LetterSpan = { startMs: number; endMs: number; earliestMs: number; latestMs: number };

export type WordEdges = { startMs: number; endMs: number };

/**
 * How far a word reaches before its first letter's frame and beyond its last one's, and the share of a shorter gap
 * between two words' letters that belongs to the second. Fitted to 750 words of LibriSpeech and CMU Arctic
 * sentences whose times came from another aligner (test/fixtures/grid-logprobs/README.md): there the first letter
 * lies 55 ms late, the last one 75 ms early, and a boundary at four tenths of the gap. The lead is kept shorter
 * than that, so that a start also stays within 60 ms of the letter that a plain decoder names, wherever a clip is put. How soft
 * the frames beside a letter are was tried too, and says nothing about where the sound begins.
 */
const leadMs = 35;
const tailMs = 75;
const leadShare = 0.6;

/**
 * Widens letter spans to plausible word edges: a fixed reach on both sides, never beyond the recording and never
 * into a neighbour. Where two reaches would meet, they part the room between them.
 *
 * @param spans in order, not overlapping, each at least a millisecond long.
 * @returns for each span whole milliseconds: start < end, each end at most the next start.
 */
export function wordEdges(spans: LetterSpan[]): WordEdges[] {
  const gapAfter = (i: number) =>
    i < 0 || i + 1 >= spans.length ? Infinity : spans[i + 1].startMs - spans[i].endMs;
  const lead = (gap: number) => Math.min(leadMs, gap * leadShare);
  const tail = (gap: number) => Math.min(tailMs, gap - lead(gap));
  return spans.map((span, i) => ({
    startMs: Math.round(Math.max(span.earliestMs, span.startMs - lead(gapAfter(i - 1)))),
    endMs: Math.round(Math.min(span.latestMs, span.endMs + tail(gapAfter(i)))),
  }));
}
