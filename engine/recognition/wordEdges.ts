/**
 * Where a word's own letters were heard, in milliseconds on the media's clock, and the stretch of recording that
 * it must stay in. CTC names a letter once, somewhere inside its sound, so letters alone are too narrow.
 */
export type LetterSpan = { startMs: number; endMs: number; earliestMs: number; latestMs: number };

export type WordEdges = { startMs: number; endMs: number };

/** How far a word reaches before its first letter's frame and beyond its last one's, where there is room. */
export const reach = { leadMs: 40, tailMs: 80 } as const;

/**
 * Widens letter spans to plausible word edges: a fixed reach on both sides, never beyond the recording and never
 * into a neighbour. Where two reaches meet, the room between the two words' letters is parted in their ratio.
 *
 * @param spans in order, not overlapping, each at least a millisecond long.
 * @returns for each span whole milliseconds: start < end, each end at most the next start.
 */
export function wordEdges(spans: LetterSpan[]): WordEdges[] {
  const { leadMs, tailMs } = reach;
  return spans.map((span, i) => {
    const previous = spans[i - 1];
    const next = spans[i + 1];
    const roomBefore = previous ? ((span.startMs - previous.endMs) * leadMs) / (leadMs + tailMs) : Infinity;
    const roomAfter = next ? ((next.startMs - span.endMs) * tailMs) / (leadMs + tailMs) : Infinity;
    return {
      startMs: Math.round(Math.max(span.earliestMs, span.startMs - Math.min(leadMs, roomBefore))),
      endMs: Math.round(Math.min(span.latestMs, span.endMs + Math.min(tailMs, roomAfter))),
    };
  });
}
