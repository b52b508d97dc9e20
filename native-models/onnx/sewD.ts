import { parseConfig, sewDConfig, type SewDConfig } from '../checkpoint/config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { ModelError } from '../model.ts';
import { activationNamed } from './activations.ts';
import { addPositions, disentangledAttention, type Positions } from './disentangledAttention.ts';
import type { Family } from './family.ts';
import { featureExtractor, frameGeometry } from './featureExtractor.ts';
import type { Graph, Value } from './graph.ts';
import { layerNorm, linear, readLinear } from './layers.ts';
import { lengthOf } from './shape.ts';
import { squeeze } from './squeeze.ts';

/** SEW-D: squeezed wav2vec with disentangled attention (arXiv 2109.06870). */
export const sewD: Family = (json, origin) => {
  const config = parseConfig(sewDConfig, json, origin);
  checkSettings(config, origin);
  const { hopSamples, receptiveFieldSamples } = frameGeometry(config);
  return {
    prefix: 'sew_d.',
    vocabularySize: config.vocab_size,
    padTokenId: config.pad_token_id ?? null,
    hopSamples,
    receptiveFieldSamples,
    // as many frames as make one squeezed step
    minimumSamples: receptiveFieldSamples + (config.squeeze_factor - 1) * hopSamples,
    build: (graph, weights, waveform) => build(graph, weights, config, waveform),
  };
};

const isSet = (value: unknown) => value !== null && value !== undefined;

function checkSettings(config: SewDConfig, origin: string): void {
  const refuse = (what: string): never => {
    throw new ModelError(`${origin}: config.json has ${what}`);
  };
  const { hidden_size: hidden, num_attention_heads: heads, num_conv_pos_embedding_groups: groups } = config;
  if ((config.conv_kernel_size ?? 0) > 0) {
    refuse(`conv_kernel_size ${config.conv_kernel_size}; a convolution in the encoder cannot be converted.`);
  }
  if (config.add_adapter) refuse('add_adapter; adapter layers cannot be converted.');
  if (isSet(config.adapter_attn_dim)) refuse('adapter_attn_dim; adapter layers cannot be converted.');
  if (hidden % heads !== 0) refuse(`hidden_size ${hidden}, not a multiple of num_attention_heads ${heads}.`);
  if (isSet(config.attention_head_size) && config.attention_head_size !== hidden / heads) {
    refuse(`attention_head_size other than hidden_size / num_attention_heads, which is ${hidden / heads}.`);
  }
  if (hidden % groups !== 0) {
    refuse(`hidden_size ${hidden}, not a multiple of num_conv_pos_embedding_groups ${groups}.`);
  }
  if (config.position_buckets === 1) refuse('position_buckets 1; there must be at least 2, or 0 for none.');
}

async function build(graph: Graph, weights: Weights, config: SewDConfig, waveform: Value): Promise<Value> {
  const features = await graph.scope('features', () => addFeatures(graph, weights, config, waveform));
  let x = await graph.scope('squeeze', () => squeeze(graph, weights, features, config));
  const positions = config.relative_attention
    ? await graph.scope('positions', () => addPositions(graph, weights, x, config))
    : null;
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = await graph.scope(`layer${i}`, () => addLayer(graph, weights, config, i, x, positions));
  }
  return graph.scope('head', () => addHead(graph, weights, config, x, features));
}

/** [1, samples] to [frames, hidden] */
async function addFeatures(
  graph: Graph,
  weights: Weights,
  config: SewDConfig,
  waveform: Value,
): Promise<Value> {
  const { hidden_size: hidden, feature_layer_norm_eps: epsilon } = config;
  const size = config.conv_dim.at(-1)!;
  const extracted = await featureExtractor(graph, weights, waveform, config);
  const normal = await layerNorm(graph, weights, 'layer_norm', extracted, size, epsilon);
  return size === hidden ? normal : linear(graph, weights, 'feature_projection', normal, size, hidden);
}

/** Attention and a feed-forward network, each added to its input and normalised after that; [steps, hidden]. */
async function addLayer(
  graph: Graph,
  weights: Weights,
  config: SewDConfig,
  layer: number,
  x: Value,
  positions: Positions | null,
): Promise<Value> {
  const { hidden_size: hidden, intermediate_size: intermediate, layer_norm_eps: epsilon } = config;
  const name = `encoder.encoder.layer.${layer}`;
  const activate = activationNamed(config.hidden_act, 'hidden_act');
  const residual = async (output: string, inner: Value, size: number, outer: Value) => {
    const dense = await linear(graph, weights, `${output}.dense`, inner, size, hidden);
    const sum = graph.node('Add', [dense, outer]);
    return layerNorm(graph, weights, `${output}.LayerNorm`, sum, hidden, epsilon);
  };
  const heard = await disentangledAttention(graph, weights, `${name}.attention.self`, x, positions, config);
  const attended = await residual(`${name}.attention.output`, heard, hidden, x);
  const wide = await linear(graph, weights, `${name}.intermediate.dense`, attended, hidden, intermediate);
  return residual(`${name}.output`, activate(graph, wide), intermediate, attended);
}

/**
 * Back to one step a frame, and to logits.
 * @param x [steps, hidden]
 * @param features [frames, hidden]
 * @returns [1, frames, vocabulary]
 */
async function addHead(
  graph: Graph,
  weights: Weights,
  config: SewDConfig,
  x: Value,
  features: Value,
): Promise<Value> {
  const { hidden_size: hidden, squeeze_factor: factor, vocab_size: vocabulary } = config;
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  const upsampled = await linear(graph, weights, 'encoder.upsample.projection', x, hidden, hidden * factor);
  const unfolded = graph.node('Reshape', [activate(graph, upsampled), graph.integers([-1, hidden])]);
  const head = await readLinear(weights, 'lm_head', hidden, vocabulary);
  const matrix = await graph.weight('weight', [vocabulary, hidden], head.weight);
  const logits = graph.node('Gemm', [unfolded, matrix], { attributes: { transB: { int: 1 } } });
  // Frames that fill no squeezed step are zero vectors before the head, which leaves them its bias.
  const missing = graph.node('Sub', [lengthOf(graph, features, 0), lengthOf(graph, logits, 0)]);
  const pads = graph.node('Concat', [graph.integers([0, 0]), missing, graph.integers([0])], {
    attributes: { axis: { int: 0 } },
  });
  const padded = graph.node('Pad', [logits, pads]);
  const biased = graph.node('Add', [padded, await graph.weight('bias', [vocabulary], head.bias)]);
  return graph.node('Unsqueeze', [biased, graph.integers([0])]);
}
