import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { selfAttention, type AttentionConfig } from './selfAttention.ts';
import { transformerLayer, type LayerConfig, type Norms } from './transformerLayer.ts';

/**
 * A layer of wav2vec 2.0's encoder, or SEW's.
 * @param x [steps, hidden]
 * @param biasOf what to add to the attention's scores, [heads, steps, steps], by the attention's input
 * @returns [steps, hidden]
 */
export function encoderLayer(
  graph: Graph,
  weights: Weights,
  layer: number,
  x: Value,
  norms: Norms,
  config: LayerConfig & AttentionConfig,
  biasOf?: (attention: string, input: Value) => Promise<Value>,
): Promise<Value> {
  const name = `encoder.layers.${layer}`;
  const attention = `${name}.attention`;
  const names = {
    attention: `${attention}.out_proj`,
    attentionNorm: `${name}.layer_norm`,
    wide: `${name}.feed_forward.intermediate_dense`,
    narrow: `${name}.feed_forward.output_dense`,
    forwardNorm: `${name}.final_layer_norm`,
  };
  const hear = async (input: Value) =>
    selfAttention(graph, weights, attention, input, config, await biasOf?.(attention, input));
  return transformerLayer(graph, weights, names, x, hear, norms, config);
}
