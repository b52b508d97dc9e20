import type { AlignmentGraph } from './alignmentGraph.ts';

/** The states that are searched on each frame: low[t] up to and with high[t], neither ever falling. */
export type Band = { low: Int32Array; high: Int32Array };

export type Costs = {
  frames: number;
  columns: number;
  readCosts(frame: number, costs: Float64Array): number;
};

/** Frames whose back-pointers are held at once; a row of scores is kept for each such block. */
const blockFrames = 256;

/** Back-pointers: 0 stays in the state, 1 + k comes from its kth predecessor, `leap` left a word out on this frame. */
const leap = 255;

/**
 * The path of highest score through the graph, within a band. Back-pointers are made again block by block from
 * kept scores (twice the work), so that memory grows with the band's width and not with the recording.
 *
 * @returns the state of each frame, and the score: the sum of the costs on the path, -Infinity (and no states)
 * where the band cuts every path.
 */
export function bestStates(
  graph: AlignmentGraph,
  band: Band,
  costs: Costs,
): { states: Int32Array; score: number } {
  const { frames } = costs;
  const trellis = new Trellis(graph, band, costs);
  const kept: Float64Array[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    if (frame % blockFrames === 0) kept.push(trellis.takeRow(frame - 1));
    trellis.advance(frame, null);
  }
  const final = finalStates(graph).filter((s) => s >= band.low[frames - 1] && s <= band.high[frames - 1]);
  let state = -1;
  let score = -Infinity;
  for (const s of final) {
    const reached = trellis.scoreOf(frames - 1, s);
    if (reached > score) [state, score] = [s, reached];
  }
  const states = new Int32Array(score === -Infinity ? 0 : frames);
  if (states.length === 0) return { states, score };

  for (let block = kept.length - 1; block >= 0; block -= 1) {
    const first = block * blockFrames;
    const end = Math.min(frames, first + blockFrames);
    trellis.putRow(first - 1, kept[block]);
    const pointers: Uint8Array[] = [];
    for (let frame = first; frame < end; frame += 1) {
      const row = new Uint8Array(band.high[frame] - band.low[frame] + 1);
      trellis.advance(frame, row);
      pointers.push(row);
    }
    for (let frame = end - 1; frame >= first; frame -= 1) {
      const row = pointers[frame - first];
      const low = band.low[frame];
      while (row[state - low] === leap) state = graph.leapsFrom[state];
      states[frame] = state;
      const pointer = row[state - low];
      if (pointer > 0) state = graph.predecessors[graph.predecessorsStart[state] + pointer - 1];
    }
  }
  return { states, score };
}

function finalStates({ columns, predecessors, predecessorsStart }: AlignmentGraph): number[] {
  const last = columns.length - 1;
  return [last, ...predecessors.subarray(predecessorsStart[last], predecessorsStart[last + 1])];
}

class Trellis {
  readonly #graph: AlignmentGraph;
  readonly #band: Band;
  readonly #costs: Costs;
  readonly #frameCosts: Float64Array;
  /** Two rows in turn, a frame's at its parity; all that lies outside the band of the row's frame is -Infinity. */
  readonly #rows: [Float64Array, Float64Array];
  readonly #leapCostOf: Float64Array;
  /** How many predecessors a state has, where they are the states just before it, nearest first; else 0. */
  readonly #nearby: Uint8Array;

  constructor(graph: AlignmentGraph, band: Band, costs: Costs) {
    this.#graph = graph;
    this.#band = band;
    this.#costs = costs;
    this.#frameCosts = new Float64Array(costs.columns);
    const states = graph.columns.length;
    this.#rows = [new Float64Array(states).fill(-Infinity), new Float64Array(states).fill(-Infinity)];
    this.#rows[1][0] = 0; // before frame 0: in the first silence
    this.#leapCostOf = new Float64Array(states);
    graph.leapCosts.forEach((cost, word) => (this.#leapCostOf[graph.silences[word + 1]] = cost));
    this.#nearby = Uint8Array.from(graph.columns, (_, state) => {
      const from = graph.predecessors.subarray(
        graph.predecessorsStart[state],
        graph.predecessorsStart[state + 1],
      );
      return from.length <= 2 && from.every((predecessor, i) => predecessor === state - 1 - i)
        ? from.length
        : 0;
    });
  }

  scoreOf(frame: number, state: number): number {
    return this.#rows[frame & 1][state];
  }

  takeRow(frame: number): Float64Array {
    const [low, high] = this.#range(frame);
    return this.#rows[frame & 1].slice(low, high + 1);
  }

  /** Goes back to an earlier frame. */
  putRow(frame: number, row: Float64Array): void {
    for (const each of this.#rows) each.fill(-Infinity);
    this.#rows[frame & 1].set(row, this.#range(frame)[0]);
  }

  /** Goes on to `frame` from the one before it, writing back-pointers where they are asked for. */
  advance(frame: number, pointers: Uint8Array | null): void {
    const { columns, predecessors, predecessorsStart, leapsFrom } = this.#graph;
    const leapCostOf = this.#leapCostOf;
    const nearbyOf = this.#nearby;
    const costs = this.#frameCosts;
    this.#costs.readCosts(frame, costs);
    const before = this.#rows[(frame - 1) & 1];
    const now = this.#rows[frame & 1];
    const [low, high] = this.#range(frame);
    if (frame >= 1) now.fill(-Infinity, this.#range(frame - 2)[0], low);
    for (let state = low; state <= high; state += 1) {
      let best = before[state];
      let pointer = 0;
      const nearby = nearbyOf[state];
      if (nearby > 0) {
        // Nearly all states: entered from the one or two just before them.
        if (before[state - 1] > best) {
          best = before[state - 1];
          pointer = 1;
        }
        if (nearby > 1 && before[state - 2] > best) {
          best = before[state - 2];
          pointer = 2;
        }
      } else {
        const first = predecessorsStart[state];
        const end = predecessorsStart[state + 1];
        for (let at = first; at < end; at += 1) {
          const score = before[predecessors[at]];
          if (score > best) {
            best = score;
            pointer = 1 + at - first;
          }
        }
      }
      best += costs[columns[state]];
      const from = leapsFrom[state];
      if (from >= 0) {
        const score = now[from] + leapCostOf[state];
        if (score > best) {
          best = score;
          pointer = leap;
        }
      }
      now[state] = best;
      if (pointers !== null) pointers[state - low] = pointer;
    }
  }

  #range(frame: number): [number, number] {
    return frame < 0 ? [0, 0] : [this.#band.low[frame], this.#band.high[frame]];
  }
}
