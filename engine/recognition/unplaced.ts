import type { WordEdges } from './wordEdges.ts';

export type PlacedWord = WordEdges;
/** A word that was not heard; `letters` is 0 for one that cannot be. */
export type UnplacedWord = { letters: number };

/** How long an unheard word lasts where there is room, and what its neighbours give up where there is none. */
const sliverMs = 20;
const letterMs = 80;

/**
 * Gives words without a place one between their neighbours: in the room that these leave, or else in slivers taken
 * from both. Then mends whatever is out of order.
 *
 * @param bounds all words are put between these, widened only where they are too few milliseconds for so many words.
 * @returns whole milliseconds, start < end, each end at most the next start.
 */
export function layOut(
  words: (PlacedWord | UnplacedWord)[],
  bounds: { fromMs: number; toMs: number },
): WordEdges[] {
  const times = words.map((word) =>
    'startMs' in word ? { startMs: word.startMs, endMs: word.endMs } : null,
  );
  for (let first = 0; first < words.length; first += 1) {
    if (times[first] !== null) continue;
    let end = first;
    while (end < words.length && times[end] === null) end += 1;
    const group = words.slice(first, end).map((word) => ('letters' in word ? word.letters : 0));
    fill(group, times[first - 1] ?? null, times[end] ?? null, bounds).forEach(
      (edges, i) => (times[first + i] = edges),
    );
    first = end - 1;
  }
  return inOrder(
    times.map((edges) => edges!),
    bounds,
  );
}

/** Shares the room between two neighbours among words, and shortens the neighbours where it is too small. */
function fill(
  letters: number[],
  before: WordEdges | null,
  after: WordEdges | null,
  bounds: { fromMs: number; toMs: number },
): WordEdges[] {
  let from = before?.endMs ?? bounds.fromMs;
  const wanted = letters.map((count) => Math.max(sliverMs, count * letterMs));
  const total = wanted.reduce((sum, ms) => sum + ms, 0);
  let to = after?.startMs ?? Math.min(bounds.toMs, from + total);
  const missing = letters.length * sliverMs - (to - from);
  if (missing > 0) {
    const half = (word: WordEdges | null) => (word === null ? 0 : (word.endMs - word.startMs) / 2);
    const share = Math.min(1, missing / (half(before) + half(after) || 1));
    from = Math.ceil(from - share * half(before));
    to = Math.floor(to + share * half(after));
    if (before) before.endMs = from;
    if (after) after.startMs = to;
  }
  const scale = Math.min(1, (to - from) / total);
  let at = from;
  return wanted.map((ms) => {
    const startMs = Math.round(at);
    at += ms * scale;
    return { startMs, endMs: Math.round(at) };
  });
}

/** Pushes words apart until each lasts at least a millisecond and none overlap, first on, then back from the end. */
function inOrder(times: WordEdges[], { fromMs, toMs }: { fromMs: number; toMs: number }): WordEdges[] {
  let earliest = Math.ceil(fromMs);
  for (const edges of times) {
    edges.startMs = Math.max(edges.startMs, earliest);
    edges.endMs = Math.max(edges.endMs, edges.startMs + 1);
    earliest = edges.endMs;
  }
  let latest = Math.max(Math.floor(toMs), Math.ceil(fromMs) + times.length);
  for (const edges of times.toReversed()) {
    edges.endMs = Math.min(edges.endMs, latest);
    edges.startMs = Math.min(edges.startMs, edges.endMs - 1);
    latest = edges.startMs;
  }
  return times;
}
