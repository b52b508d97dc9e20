import type { Wav2Vec2Config } from '../checkpoint/wav2vec2Config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { placeConvolution, toChannels, toSteps } from './positionalConvolution.ts';
import { readNormedKernel } from './weightNorm.ts';

/** PyTorch's default, which the reference leaves as it is. */
const epsilon = 1e-5;
const publishedKernel = 128;
const publishedStack = 5;

/**
 * Adds what wav2vec 2.0's one long convolution says of where a step is.
 * @param x [steps, hidden]
 * @returns [steps, hidden]
 */
export async function addPlace(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: Wav2Vec2Config,
): Promise<Value> {
  const sizes = placeSizes(config, config.num_conv_pos_embeddings ?? publishedKernel);
  const shape = [sizes.hidden, sizes.hidden / sizes.groups, sizes.kernel] as const;
  const module = 'encoder.pos_conv_embed';
  let channels = toChannels(graph, x);
  if (config.conv_pos_batch_norm)
    channels = await batchNorm(graph, weights, `${module}.batch_norm`, channels, sizes.hidden);
  const name = `${module}.conv`;
  const kernel = await readNormedKernel(weights, name, shape);
  const convolved = await placeConvolution(graph, weights, name, channels, kernel, sizes);
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  return graph.node('Add', [x, toSteps(graph, activate(graph, convolved))]);
}

/**
 * As addPlace, with data2vec's stack of short convolutions, each normalised without weights.
 */
export async function addStackedPlace(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: Wav2Vec2Config,
): Promise<Value> {
  const sizes = placeSizes(config, config.conv_pos_kernel_size);
  const { hidden, groups, kernel } = sizes;
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  const ones = await graph.weight('ones', [hidden], new Float32Array(hidden).fill(1));
  let place = x;
  for (let i = 0; i < (config.num_conv_pos_embeddings ?? publishedStack); i++) {
    const name = `encoder.pos_conv_embed.layers.${i}.conv`;
    const weight = await weights.read(`${name}.weight`, [hidden, hidden / groups, kernel]);
    const convolved = await placeConvolution(graph, weights, name, toChannels(graph, place), weight, sizes);
    const normal = graph.node('LayerNormalization', [toSteps(graph, convolved), ones], {
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    });
    place = activate(graph, normal);
  }
  return graph.node('Add', [x, place]);
}

function placeSizes(
  { hidden_size: hidden, num_conv_pos_embedding_groups: groups }: Wav2Vec2Config,
  kernel: number,
) {
  return { hidden, groups, kernel, stride: 1 };
}

/** Batch normalisation with the averages of training: each channel scaled and moved. */
async function batchNorm(
  graph: Graph,
  weights: Weights,
  name: string,
  channels: Value,
  size: number,
): Promise<Value> {
  const read = (part: string) => weights.read(`${name}.${part}`, [size]);
  const [scale, bias, mean, variance] = [
    await read('weight'),
    await read('bias'),
    await read('running_mean'),
    await read('running_var'),
  ];
  const factor = scale.map((value, i) => value / Math.sqrt(variance[i] + epsilon));
  const offset = bias.map((value, i) => value - mean[i] * factor[i]);
  const scaled = graph.node('Mul', [channels, await graph.weight('scale', [size, 1, 1], factor)]);
  return graph.node('Add', [scaled, await graph.weight('offset', [size, 1, 1], offset)]);
}
