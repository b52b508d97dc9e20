import { matches } from '../../transcript/editing/difference.ts';
import type { Utterance } from './evaluation.ts';
import { wordCore } from './scoringText.ts';

/** `f1` is twice the marks that stand in both texts over all marks of both, 0..1. */
export type MarkScore = { mark: string; f1: number; inReferences: number; inHypotheses: number };

const marks = ['.', ',', '?', '!', ':', ';'];

/**
 * How well marks are set behind words. A word that was recognised wrongly still has the mark that stands behind it:
 * of a stretch in which the texts differ, the marks at its end are compared.
 *
 * @returns for each mark that stands in the references, the most frequent first
 */
export function markScores(utterances: readonly Utterance[]): MarkScore[] {
  const counts = new Map(marks.map((mark) => [mark, { both: 0, inReferences: 0, inHypotheses: 0 }]));
  for (const { reference, hypothesis } of utterances) {
    const [wanted, found] = [marked(reference), marked(hypothesis)];
    for (const { mark } of wanted) if (mark) counts.get(mark)!.inReferences += 1;
    for (const { mark } of found) if (mark) counts.get(mark)!.inHypotheses += 1;
    for (const [place, other] of pairs(wanted, found)) {
      const { mark } = wanted[place];
      if (mark && mark === found[other].mark) counts.get(mark)!.both += 1;
    }
  }
  return [...counts]
    .filter(([, { inReferences }]) => inReferences > 0)
    .map(([mark, { both, inReferences, inHypotheses }]) => ({
      mark,
      f1: (2 * both) / (inReferences + inHypotheses),
      inReferences,
      inHypotheses,
    }))
    .sort((a, b) => b.inReferences - a.inReferences);
}

type MarkedWord = { core: string; mark: string };

function marked(text: string): MarkedWord[] {
  return text.split(/\s+/u).flatMap((token) => {
    const core = wordCore(token);
    const mark = /[.,?!:;](?=["'”’)\]]*$)/.exec(token)?.[0] ?? '';
    return core === '' ? [] : [{ core, mark }];
  });
}

/** Words that stand for each other: equal ones, and the last ones of stretches that differ. */
function pairs(wanted: MarkedWord[], found: MarkedWord[]): [number, number][] {
  const equal = matches(
    wanted.map(({ core }) => core),
    found.map(({ core }) => core),
  );
  const ends: [number, number][] = [...equal, [wanted.length, found.length]];
  return ends.flatMap(([place, other], i): [number, number][] => {
    const [before, otherBefore] = ends[i - 1] ?? [-1, -1];
    const differs = place - 1 > before && other - 1 > otherBefore;
    const gap: [number, number][] = differs ? [[place - 1, other - 1]] : [];
    return place < wanted.length ? [...gap, [place, other]] : gap;
  });
}
