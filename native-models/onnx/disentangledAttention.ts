import type { SewDConfig } from '../checkpoint/config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { addLinear, readLinear, scaledLinear } from './layers.ts';
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
  /** int32 [heads, steps, steps]: which row of a table of 2 span positions the query i and the key j use. */
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

  const { reach, indices } = embeddingIndices(positions);
  const steps = graph.node('Shape', [x], { attributes: { start: { int: 1 }, end: { int: 2 } } });
  const step = graph.node('Range', [graph.integers(0), graph.node('Squeeze', [steps]), graph.integers(1)]);
  const distance = graph.node('Sub', [graph.node('Unsqueeze', [step, graph.integers([1])]), step]);
  const inReach = graph.node('Min', [
    graph.node('Max', [distance, graph.integers(-reach)]),
    graph.integers(reach),
  ]);
  const row = graph.node('Add', [inReach, graph.integers(reach)]);
  const index = graph.node('Gather', [graph.integers([...indices], 'int32'), row]);
  const shape = graph.node('Concat', [graph.integers([heads]), steps, steps], {
    attributes: { axis: { int: 0 } },
  });
  return { embeddings, span, index: graph.node('Expand', [index, shape]) };
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

  const perHead = graph.integers([1, -1, heads, size]);
  const split = (value: Value, perm: number[]) =>
    graph.node('Transpose', [graph.node('Reshape', [value, perHead])], {
      attributes: { perm: { ints: perm } },
    });
  const q = split(await addLinear(graph, x, scaledLinear(query, scale)), [0, 2, 1, 3]);
  const k = split(await addLinear(graph, x, key), [0, 2, 3, 1]);
  const v = split(await addLinear(graph, x, await read('value_proj')), [0, 2, 1, 3]);

  const score = [graph.node('MatMul', [q, k])];
  const gather = (table: Value, axis: number) =>
    graph.node('GatherElements', [table, positions!.index], { attributes: { axis: { int: axis } } });
  const withoutBatch = (value: Value) => graph.node('Squeeze', [value, graph.integers([0])]);
  if (positions && scores.c2p) {
    const layer = config.share_att_key ? key : await read('pos_key_proj');
    const rows = multiplied(positions.embeddings, layer);
    const table = await graph.weight(
      'positionKeys',
      [heads, size, 2 * positions.span],
      transposed(rows, 2 * positions.span, hidden),
    );
    score.push(gather(graph.node('MatMul', [withoutBatch(q), table]), 2));
  }
  if (positions && scores.p2c) {
    const layer = scaledLinear(config.share_att_key ? query : await read('pos_query_proj'), scale);
    const rows = multiplied(positions.embeddings, layer);
    const table = await graph.weight(
      'positionQueries',
      [heads, 2 * positions.span, size],
      headsFirst(rows, heads, size),
    );
    score.push(gather(graph.node('MatMul', [table, withoutBatch(k)]), 1));
  }
  const sum = score.reduce((total, next) => graph.node('Add', [total, next]));
  const attention = graph.node('Softmax', [sum], { attributes: { axis: { int: -1 } } });
  const heard = graph.node('Transpose', [graph.node('MatMul', [attention, v])], {
    attributes: { perm: { ints: [0, 2, 1, 3] } },
  });
  return graph.node('Reshape', [heard, graph.integers([1, -1, hidden])]);
}

/** [rows, heads * size] as [heads, rows, size] */
function headsFirst(values: Float32Array, heads: number, size: number): Float32Array {
  const hidden = heads * size;
  const rows = values.length / hidden;
  const result = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      const begin = row * hidden + head * size;
      result.set(values.subarray(begin, begin + size), (head * rows + row) * size);
    }
  }
  return result;
}
