import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import { editCounts, type EditCounts } from './editDistance.ts';
import { markScores, type MarkScore } from './markScores.ts';
import { scoringReadings } from './scoringText.ts';
import { timingScore, type TimedUtterance, type TimingScore } from './timing.ts';

/** The words of either text with their times, where they are known. */
export type Utterance = { id: string; reference: string; hypothesis: string } & TimedUtterance;

export type WorstUtterance = Omit<Utterance, keyof TimedUtterance> & { errors: number; wer: number };

export type Evaluation = {
  /** Word and character errors after normalisation, as fractions of the reference; above 1 where much is inserted. */
  wer: number;
  cer: number;
  /** Where the word error rate lies with 95 % certainty, told by drawing utterances anew; null for less than two. */
  werInterval: Interval | null;
  /** The same before normalisation: texts as they stand, cut at white space. */
  werRaw: number;
  cerRaw: number;
  /** Words of the references, after normalisation. */
  words: number;
  utterances: number;
  /** Word errors after normalisation. */
  counts: EditCounts;
  /** How well marks are set, for those that the references have; empty where they have none. */
  marks: MarkScore[];
  /** How true the words' times are; null where none can be compared. */
  timing: TimingScore | null;
  /** Utterances with the most word errors after normalisation; none without an error. */
  worst: WorstUtterance[];
};

/** What normalisation does, for a person. */
export const normalisationSaid =
  'Case, punctuation and kinds of apostrophes do not count, hyphens part words, digits and signs are read out in English, and each Chinese or Japanese character is a word.';

/**
 * Word and character error rates of recognised texts against true ones, over all utterances together.
 * @param options.worst how many of the worst utterances to name, 10 unless told.
 */
export function evaluate(utterances: readonly Utterance[], options: { worst?: number } = {}): Evaluation {
  const words = new Tally();
  const characters = new Tally();
  const rawWords = new Tally();
  const rawCharacters = new Tally();
  const worst: WorstUtterance[] = [];
  const single: { errors: number; length: number }[] = [];
  for (const utterance of utterances) {
    const [reference, hypothesis] = closestReadings(utterance);
    const counts = words.add(reference, hypothesis);
    single.push({ errors: counts.errors, length: reference.length });
    characters.add([...reference.join(' ')], [...hypothesis.join(' ')]);
    const [rawReference, rawHypothesis] = [utterance.reference, utterance.hypothesis].map(tokensOf);
    rawWords.add(rawReference, rawHypothesis);
    rawCharacters.add([...rawReference.join(' ')], [...rawHypothesis.join(' ')]);
    if (counts.errors > 0) {
      worst.push({
        id: utterance.id,
        reference: utterance.reference,
        hypothesis: utterance.hypothesis,
        errors: counts.errors,
        wer: counts.errors / Math.max(1, reference.length),
      });
    }
  }
  worst.sort((a, b) => b.errors - a.errors || b.wer - a.wer);
  return {
    wer: words.rate,
    cer: characters.rate,
    werInterval: bootstrapIntervals(single, (drawn) => ({ wer: rateOf(drawn) }))?.wer ?? null,
    werRaw: rawWords.rate,
    cerRaw: rawCharacters.rate,
    words: words.length,
    utterances: utterances.length,
    counts: words.counts,
    marks: markScores(utterances),
    timing: timingScore(utterances),
    worst: worst.slice(0, options.worst ?? 10),
  };
}

function rateOf(units: readonly { errors: number; length: number }[]): number {
  const errors = units.reduce((sum, unit) => sum + unit.errors, 0);
  return (
    errors /
    Math.max(
      1,
      units.reduce((sum, unit) => sum + unit.length, 0),
    )
  );
}

class Tally {
  readonly counts: EditCounts = { substitutions: 0, insertions: 0, deletions: 0, errors: 0 };
  /** Of the references. */
  length = 0;

  add(reference: readonly string[], hypothesis: readonly string[]): EditCounts {
    const counts = editCounts(reference, hypothesis);
    for (const key of ['substitutions', 'insertions', 'deletions', 'errors'] as const) {
      this.counts[key] += counts[key];
    }
    this.length += reference.length;
    return counts;
  }

  get rate(): number {
    return this.counts.errors / Math.max(1, this.length);
  }
}

const tokensOf = (text: string) => text.split(/\s+/u).filter((token) => token !== '');

/**
 * Both texts in normal form. What can be read in several ways (1999) is read as the other text has it; where that has
 * several of them somewhere, as the fewest errors come of it; and where it has none, in the likeliest way.
 */
function closestReadings({ reference, hypothesis }: Utterance): [string[], string[]] {
  const sides = [scoringReadings(reference), scoringReadings(hypothesis)];
  const chosen = sides.map((readings) => readings.map(([first]) => first));
  const spaced = (words: string[]) => ` ${words.join(' ')} `;
  sides.forEach((readings, side) => {
    const other = spaced(chosen[1 - side].flat());
    readings.forEach((alternatives, token) => {
      const heard = alternatives.filter((alternative) => other.includes(spaced(alternative)));
      if (alternatives.length === 1 || heard.length === 0) return;
      const errors = heard.map((alternative) => {
        chosen[side][token] = alternative;
        return heard.length === 1 ? 0 : editCounts(chosen[0].flat(), chosen[1].flat()).errors;
      });
      chosen[side][token] = heard[errors.indexOf(Math.min(...errors))];
    });
  });
  return [chosen[0].flat(), chosen[1].flat()];
}
