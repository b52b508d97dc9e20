import type { SewDConfig } from '../checkpoint/config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { foldWeightNorm } from './matrices.ts';
import { lengthOf } from './shape.ts';

type SqueezeConfig = Pick<
  SewDConfig,
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
  const kernel = config.num_conv_pos_embeddings;
  const groups = config.num_conv_pos_embedding_groups;
  const transpose = (value: Value) =>
    graph.node('Transpose', [value], { attributes: { perm: { ints: [1, 0] } } });
  // [1, hidden, 1, frames]: over two dimensions, as in the feature extractor
  const channels = graph.node('Unsqueeze', [transpose(x), graph.integers([0, 2])]);

  const name = 'encoder.pos_conv_embed.conv';
  const shape = [hidden, hidden / groups, kernel];
  const [gName, vName] = weights.has(`${name}.weight_v`)
    ? ['weight_g', 'weight_v']
    : ['parametrizations.weight.original0', 'parametrizations.weight.original1'];
  const weight = foldWeightNorm(
    await weights.read(`${name}.${vName}`, shape),
    await weights.read(`${name}.${gName}`, [1, 1, kernel]),
  );
  // The reference pads both sides alike and cuts the result to the mean's floor(frames / factor) steps. With this much
  // at the end the convolution itself gives just as many.
  const begin = Math.floor(kernel / 2);
  const end = kernel - factor - begin;
  const convolved = graph.node(
    'Conv',
    [
      channels,
      await graph.weight('weight', [hidden, hidden / groups, 1, kernel], weight),
      await graph.weight('bias', [hidden], await weights.read(`${name}.bias`, [hidden])),
    ],
    {
      attributes: {
        strides: { ints: [1, factor] },
        pads: { ints: [0, begin, 0, Math.max(0, end)] },
        group: { int: groups },
      },
    },
  );
  const mean =
    factor === 1
      ? channels
      : graph.node('AveragePool', [channels], {
          attributes: { kernel_shape: { ints: [1, factor] }, strides: { ints: [1, factor] } },
        });
  const place =
    end >= 0
      ? convolved
      : graph.node('Slice', [convolved, graph.integers([0]), lengthOf(graph, mean, 3), graph.integers([3])]);
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  const sum = graph.node('Add', [activate(graph, place), mean]);
  return transpose(graph.node('Squeeze', [sum, graph.integers([0, 2])]));
}
