import type { SewDConfig } from '../checkpoint/config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { foldWeightNorm } from './matrices.ts';

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
 * @param x [1, frames, hidden]
 * @returns [1, floor(frames / squeeze_factor), hidden]
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
    graph.node('Transpose', [value], { attributes: { perm: { ints: [0, 2, 1] } } });
  const channels = transpose(x);

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
      await graph.weight('weight', shape, weight),
      await graph.weight('bias', [hidden], await weights.read(`${name}.bias`, [hidden])),
    ],
    {
      attributes: {
        strides: { ints: [factor] },
        pads: { ints: [begin, Math.max(0, end)] },
        group: { int: groups },
      },
    },
  );
  const mean =
    factor === 1
      ? channels
      : graph.node('AveragePool', [channels], {
          attributes: { kernel_shape: { ints: [factor] }, strides: { ints: [factor] } },
        });
  const steps = graph.node('Shape', [mean], { attributes: { start: { int: 2 }, end: { int: 3 } } });
  const place =
    end >= 0 ? convolved : graph.node('Slice', [convolved, graph.integers([0]), steps, graph.integers([2])]);
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  return transpose(graph.node('Add', [activate(graph, place), mean]));
}
