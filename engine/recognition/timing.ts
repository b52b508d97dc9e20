import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import { sameWords, type TimedWord } from './sameWords.ts';

export type TimedUtterance = {
  referenceWords?: readonly TimedWord[];
  hypothesisWords?: readonly TimedWord[];
};

/** How far times are from the true ones, early or late. */
export type Distances = {
  meanMs: number;
  medianMs: number;
  percentile95Ms: number;
  /** The share that is at most 100 ms away, 0..1. */
  within100Ms: number;
};

/** `intervals`: where each lies with 95 % certainty; null for less than two utterances. */
export type DistanceScore = Distances & { intervals: Record<keyof Distances, Interval> | null };

export type TimingScore = {
  /** Words of the references that have a time, and those of them that were recognised and compared. */
  words: number;
  compared: number;
  starts: DistanceScore;
  ends: DistanceScore;
};

/**
 * How far the times of recognised words are from the true ones. Words that were recognised rightly are compared.
 * @returns null where no word can be compared
 */
export function timingScore(utterances: readonly TimedUtterance[]): TimingScore | null {
  const compared = utterances
    .map(({ referenceWords = [], hypothesisWords = [] }) =>
      sameWords(referenceWords, hypothesisWords).map(([place, other]) => ({
        startMs: Math.abs(referenceWords[place].startMs - hypothesisWords[other].startMs),
        endMs: Math.abs(referenceWords[place].endMs - hypothesisWords[other].endMs),
      })),
    )
    .filter(({ length }) => length > 0);
  if (compared.length === 0) return null;
  return {
    words: utterances.reduce((sum, { referenceWords = [] }) => sum + referenceWords.length, 0),
    compared: compared.reduce((sum, { length }) => sum + length, 0),
    starts: scoreOf(compared.map((words) => words.map(({ startMs }) => startMs))),
    ends: scoreOf(compared.map((words) => words.map(({ endMs }) => endMs))),
  };
}

/** @param units the distances of each utterance */
function scoreOf(units: number[][]): DistanceScore {
  return { ...distances(units), intervals: bootstrapIntervals(units, distances) };
}

function distances(units: number[][]): Distances {
  const sorted = Float64Array.from(units.flat()).sort();
  return {
    meanMs: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    medianMs: quantile(sorted, 0.5),
    percentile95Ms: quantile(sorted, 0.95),
    within100Ms: sorted.filter((value) => value <= 100).length / sorted.length,
  };
}

/** Between two values, in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
