import type { AlignmentGraph } from './alignmentGraph.ts';
import type { FrameSequence } from './frameSequence.ts';
import type { Costs } from './trellis.ts';

/** A word is left out only where it fits this badly: a single one seldom, a long passage that nobody says surely. */
const unsaidPassage = -45;
/** Each letter left out costs this much more than to pass over as much that is said and not in the text. */
const unsaidLetter = -0.25;
/** Sure models would make that so dear that unsaid letters were put anywhere instead. */
const mostLetterWorth = 6;

/**
 * What paths pay on a recording. Models differ much in how sure they are, so what a letter is worth comes from the
 * recording itself: what it costs, a letter of the text, to pass over all that is said.
 */
export function searchCosts(sequence: FrameSequence, graph: AlignmentGraph): Costs {
  const row = new Float64Array(sequence.columns);
  let passedOver = 0;
  for (let frame = 0; frame < sequence.frames; frame += 1) {
    sequence.readCosts(frame, row);
    passedOver -= row[sequence.betweenId];
  }
  const letterWorth = Math.min(mostLetterWorth, passedOver / graph.progress[graph.progress.length - 1]);
  return {
    frames: sequence.frames,
    columns: sequence.columns,
    readCosts: (frame, costs) => sequence.readCosts(frame, costs),
    unsaidPassage,
    unsaidLetter: unsaidLetter - letterWorth,
    letterWorth,
  };
}
