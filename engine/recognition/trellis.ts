import type { AlignmentGraph } from './alignmentGraph.ts';

/** What paths pay. */
export type Costs = {
  frames: number;
  columns: number;
  /** Writes what a path pays on a frame, one number a column, each at most 0. */
  readCosts(frame: number, costs: Float64Array): unknown;
  /** What a path pays to leave out a passage of the text, and then for each of its letters; both below 0. */
  unsaidPassage: number;
  unsaidLetter: number;
  /** What a letter of the text counts where paths are compared that have not come equally far. */
  letterWorth: number;
};

/** A row of states, from `low` up to and with `high`. */
export type Range = { low: number; high: number };

/**
 * Back-pointers of a state on a frame, in the lower bits: 0 stays in the state, 1 + k comes from its kth predecessor,
 * `leap` left out a passage that ends with the word before. The upper bit of a silence tells of the best passage that
 * ends there, whether the path takes it or not: whether it goes on backwards with the word before that.
 */
export const pointerBits = 0x7f;
export const leap = 0x7f;
export const leapGoesOn = 0x80;

/** The scores of the best paths into the states of one frame, and the step from a frame to the next (Viterbi). */
export class Trellis {
  readonly #graph: AlignmentGraph;
  readonly #costs: Costs;
  readonly #frameCosts: Float64Array;
  /** The current row and the one before it; outside their ranges both are -Infinity. */
  #now: Float64Array;
  #before: Float64Array;
  #nowRange: Range = { low: 0, high: 0 };
  #beforeRange: Range = { low: 0, high: 0 };
  /** By silence: what the word before it costs in a passage that is left out. */
  readonly #unsaidWord: Float64Array;
  /** How many predecessors a state has, where they are the states just before it, nearest first; else 0. */
  readonly #nearby: Uint8Array;

  /** Begins before frame 0, in the first silence. */
  constructor(graph: AlignmentGraph, costs: Costs) {
    this.#graph = graph;
    this.#costs = costs;
    this.#frameCosts = new Float64Array(costs.columns);
    const states = graph.columns.length;
    this.#now = new Float64Array(states).fill(-Infinity);
    this.#before = this.#now.slice();
    this.#now[0] = 0;
    this.#unsaidWord = new Float64Array(states);
    graph.leapsFrom.forEach((from, state) => {
      if (from >= 0)
        this.#unsaidWord[state] = costs.unsaidLetter * (graph.progress[state] - graph.progress[from]);
    });
    const { predecessors, predecessorsStart } = graph;
    this.#nearby = Uint8Array.from(graph.columns, (_, state) => {
      const from = predecessors.subarray(predecessorsStart[state], predecessorsStart[state + 1]);
      return from.length <= 2 && from.every((each, i) => each === state - 1 - i) ? from.length : 0;
    });
  }

  /** The states that may be reached on the current frame. */
  get range(): Range {
    return this.#nowRange;
  }

  scoreOf(state: number): number {
    return this.#now[state];
  }

  /** A copy of the current row, for putRow. */
  takeRow(): { scores: Float64Array; range: Range } {
    const { low, high } = this.#nowRange;
    return { scores: this.#now.slice(low, high + 1), range: { low, high } };
  }

  /** Goes back to a row that was taken. */
  putRow({ scores, range }: { scores: Float64Array; range: Range }): void {
    this.#clear(this.#now, this.#nowRange);
    this.#now.set(scores, range.low);
    this.#nowRange = range;
  }

  /** Goes on to `frame`, looking at the states of `range` only, and writes back-pointers where they are asked for. */
  advance(frame: number, range: Range, pointers: Uint8Array | null): void {
    this.#costs.readCosts(frame, this.#frameCosts);
    const now = this.#before;
    const before = this.#now;
    this.#clear(now, this.#beforeRange);
    [this.#now, this.#before] = [now, before];
    [this.#nowRange, this.#beforeRange] = [range, this.#nowRange];

    const { columns, predecessors, predecessorsStart, leapsFrom } = this.#graph;
    const unsaidWord = this.#unsaidWord;
    const { unsaidPassage } = this.#costs;
    // The best score of leaving out the words up to here.
    let passage = -Infinity;
    const nearbyOf = this.#nearby;
    const costs = this.#frameCosts;
    const { low, high } = range;
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
        const begun = now[from] + unsaidPassage;
        const goesOn = passage > begun;
        passage = (goesOn ? passage : begun) + unsaidWord[state];
        if (passage > best) {
          best = passage;
          pointer = leap;
        }
        if (goesOn) pointer |= leapGoesOn;
      }
      now[state] = best;
      if (pointers !== null) pointers[state - low] = pointer;
    }
  }

  /**
   * Gives up the states at both ends of the current row that lie more than `reach` below its best, once the letters
   * that each has behind it are counted, so that states far apart can be compared.
   */
  prune(reach: number): void {
    const now = this.#now;
    const { progress } = this.#graph;
    const { letterWorth } = this.#costs;
    const worth = (state: number) => now[state] + letterWorth * progress[state];
    let { low, high } = this.#nowRange;
    let best = -Infinity;
    for (let state = low; state <= high; state += 1) best = Math.max(best, worth(state));
    while (low < high && worth(low) < best - reach) low += 1;
    while (high > low && worth(high) < best - reach) high -= 1;
    this.#clear(now, { low: this.#nowRange.low, high: low - 1 });
    this.#clear(now, { low: high + 1, high: this.#nowRange.high });
    this.#nowRange = { low, high };
  }

  #clear(row: Float64Array, { low, high }: Range): void {
    row.fill(-Infinity, low, high + 1);
  }
}
