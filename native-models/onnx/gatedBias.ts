import type { Wav2Vec2Config } from '../checkpoint/wav2vec2Config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { pairDistances, placesInTable, tabulateDistances, type DistanceTable } from './distances.ts';
import type { Graph, Value } from './graph.ts';
import { transpose } from './heads.ts';
import { lengthOf } from './shape.ts';

type BiasConfig = Pick<
  Wav2Vec2Config,
  'hidden_size' | 'num_attention_heads' | 'num_buckets' | 'max_bucket_distance'
>;

/**
 * The bucket of every distance i - j (T5's, arXiv 1910.10683): steps behind have the first half of the buckets, steps
 * ahead the second; near distances have their own, far ones share by logarithm. In single precision, as the reference
 * computes it, since a rounded logarithm decides between neighbours.
 */
export function distanceBuckets(buckets: number, longest: number): DistanceTable {
  const { fround } = Math;
  const half = Math.floor(buckets / 2);
  const exact = Math.floor(half / 2);
  const whole = fround(Math.log(longest / exact));
  const far = (distance: number) => {
    const logarithm = fround(Math.log(fround(distance / exact)));
    const steps = fround(fround(logarithm / whole) * (half - exact));
    return Math.min(Math.trunc(fround(exact + steps)), half - 1);
  };
  return tabulateDistances((distance) => {
    const apart = Math.abs(distance);
    return (distance < 0 ? half : 0) + (apart < exact ? apart : far(apart));
  });
}

/**
 * WavLM's bias of attention by distance (arXiv 2110.13900), which all layers share before they gate it.
 * @param x [steps, hidden]
 * @returns [heads, steps, steps]
 */
export async function addDistanceBias(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: BiasConfig,
): Promise<Value> {
  const { num_attention_heads: heads, num_buckets: buckets } = config;
  const { reach, indices } = distanceBuckets(buckets, config.max_bucket_distance);
  const embeddings = await weights.read('encoder.layers.0.attention.rel_attn_embed.weight', [buckets, heads]);
  const width = indices.length;
  const byDistance = new Float32Array(heads * width);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < width; i++) byDistance[head * width + i] = embeddings[indices[i] * heads + head];
  }
  const table = await graph.weight('distances', [heads, width], byDistance);
  const count = graph.node('Squeeze', [lengthOf(graph, x, 0)]);
  const places = placesInTable(graph, pairDistances(graph, count), reach);
  return graph.node('Gather', [table, places], { attributes: { axis: { int: 1 } } });
}

/**
 * The bias as one layer takes it: for each head and step more or less of it, by two gates of what that head sees.
 * @param x the attention's input, [steps, hidden]
 * @param bias [heads, steps, steps]
 * @returns [heads, steps, steps]
 */
export async function gateBias(
  graph: Graph,
  weights: Weights,
  attention: string,
  x: Value,
  bias: Value,
  { hidden_size: hidden, num_attention_heads: heads }: BiasConfig,
): Promise<Value> {
  const size = hidden / heads;
  // Each gate is the sum of four outputs of the reference's layer, so it is one output of a summed layer
  const weight = sumOfFours(await weights.read(`${attention}.gru_rel_pos_linear.weight`, [8, size]), size);
  const constant = await weights.read(`${attention}.gru_rel_pos_const`, [1, heads, 1, 1]);
  const rows = graph.node('Reshape', [x, graph.integers([-1, size])]);
  const gates = graph.node(
    'Gemm',
    [
      rows,
      await graph.weight('weight', [2, size], weight),
      await graph.weight(
        'bias',
        [2],
        sumOfFours(await weights.read(`${attention}.gru_rel_pos_linear.bias`, [8]), 1),
      ),
    ],
    { attributes: { transB: { int: 1 } } },
  );
  const opened = graph.node('Reshape', [graph.node('Sigmoid', [gates]), graph.integers([-1, heads, 2])]);
  const [first, second] = graph.nodeWithOutputs(2, 'Split', [transpose(graph, opened, [1, 0, 2])], {
    attributes: { axis: { int: -1 } },
  });
  const scaled = graph.node('Mul', [second, await graph.weight('constant', [heads, 1, 1], constant)]);
  const moved = graph.node('Mul', [first, graph.node('Sub', [scaled, graph.scalar(1)])]);
  return graph.node('Mul', [bias, graph.node('Add', [moved, graph.scalar(2)])]);
}

/** Rows [8, size] as [2, size] */
function sumOfFours(rows: Float32Array, size: number): Float32Array {
  const sums = new Float32Array(2 * size);
  for (let row = 0; row < 8; row++) {
    for (let i = 0; i < size; i++) sums[(row >> 2) * size + i] += rows[row * size + i];
  }
  return sums;
}
