import type { SewDConfig } from '../checkpoint/config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { addLinear, readLinear, scaledLinear, type Linear } from './layers.ts';
import { lengthOf, numbersBelow } from './shape.ts';
import { multiplied, normaliseRows, transposed } from './matrices.ts';
import { embeddingIndices, positionSpan, type RelativePositions } from './positions.ts';

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
  /** The relative embeddings [2 span, hidden], normalised where the model does. */
  embeddings: Float32Array;
  span: number;
  /** int32 [1]: only these rows are in use at this length. */
  first: Value;
  end: Value;
  /** int32 [heads, steps, steps]: which of the rows in use belongs to the distance i - j, and to j - i. */
  index: Value;
  reversedIndex: Value;
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

  const { reach, indices } = embeddingIndices(positions);
  const rowOf = graph.integers([...indices], 'int32');
  const steps = lengthOf(graph, x, 1);
  const step = numbersBelow(graph, steps);
  const distance = graph.node('Sub', [graph.node('Unsqueeze', [step, graph.integers([1])]), step]);
  const clamp = (value: Value) =>
    graph.node('Add', [
      graph.node('Min', [graph.node('Max', [value, graph.integers(-reach)]), graph.integers(reach)]),
      graph.integers(reach),
    ]);
  const row = graph.node('Gather', [rowOf, clamp(distance)]);
  const reversedRow = graph.node('Gather', [rowOf, clamp(graph.node('Neg', [distance]))]);
  const first = graph.node('ReduceMin', [row], { attributes: { keepdims: { int: 0 } } });
  const last = graph.node('ReduceMax', [row], { attributes: { keepdims: { int: 0 } } });
  const shape = graph.node('Concat', [graph.integers([heads]), steps, steps], {
    attributes: { axis: { int: 0 } },
  });
  const one = graph.integers([1]);
  const asVector = (value: Value) => graph.node('Reshape', [value, one]);
  return {
    embeddings,
    span,
    first: asVector(first),
    end: graph.node('Add', [asVector(last), graph.integers([1], 'int32')]),
    index: graph.node('Expand', [graph.node('Sub', [row, first]), shape]),
    reversedIndex: graph.node('Expand', [graph.node('Sub', [reversedRow, first]), shape]),
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

  const perHead = graph.integers([-1, heads, size]);
  const split = (value: Value, perm: number[]) =>
    graph.node('Transpose', [graph.node('Reshape', [value, perHead])], {
      attributes: { perm: { ints: perm } },
    });
  const q = split(await addLinear(graph, x, scaledLinear(query, scale)), [1, 0, 2]);
  const keys = await addLinear(graph, x, key);
  const v = split(await addLinear(graph, x, await read('value_proj')), [1, 0, 2]);

  let sum = graph.node('MatMul', [q, split(keys, [1, 2, 0])]);
  const positionScore = async (label: string, rows: Value, layer: Linear, index: Value) => {
    const projected = multiplied(positions!.embeddings, layer);
    const table = await graph.weight(
      label,
      [heads, size, 2 * positions!.span],
      transposed(projected, 2 * positions!.span, hidden),
    );
    const inReach = graph.node('Slice', [
      table,
      positions!.first,
      positions!.end,
      graph.integers([2], 'int32'),
    ]);
    return graph.node('GatherElements', [graph.node('MatMul', [rows, inReach]), index], {
      attributes: { axis: { int: 2 } },
    });
  };
  if (positions && scores.c2p) {
    const layer = config.share_att_key ? key : await read('pos_key_proj');
    sum = graph.node('Add', [sum, await positionScore('positionKeys', q, layer, positions.index)]);
  }
  if (positions && scores.p2c) {
    const layer = scaledLinear(config.share_att_key ? query : await read('pos_query_proj'), scale);
    const score = await positionScore(
      'positionQueries',
      split(keys, [1, 0, 2]),
      layer,
      positions.reversedIndex,
    );
    const byQuery = graph.node('Transpose', [score], { attributes: { perm: { ints: [0, 2, 1] } } });
    sum = graph.node('Add', [sum, byQuery]);
  }
  const attention = graph.node('Softmax', [sum], { attributes: { axis: { int: -1 } } });
  const heard = graph.node('Transpose', [graph.node('MatMul', [attention, v])], {
    attributes: { perm: { ints: [1, 0, 2] } },
  });
  return graph.node('Reshape', [heard, graph.integers([1, -1, hidden])]);
}
