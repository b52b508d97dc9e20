import type { SewDConfig } from '../checkpoint/sewConfig.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { pairDistances, placesInTable } from './distances.ts';
import { foldLinear } from './foldLinear.ts';
import type { Graph, Value } from './graph.ts';
import { attend, products, projectHeads } from './heads.ts';
import { readLinear, scaledLinear, type Linear } from './layers.ts';
import { headsFirst, normaliseRows } from './matrices.ts';
import { embeddingIndices, positionSpan, type RelativePositions } from './positions.ts';
import { lengthOf } from './shape.ts';

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

/** Products of matrices are faster where rows fill whole cache lines, 16 numbers. */
const rowAlignment = 16;

/** What all layers share about positions. */
export type Positions = {
  /** The relative embeddings [2 span, hidden], normalised where the model does. */
  embeddings: Float32Array;
  /** int32 [1]: the embeddings in use at this length are among those from here to there. */
  first: Value;
  end: Value;
  /** int32 [heads, steps, steps]: which of those the distance i - j has. */
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
 * @param x [steps, hidden]
 */
export async function addPositions(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: AttentionConfig,
): Promise<Positions> {
  const positions = relativePositions(config);
  const embeddings = await readEmbeddings(weights, positionSpan(positions), config);

  const { reach, indices } = embeddingIndices(positions);
  const rowOf = graph.integers([...indices], 'int32');
  const rowsOf = (distances: Value) => graph.node('Gather', [rowOf, placesInTable(graph, distances, reach)]);

  const steps = lengthOf(graph, x, 0);
  const count = graph.node('Squeeze', [steps]);
  const one = graph.integers(1);
  const most = graph.node('Sub', [count, one]);
  const inReach = rowsOf(graph.node('Range', [graph.node('Neg', [most]), count, one]));
  const alignment = graph.integers([rowAlignment], 'int32');
  const aligned = (row: Value) => graph.node('Mul', [graph.node('Div', [row, alignment]), alignment]);
  const first = aligned(graph.node('ReduceMin', [inReach]));
  const end = aligned(graph.node('Add', [graph.node('ReduceMax', [inReach]), alignment]));

  const shape = graph.node('Concat', [graph.integers([config.num_attention_heads]), steps, steps], {
    attributes: { axis: { int: 0 } },
  });
  const index = graph.node('Expand', [
    graph.node('Sub', [rowsOf(pairDistances(graph, count)), first]),
    shape,
  ]);
  return { embeddings, first, end, index };
}

async function readEmbeddings(
  weights: Weights,
  span: number,
  { hidden_size: hidden, norm_rel_ebd: norms, layer_norm_eps: epsilon }: AttentionConfig,
): Promise<Float32Array> {
  const embeddings = await weights.read('encoder.encoder.rel_embeddings.weight', [2 * span, hidden]);
  const isNormalised = norms
    .toLowerCase()
    .split('|')
    .some((norm) => norm.trim() === 'layer_norm');
  if (!isNormalised) return embeddings;
  const read = (name: string) => weights.read(`encoder.encoder.LayerNorm.${name}`, [hidden]);
  return normaliseRows(embeddings, await read('weight'), await read('bias'), epsilon);
}

/**
 * Self-attention of DeBERTa's kind: content to content, content to position and position to content. The scale is in
 * the queries, and what a layer makes of the relative embeddings is worked out here, once.
 * @param x [steps, hidden]
 * @param name of the layer's attention in the checkpoint
 * @returns [steps, hidden], before the output's matrix
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

  const projections = [scaledLinear(query, scale), key, await read('value_proj')] as const;
  const [q, k, v] = await projectHeads(graph, x, projections, heads);

  // What a layer makes of the embeddings, [heads, rows in reach, size]
  const addTable = async (label: string, layer: Linear) => {
    const rows = await foldLinear(positions!.embeddings, layer);
    const shape = [heads, rows.length / hidden, size];
    const table = await graph.weight(label, shape, headsFirst(rows, heads, size));
    return graph.node('Slice', [table, positions!.first, positions!.end, graph.integers([1], 'int32')]);
  };
  // Each pair's score out of those for all rows
  const pick = (score: Value, axis: number) =>
    graph.node('GatherElements', [score, positions!.index], { attributes: { axis: { int: axis } } });
  let sum = products(graph, q, k);
  if (positions && scores.c2p) {
    const layer = config.share_att_key ? key : await read('pos_key_proj');
    const table = await addTable('positionKeys', layer);
    sum = graph.node('Add', [sum, pick(products(graph, q, table), 2)]);
  }
  if (positions && scores.p2c) {
    const layer = config.share_att_key ? query : await read('pos_query_proj');
    const table = await addTable('positionQueries', scaledLinear(layer, scale));
    sum = graph.node('Add', [sum, pick(products(graph, table, k), 1)]);
  }
  return attend(graph, sum, v, hidden);
}
