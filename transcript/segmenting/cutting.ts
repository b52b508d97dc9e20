import type { Word } from '../document.ts';
import { endsClause, endsSentence, isShortTitle } from '../wording.ts';

export type SegmentRules = {
  /** A silence that ends a segment, unless it holds only a word or two of an unfinished sentence. */
  pauseMs: number;
  /** A silence that ends a segment always. */
  longPauseMs: number;
  /** The most that a segment holds; a sentence that ends past half of it ends the segment. */
  maxWords: number;
  maxDurationMs: number;
};

export const defaultSegmentRules: SegmentRules = {
  pauseMs: 700,
  longPauseMs: 2000,
  maxWords: 60,
  maxDurationMs: 30_000,
};

export type Cuttable = Pick<Word, 'text' | 'startMs' | 'endMs'>;

/** Fewer words than this are no segment, unless they are a sentence or stand alone in silence. */
const fewWords = 3;
/** What the end of a sentence or of a part of one counts for, in milliseconds of silence. */
const sentenceWorthMs = 1000;
const clauseWorthMs = 250;

/**
 * Where the segment that `current` fills must be cut when `next` follows it: the index of the word that begins
 * a new segment, `current.length` for `next` itself; null where `next` joins the segment.
 *
 * It looks at the words of this segment and the next one only, so that words which come in portions are cut as
 * they would be all at once.
 */
export function cutBefore(
  current: readonly Cuttable[],
  next: Cuttable,
  rules: SegmentRules = defaultSegmentRules,
): number | null {
  const last = current.at(-1);
  if (!last) {
    return null;
  }
  const silenceMs = next.startMs - last.endMs;
  const sentence = endsSentence(last.text);
  if (
    silenceMs >= rules.longPauseMs ||
    (silenceMs >= rules.pauseMs && (sentence || current.length >= fewWords) && !isShortTitle(last.text))
  ) {
    return current.length;
  }
  const halfFull =
    current.length * 2 >= rules.maxWords || (last.endMs - current[0].startMs) * 2 >= rules.maxDurationMs;
  if (sentence && halfFull) {
    return current.length;
  }
  const full = current.length >= rules.maxWords || next.endMs - current[0].startMs > rules.maxDurationMs;
  return full ? bestCut(current, next) : null;
}

/** The widest gap, ends of sentences counted as wide ones, that leaves more than a word or two before it. */
function bestCut(current: readonly Cuttable[], next: Cuttable): number {
  let best = current.length;
  let bestWorthMs = -1;
  for (let place = Math.min(fewWords, current.length); place <= current.length; place++) {
    const before = current[place - 1];
    const after = current[place] ?? next;
    if (isShortTitle(before.text)) continue;
    const worthMs =
      after.startMs -
      before.endMs +
      (endsSentence(before.text) ? sentenceWorthMs : endsClause(before.text) ? clauseWorthMs : 0);
    if (worthMs >= bestWorthMs) {
      best = place;
      bestWorthMs = worthMs;
    }
  }
  return best;
}

/** Cuts one speaker's words, in order, into the runs that make segments. */
export function cutIntoSegments<T extends Cuttable>(
  words: readonly T[],
  rules: SegmentRules = defaultSegmentRules,
): T[][] {
  const segments: T[][] = [];
  let current: T[] = [];
  for (const word of words) {
    // After a cut inside, what is left may have to be cut again.
    for (let cut = cutBefore(current, word, rules); cut !== null; cut = cutBefore(current, word, rules)) {
      segments.push(current.slice(0, cut));
      current = current.slice(cut);
    }
    current.push(word);
  }
  return current.length > 0 ? [...segments, current] : segments;
}
