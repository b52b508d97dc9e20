import type { Graph, Value } from './graph.ts';
import { addLinear, joinedLinear, type Linear } from './layers.ts';

export function transpose(graph: Graph, value: Value, perm: readonly number[]): Value {
  return graph.node('Transpose', [value], { attributes: { perm: { ints: [...perm] } } });
}

/** [steps, heads * size] as [heads, steps, size] */
export function splitHeads(graph: Graph, x: Value, heads: number, size: number): Value {
  return transpose(graph, graph.node('Reshape', [x, graph.integers([-1, heads, size])]), [1, 0, 2]);
}

/** [heads, steps, size] as [steps, heads * size] */
export function joinHeads(graph: Graph, x: Value, hidden: number): Value {
  return graph.node('Reshape', [transpose(graph, x, [1, 0, 2]), graph.integers([-1, hidden])]);
}

/**
 * Queries, keys and values of attention, [heads, steps, size] each.
 * @param x [steps, hidden]
 */
export async function projectHeads(
  graph: Graph,
  x: Value,
  [query, key, value]: readonly [Linear, Linear, Linear],
  heads: number,
): Promise<readonly [Value, Value, Value]> {
  const size = query.outputs / heads;
  if (graph.precision === 'int8') {
    // In 8 bits the product is so fast that quantising x three times would tell
    const joined = await addLinear(graph, x, joinedLinear([query, key, value]));
    const [q, k, v] = graph.nodeWithOutputs(3, 'Split', [splitHeads(graph, joined, 3 * heads, size)], {
      attributes: { axis: { int: 0 } },
    });
    return [q, k, v];
  }
  return [
    splitHeads(graph, await addLinear(graph, x, query), heads, size),
    splitHeads(graph, await addLinear(graph, x, key), heads, size),
    splitHeads(graph, await addLinear(graph, x, value), heads, size),
  ];
}

/** What the values give under the scores: softmax(scores) v, joined again, as [steps, hidden]. */
export function attend(graph: Graph, scores: Value, v: Value, hidden: number): Value {
  const attention = graph.node('Softmax', [scores], { attributes: { axis: { int: -1 } } });
  return joinHeads(graph, graph.node('MatMul', [attention, v]), hidden);
}

/** q k^T for each head, [heads, rows of q, rows of k] */
export function products(graph: Graph, q: Value, k: Value): Value {
  return graph.node('MatMul', [q, transpose(graph, k, [0, 2, 1])]);
}
