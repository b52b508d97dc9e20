import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { layerNorm, linear } from './layers.ts';

export type LayerConfig = {
  hidden_size: number;
  intermediate_size: number;
  hidden_act: string;
  layer_norm_eps: number;
};

/** Whether each sum is normalised after it, or each part's input before it (and the last sum elsewhere). */
export type Norms = 'after' | 'before';

/** What a layer's parts are called in the checkpoint. */
export type LayerNames = {
  /** The matrix behind attention, and the norm that belongs to attention. */
  attention: string;
  attentionNorm: string;
  /** The feed-forward network's two matrices and its norm. */
  wide: string;
  narrow: string;
  forwardNorm: string;
};

/**
 * Attention and a feed-forward network, each added to what it was given.
 * @param x [steps, hidden]
 * @param hear attention without the matrix behind it, [steps, hidden] to the same
 * @returns [steps, hidden]
 */
export async function transformerLayer(
  graph: Graph,
  weights: Weights,
  names: LayerNames,
  x: Value,
  hear: (x: Value) => Promise<Value>,
  norms: Norms,
  config: LayerConfig,
): Promise<Value> {
  const { hidden_size: hidden, intermediate_size: intermediate } = config;
  const activate = activationNamed(config.hidden_act, 'hidden_act');
  const residual = async (norm: string, input: Value, part: (input: Value) => Promise<Value>) => {
    const normalise = (value: Value) => layerNorm(graph, weights, norm, value, hidden, config.layer_norm_eps);
    const given = norms === 'before' ? await normalise(input) : input;
    const sum = graph.node('Add', [await part(given), input]);
    return norms === 'before' ? sum : normalise(sum);
  };
  const attended = await residual(names.attentionNorm, x, async (input) =>
    linear(graph, weights, names.attention, await hear(input), hidden, hidden),
  );
  return residual(names.forwardNorm, attended, async (input) => {
    const wide = await linear(graph, weights, names.wide, input, hidden, intermediate);
    return linear(graph, weights, names.narrow, activate(graph, wide), intermediate, hidden);
  });
}
