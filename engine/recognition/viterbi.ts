import type { AlignmentGraph } from './alignmentGraph.ts';
import { wholeBand, type Band } from './band.ts';
import { leap, leapGoesOn, pointerBits, Trellis, type Costs, type Range } from './trellis.ts';

/** Frames whose back-pointers are held at once; a row of scores is kept for each such block. */
const blockFrames = 256;

/**
 * On frames where the band asks for a beam, states this far below the best one are given up. On 17 minutes of speech
 * through a model with 57 % of its letters wrong, 60 already found what a search of all states does; the rest is for
 * passages that nobody says, of up to some 600 letters.
 */
const beamReach = 200;
/** How many states ahead of the beam a frame looks, so that such a passage can be left out. */
const leapStates = 100;

/**
 * The path of highest score through the graph, within a band. Back-pointers are made again block by block from
 * kept scores (twice the work), so that memory grows with the band's width and not with the recording.
 *
 * @returns the state of each frame, and the score: the sum of the costs on the path.
 */
export function bestStates(
  graph: AlignmentGraph,
  band: Band,
  costs: Costs,
): { states: Int32Array; score: number } {
  const { frames } = costs;
  const trellis = new Trellis(graph, costs);
  const kept: ReturnType<Trellis['takeRow']>[] = [];
  const ranges: Range[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    if (frame % blockFrames === 0) kept.push(trellis.takeRow());
    const range = nextRange(band, frame, trellis.range, graph.longestStep);
    trellis.advance(frame, range, null);
    if (band.isBeam[frame]) trellis.prune(beamReach);
    ranges.push(range);
  }

  const states = new Int32Array(frames);
  let state = bestEnd(graph, trellis);
  const score = trellis.scoreOf(state);
  // Only a band of strange knots can end inside a word, with no way to the end of the text.
  if (score === -Infinity) return bestStates(graph, wholeBand(frames, band.states), costs);
  for (let block = kept.length - 1; block >= 0; block -= 1) {
    const first = block * blockFrames;
    const end = Math.min(frames, first + blockFrames);
    trellis.putRow(kept[block]);
    const pointers: Uint8Array[] = [];
    for (let frame = first; frame < end; frame += 1) {
      const { low, high } = ranges[frame];
      const row = new Uint8Array(high - low + 1);
      trellis.advance(frame, ranges[frame], row);
      if (band.isBeam[frame]) trellis.prune(beamReach);
      pointers.push(row);
    }
    for (let frame = end - 1; frame >= first; frame -= 1) {
      const row = pointers[frame - first];
      const { low } = ranges[frame];
      while ((row[state - low] & pointerBits) === leap) state = beforePassage(graph, row, low, state);
      states[frame] = state;
      const pointer = row[state - low] & pointerBits;
      if (pointer > 0) state = graph.predecessors[graph.predecessorsStart[state] + pointer - 1];
    }
  }
  return { states, score };
}

/** The silence before a passage that was left out, from the silence behind it. */
function beforePassage({ leapsFrom }: AlignmentGraph, row: Uint8Array, low: number, end: number): number {
  let state = end;
  while ((row[state - low] & leapGoesOn) !== 0) state = leapsFrom[state];
  return leapsFrom[state];
}

/** The band's states, or where no path leads into them, as far as the paths there are go on. */
function nextRange(band: Band, frame: number, reached: Range, longestStep: number): Range {
  const furthest = Math.min(reached.high + Math.max(longestStep, leapStates), band.states - 1);
  let low = Math.max(band.low[frame], reached.low);
  let high = band.isBeam[frame] ? Math.min(band.high[frame], furthest) : band.high[frame];
  if (low > furthest) low = reached.low;
  if (high < low) high = furthest;
  return { low, high };
}

function bestEnd({ columns, predecessors, predecessorsStart }: AlignmentGraph, trellis: Trellis): number {
  const last = columns.length - 1;
  const ends = predecessors.subarray(predecessorsStart[last], predecessorsStart[last + 1]);
  return [...ends].reduce((best, end) => (trellis.scoreOf(end) > trellis.scoreOf(best) ? end : best), last);
}
