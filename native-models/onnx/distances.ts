import type { Graph, Value } from './graph.ts';

/** Attention over more steps than this would need hundreds of gigabytes. */
const longestDistance = 1 << 16;

/** What a model makes of each distance between two steps from -reach to reach; beyond that it does not change any more. */
export type DistanceTable = { reach: number; indices: Int32Array };

/** Tabulates a function that is constant far out on both sides. */
export function tabulateDistances(at: (distance: number) => number): DistanceTable {
  let reach = longestDistance;
  while (reach > 1 && at(-reach) === at(1 - reach) && at(reach) === at(reach - 1)) reach--;
  return { reach, indices: Int32Array.from({ length: 2 * reach + 1 }, (_, i) => at(i - reach)) };
}

/** Distances as places in a table: clipped to its reach, and counted from there. */
export function placesInTable(graph: Graph, distances: Value, reach: number): Value {
  const clipped = graph.node('Min', [
    graph.node('Max', [distances, graph.integers(-reach)]),
    graph.integers(reach),
  ]);
  return graph.node('Add', [clipped, graph.integers(reach)]);
}

/**
 * The distances i - j of all pairs, [count, count].
 * @param count a scalar
 */
export function pairDistances(graph: Graph, count: Value): Value {
  const step = graph.node('Range', [graph.integers(0), count, graph.integers(1)]);
  return graph.node('Sub', [graph.node('Unsqueeze', [step, graph.integers([1])]), step]);
}
