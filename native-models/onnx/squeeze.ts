import type { SewConfig } from '../checkpoint/sewConfig.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { linear, readLinear } from './layers.ts';
import { placeConvolution, placePadding, toChannels, toSteps } from './positionalConvolution.ts';
import { lengthOf } from './shape.ts';
import { readNormedKernel } from './weightNorm.ts';

export type SqueezeConfig = Pick<
  SewConfig,
  | 'vocab_size'
  | 'hidden_size'
  | 'squeeze_factor'
  | 'num_conv_pos_embeddings'
  | 'num_conv_pos_embedding_groups'
  | 'feat_extract_activation'
>;

/**
 * SEW's way to fewer steps: the mean of each `squeeze_factor` frames, plus a convolution that tells where they are.
 * @param x [frames, hidden]
 * @returns [floor(frames / squeeze_factor), hidden]
 */
export async function squeeze(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: SqueezeConfig,
): Promise<Value> {
  const { hidden_size: hidden, squeeze_factor: factor } = config;
  const sizes = {
    hidden,
    kernel: config.num_conv_pos_embeddings,
    groups: config.num_conv_pos_embedding_groups,
    stride: factor,
  };
  const channels = toChannels(graph, x);
  const name = 'encoder.pos_conv_embed.conv';
  const kernel = await readNormedKernel(weights, name, [hidden, hidden / sizes.groups, sizes.kernel]);
  const convolved = await placeConvolution(graph, weights, name, channels, kernel, sizes);
  const mean =
    factor === 1
      ? channels
      : graph.node('AveragePool', [channels], {
          attributes: { kernel_shape: { ints: [1, factor] }, strides: { ints: [1, factor] } },
        });
  const place =
    placePadding(sizes).end >= 0
      ? convolved
      : graph.node('Slice', [convolved, graph.integers([0]), lengthOf(graph, mean, 3), graph.integers([3])]);
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  return toSteps(graph, graph.node('Add', [activate(graph, place), mean]));
}

/**
 * SEW's way back to one step a frame, and to logits.
 * @param x [steps, hidden]
 * @param features [frames, hidden]
 * @returns [1, frames, vocabulary]
 */
export async function unsqueezedLogits(
  graph: Graph,
  weights: Weights,
  x: Value,
  features: Value,
  config: SqueezeConfig,
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
