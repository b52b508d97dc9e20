import type { Graph, Value } from './graph.ts';

/** A vector of one number: how long an axis of a value is. */
export function lengthOf(graph: Graph, value: Value, axis: number): Value {
  return graph.node('Shape', [value], { attributes: { start: { int: axis }, end: { int: axis + 1 } } });
}
