import type { ModelManifest } from '../../native-models/model.ts';
import { alignmentGraph, type AlignmentGraph } from './alignmentGraph.ts';
import { searchBand } from './band.ts';
import { FrameSequence } from './frameSequence.ts';
import { spellings } from './spelling.ts';
import { tokenise } from './tokenise.ts';
import type { LogProbabilities } from './types.ts';
import { searchCosts } from './searchCosts.ts';
import { layOut, type PlacedWord } from './unplaced.ts';
import { bestStates } from './viterbi.ts';
import { wordEdges } from './wordEdges.ts';

export type WordToAlign = {
  /** As written. */
  text: string;
  /** What was said, where that is known and differs; it is spelled in place of the text. */
  spoken?: string;
};

export type AlignedWord = {
  /** As it was given. */
  text: string;
  startMs: number;
  endMs: number;
  /**
   * How well the word fits the sound, 0..1: over the frames on which the word has a letter or the model hears one,
   * the mean of the word's probability divided by that of the likeliest token. 0 for a word that the recording has
   * not; 1 for one without a letter to say, as nothing speaks against it.
   */
  alignment: number;
  /** The spelling that was found, in the model's letters; null where the word has none or was left out. */
  spoken: string | null;
};

export type AlignmentOptions = {
  /** Only what lies from here … */
  fromMs?: number;
  /** … to here is used, and all words are put there: for an edited span, its neighbours' edges. */
  toMs?: number;
};

/**
 * CTC forced alignment: gives every word of a text its place in a recording, by the likeliest path of its letters
 * through stored log-probabilities (Viterbi, within a band around places that surely agree). Words that the
 * recording has not, and sound that the text has not, are passed over at a price.
 *
 * Takes about a second for an hour of speech; use alignInWorker where nothing may wait.
 *
 * @param pieces log-probabilities on one clock; what lies between them counts as silence.
 * @returns all words in their order, each start < end, none reaching into the next; words that fit badly have a
 * low `alignment`, words without letters a sliver between their neighbours.
 * @throws RangeError where a piece was made with another vocabulary.
 */
export function alignWords(
  pieces: LogProbabilities[],
  words: WordToAlign[],
  manifest: ModelManifest,
  options: AlignmentOptions = {},
): AlignedWord[] {
  const range = { fromMs: options.fromMs ?? 0, toMs: options.toMs ?? Infinity };
  const sequence = new FrameSequence(pieces, manifest, range);
  const spelled = words.map(({ text, spoken }) =>
    spellings(spoken ?? text, manifest)
      .map((spelling) => ({ spelling, ids: tokenise(spelling, sequence.tokens) }))
      .filter(({ ids }) => ids.length > 0),
  );
  const sayable = spelled.flatMap((candidates, word) => (candidates.length > 0 ? [word] : []));
  const found = place(
    sequence,
    sayable.map((word) => ({ spellings: spelled[word].map(({ ids }) => ids) })),
  );
  const placed = new Map<number, PlacedWord & Found>();
  const heard = found.flatMap((each, i) => (each === null ? [] : [{ ...each, word: sayable[i] }]));
  wordEdges(heard.map(({ startFrame, endFrame }) => spanOf(sequence, startFrame, endFrame))).forEach(
    (edges, i) => placed.set(heard[i].word, { ...heard[i], ...edges }),
  );
  const times = layOut(
    words.map((_, word) => placed.get(word) ?? { letters: spelled[word][0]?.spelling.length ?? 0 }),
    boundsOf(sequence, options),
  );
  return words.map(({ text }, word) => {
    const at = placed.get(word);
    return {
      text,
      ...times[word],
      alignment: at?.score ?? (spelled[word].length > 0 ? 0 : 1),
      spoken: at === undefined ? null : spelled[word][at.spelling].spelling,
    };
  });
}

const dearUnsaidLetter = 3;

type Found = { startFrame: number; endFrame: number; spelling: number; score: number };

/** Finds each word's letters; null for one that was left out. */
function place(sequence: FrameSequence, words: { spellings: number[][][] }[]): (Found | null)[] {
  if (sequence.frames === 0 || words.length === 0) return words.map(() => null);
  const graph = alignmentGraph(words, { blank: sequence.insideId, between: sequence.betweenId });
  const band = searchBand(graph, sequence);
  const costs = searchCosts(sequence, graph);
  const search = (unsaidLetter: number) =>
    scoreWords(graph, sequence, bestStates(graph, band, { ...costs, unsaidLetter }).states, words.length);
  const found = search(costs.unsaidLetter);
  if (!band.isBeam.includes(1)) return found;
  // A beam follows what looks best up to here, so that where a text says things twice it may leave out what lies
  // between, for good; where it may not, it is lost at a passage that nobody says. One of the two knows better.
  const other = search(costs.unsaidLetter - dearUnsaidLetter);
  const lettersHeard = (each: (Found | null)[]) =>
    each.reduce((sum, at, word) => sum + (at?.score ?? 0) * words[word].spellings[0].flat().length, 0);
  return lettersHeard(found) > lettersHeard(other) ? found : other;
}

function scoreWords(
  graph: AlignmentGraph,
  sequence: FrameSequence,
  states: Int32Array,
  wordCount: number,
): (Found | null)[] {
  const costs = new Float64Array(sequence.columns);
  const found = new Array<Found | null>(wordCount).fill(null);
  const told = new Float64Array(wordCount);
  states.forEach((state, frame) => {
    const word = graph.words[state];
    if (word < 0) return;
    const likeliest = sequence.readCosts(frame, costs);
    const at = (found[word] ??= {
      startFrame: frame,
      endFrame: 0,
      spelling: graph.spellings[state],
      score: 0,
    });
    at.endFrame = frame + 1;
    if (graph.isLetter[state] || sequence.tokens.kinds[likeliest] === 'text') {
      at.score += Math.exp(costs[graph.columns[state]]);
      told[word] += 1;
    }
  });
  return found.map((at, word) => at && { ...at, score: Math.min(1, at.score / told[word]) });
}

function spanOf(sequence: FrameSequence, startFrame: number, endFrame: number) {
  const first = sequence.placeMs(startFrame);
  const last = sequence.placeMs(endFrame - 1);
  return {
    startMs: first.startMs,
    endMs: last.endMs,
    earliestMs: first.earliestMs,
    latestMs: last.latestMs,
  };
}

function boundsOf(sequence: FrameSequence, { fromMs, toMs }: AlignmentOptions) {
  const last = sequence.frames - 1;
  return {
    fromMs: fromMs ?? (last < 0 ? 0 : sequence.placeMs(0).startMs),
    toMs: toMs ?? (last < 0 ? Infinity : sequence.placeMs(last).endMs),
  };
}
