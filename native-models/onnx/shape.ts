import type { Graph, Value } from './graph.ts';

/** A vector of one number: how long an axis of a value is. */
export function lengthOf(graph: Graph, value: Value, axis: number): Value {
  return graph.node('Shape', [value], { attributes: { start: { int: axis }, end: { int: axis + 1 } } });
}

/** The whole numbers below a count. @param count a vector of one number */
export function numbersBelow(graph: Graph, count: Value): Value {
  return graph.node('Range', [graph.integers(0), graph.node('Squeeze', [count]), graph.integers(1)]);
}
