import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { attend, products, projectHeads } from './heads.ts';
import { readLinear, scaledLinear } from './layers.ts';

export type AttentionConfig = { hidden_size: number; num_attention_heads: number };

/**
 * Self-attention of wav2vec 2.0's encoder; the scale is in the queries.
 * @param x [steps, hidden]
 * @param name of the layer's attention in the checkpoint
 * @param bias [heads, steps, steps], added to the scores; none where left out
 * @returns [steps, hidden], before the output's matrix
 */
export async function selfAttention(
  graph: Graph,
  weights: Weights,
  name: string,
  x: Value,
  config: AttentionConfig,
  bias?: Value,
): Promise<Value> {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const read = (part: string) => readLinear(weights, `${name}.${part}`, hidden, hidden);
  const query = scaledLinear(await read('q_proj'), 1 / Math.sqrt(hidden / heads));
  const projections = [query, await read('k_proj'), await read('v_proj')] as const;
  const [q, k, v] = await projectHeads(graph, x, projections, heads);
  const scores = products(graph, q, k);
  return attend(graph, bias === undefined ? scores : graph.node('Add', [scores, bias]), v, hidden);
}
