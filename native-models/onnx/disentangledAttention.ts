import type { SewDConfig } from '../checkpoint/config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { foldLinear } from './foldLinear.ts';
import type { Graph, Value } from './graph.ts';
import { addLinear, readLinear, scaledLinear, type Linear } from './layers.ts';
import { lengthOf, numbersBelow } from './shape.ts';
import { headsFirst, normaliseRows, selectRows } from './matrices.ts';
import { distanceClasses, positionSpan, type RelativePositions } from './positions.ts';

type AttentionConfig = Pick<
  SewDConfig,
  | 'hidden_size'
  | 'num_attention_heads'
  | 'share_att_key'
  | 'pos_att_type'
  | 'norm_rel_ebd'
  | 'layer_norm_eps'
  | 'position_buckets'
  | 'max_position_embeddings'
  | 'max_relative_positions'
>;

/** What all layers share about positions. */
export type Positions = {
  /** The relative embedding [classes, hidden] of each class of distances i - j, and of j - i. */
  forward: Float32Array;
  backward: Float32Array;
  /** int32 [1]: the classes in use at this length begin and end here. */
  first: Value;
  end: Value;
  /** int32 [heads, steps, steps]: the class of i - j among those in use. */
  index: Value;
};

function relativePositions(config: AttentionConfig): RelativePositions {
  const { max_relative_positions: relative, max_position_embeddings: absolute } = config;
  return { buckets: config.position_buckets, maximum: relative >= 1 ? relative : absolute };
}

/** Which of DeBERTa's position scores a model adds. A list is searched for the entry, a string for the letters. */
function positionScores({ pos_att_type: types }: AttentionConfig): { c2p: boolean; p2c: boolean } {
  return { c2p: types.includes('c2p'), p2c: types.includes('p2c') };
}

/**
 * Reads the relative embeddings and adds the nodes that say which of them a pair of steps uses.
 * @param x [1, steps, hidden]
 */
export async function addPositions(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: AttentionConfig,
): Promise<Positions> {
  const { hidden_size: hidden, num_attention_heads: heads, layer_norm_eps: epsilon } = config;
  const positions = relativePositions(config);
  const span = positionSpan(positions);
  let embeddings = await weights.read('encoder.encoder.rel_embeddings.weight', [2 * span, hidden]);
  if (
    config.norm_rel_ebd
      .toLowerCase()
      .split('|')
      .some((part) => part.trim() === 'layer_norm')
  ) {
    const read = (name: string) => weights.read(`encoder.encoder.LayerNorm.${name}`, [hidden]);
    embeddings = normaliseRows(embeddings, await read('weight'), await read('bias'), epsilon);
  }

  const { reach, classes, forward, backward } = distanceClasses(positions);
  const steps = lengthOf(graph, x, 1);
  const step = numbersBelow(graph, steps);
  const classOf = graph.integers([...classes], 'int32');
  const classesOf = (distances: Value) => {
    const near = graph.node('Max', [distances, graph.integers(-reach)]);
    const places = graph.node('Add', [
      graph.node('Min', [near, graph.integers(reach)]),
      graph.integers(reach),
    ]);
    return graph.node('Gather', [classOf, places]);
  };
  const one = graph.integers([1]);
  const longest = graph.node('Sub', [steps, one]);
  const first = classesOf(graph.node('Neg', [longest]));
  const end = graph.node('Add', [classesOf(longest), graph.integers([1], 'int32')]);
  const distances = graph.node('Sub', [graph.node('Unsqueeze', [step, one]), step]);
  const shape = graph.node('Concat', [graph.integers([heads]), steps, steps], {
    attributes: { axis: { int: 0 } },
  });
  const index = graph.node('Expand', [graph.node('Sub', [classesOf(distances), first]), shape]);
  return {
    forward: selectRows(embeddings, hidden, forward),
    backward: selectRows(embeddings, hidden, backward),
    first,
    end,
    index,
  };
}

/**
 * Self-attention of DeBERTa's kind: content to content, content to position and position to content. The scale is in
 * the queries, and what a layer makes of the relative embeddings is worked out here, once.
 * @param x [1, steps, hidden]
 * @param name of the layer's attention in the checkpoint
 * @returns [1, steps, hidden], before the output's matrix
 */
export async function disentangledAttention(
  graph: Graph,
  weights: Weights,
  name: string,
  x: Value,
  positions: Positions | null,
  config: AttentionConfig,
): Promise<Value> {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const size = hidden / heads;
  const scores = positionScores(config);
  const scale = 1 / Math.sqrt(size * (1 + Number(scores.c2p) + Number(scores.p2c)));
  const read = (part: string) => readLinear(weights, `${name}.${part}`, hidden, hidden);
  const query = await read('query_proj');
  const key = await read('key_proj');

  const transpose = (value: Value, perm: number[]) =>
    graph.node('Transpose', [value], { attributes: { perm: { ints: perm } } });
  const split = (value: Value) =>
    transpose(graph.node('Reshape', [value, graph.integers([-1, heads, size])]), [1, 0, 2]);
  const q = split(await addLinear(graph, x, scaledLinear(query, scale)));
  const k = split(await addLinear(graph, x, key));
  const v = split(await addLinear(graph, x, await read('value_proj')));

  let sum = graph.node('MatMul', [q, transpose(k, [0, 2, 1])]);
  // Rows [heads, steps, size] against a table of positions, each pair's score picked out
  const positionScore = async (label: string, rows: Value, embeddings: Float32Array, layer: Linear) => {
    const table = headsFirst(await foldLinear(embeddings, layer), heads, size);
    const all = await graph.weight(label, [heads, embeddings.length / hidden, size], table);
    const { first, end, index } = positions!;
    const inReach = graph.node('Slice', [all, first, end, graph.integers([1], 'int32')]);
    const scoresByClass = graph.node('MatMul', [rows, transpose(inReach, [0, 2, 1])]);
    return graph.node('GatherElements', [scoresByClass, index], { attributes: { axis: { int: 2 } } });
  };
  if (positions && scores.c2p) {
    const layer = config.share_att_key ? key : await read('pos_key_proj');
    sum = graph.node('Add', [sum, await positionScore('positionKeys', q, positions.forward, layer)]);
  }
  if (positions && scores.p2c) {
    const layer = scaledLinear(config.share_att_key ? query : await read('pos_query_proj'), scale);
    const score = await positionScore('positionQueries', k, positions.backward, layer);
    sum = graph.node('Add', [sum, transpose(score, [0, 2, 1])]);
  }
  const attention = graph.node('Softmax', [sum], { attributes: { axis: { int: -1 } } });
  const heard = transpose(graph.node('MatMul', [attention, v]), [1, 0, 2]);
  return graph.node('Reshape', [heard, graph.integers([1, -1, hidden])]);
}
