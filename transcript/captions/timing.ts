import { tailMs, type CaptionRules } from './rules.ts';

/** When the words of a cue are heard, and what a person fixed. */
export type CueSpan = {
  startMs: number;
  endMs: number;
  /** To be read, as `displayWidth` counts. */
  characters: number;
  fixedStartMs?: number;
  fixedEndMs?: number;
};

/** How a cue is timed; word cues know neither a shortest time nor a tail. */
export type TimingRules = Pick<
  CaptionRules,
  'minDurationMs' | 'maxDurationMs' | 'maxCharsPerSecond' | 'minGapMs'
> & { tailMs: number };

export function timingRules(rules: CaptionRules): TimingRules {
  return { ...rules, tailMs };
}

function startOf(span: CueSpan, before: { span: CueSpan; startMs: number } | undefined, rules: TimingRules) {
  const wantedMs = span.fixedStartMs ?? span.startMs;
  if (before === undefined) return wantedMs;
  const { fixedEndMs, endMs: heardUntilMs } = before.span;
  const shortestMs = (heard: number) => Math.min(heard, rules.minDurationMs);
  if (span.fixedStartMs !== undefined) {
    // A fixed start pushes the cue before it together, but not out of sight.
    const leftMs = fixedEndMs === undefined ? Math.max(1, shortestMs(heardUntilMs - before.startMs)) : 1;
    return Math.max(wantedMs, before.startMs + leftMs);
  }
  let startMs = wantedMs;
  if (fixedEndMs !== undefined) {
    const latestMs = Math.max(span.startMs, span.endMs - shortestMs(span.endMs - span.startMs));
    startMs = Math.max(startMs, Math.min(fixedEndMs + rules.minGapMs, latestMs));
  } else if (heardUntilMs > wantedMs && wantedMs - before.startMs < rules.minDurationMs) {
    // Two that are heard at once but share no cue: each gets half of the time.
    const halfMs = Math.ceil((Math.max(heardUntilMs, span.endMs) - before.startMs) / 2);
    startMs = Math.max(startMs, Math.min(before.startMs + halfMs, span.endMs - 1));
  }
  return Math.max(startMs, before.startMs + 1);
}

function endOf(span: CueSpan, startMs: number, nextStartMs: number, mediaEndMs: number, rules: TimingRules) {
  if (span.fixedEndMs !== undefined) return Math.max(startMs + 1, Math.min(span.fixedEndMs, nextStartMs));
  const readMs = Math.ceil((span.characters / rules.maxCharsPerSecond) * 1000);
  const wantedMs = Math.max(span.endMs + rules.tailMs, startMs + Math.max(rules.minDurationMs, readMs));
  const roomMs = nextStartMs - startMs;
  // The gap yields where the next cue comes so soon that nothing would be left.
  const gapMs = Math.min(rules.minGapMs, Math.floor(roomMs / 2));
  const endMs = Math.min(
    wantedMs,
    nextStartMs - gapMs,
    startMs + rules.maxDurationMs,
    // A length of 0 is one that nobody knows.
    mediaEndMs > 0 ? Math.max(mediaEndMs, span.endMs) : Infinity,
  );
  return Math.max(endMs, startMs + 1);
}

/**
 * When cues stand on the screen: from their first word to a short tail after their last, longer where they
 * are too short to be read and there is room. Starts ascend and no cue reaches into the next, whatever the
 * words and the fixed times say.
 */
export function timeCues(
  spans: readonly CueSpan[],
  rules: TimingRules,
  mediaEndMs: number,
): { startMs: number; endMs: number }[] {
  const starts: number[] = [];
  spans.forEach((span, index) => {
    const before = index > 0 ? { span: spans[index - 1], startMs: starts[index - 1] } : undefined;
    starts.push(startOf(span, before, rules));
  });
  // Cues that were moved apart at the very end still begin inside the media.
  let latestMs = mediaEndMs > 0 ? mediaEndMs - 1 : Infinity;
  for (let index = starts.length - 1; index >= 0 && starts[index] > latestMs; index -= 1) {
    starts[index] = Math.max(index, latestMs);
    latestMs = starts[index] - 1;
  }
  return spans.map((span, index) => ({
    startMs: starts[index],
    endMs: endOf(span, starts[index], starts[index + 1] ?? Infinity, mediaEndMs, rules),
  }));
}
