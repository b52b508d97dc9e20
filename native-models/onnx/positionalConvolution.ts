import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { transpose } from './heads.ts';

/** Sizes of a convolution that tells steps where they are. */
export type PlaceConvolution = { hidden: number; kernel: number; groups: number; stride: number };

/** [steps, hidden] as [1, hidden, 1, steps]: over two dimensions, as in the feature extractor */
export function toChannels(graph: Graph, x: Value): Value {
  return graph.node('Unsqueeze', [transpose(graph, x, [1, 0]), graph.integers([0, 2])]);
}

/** [1, hidden, 1, steps] as [steps, hidden] */
export function toSteps(graph: Graph, channels: Value): Value {
  return transpose(graph, graph.node('Squeeze', [channels, graph.integers([0, 2])]), [1, 0]);
}

/**
 * How many zeros the convolution sees on each side. The reference puts half a kernel on both sides and cuts the result
 * to floor(steps / stride); with this much at the end the convolution itself gives just as many, unless it is negative.
 */
export function placePadding({ kernel, stride }: PlaceConvolution): { begin: number; end: number } {
  const begin = Math.floor(kernel / 2);
  return { begin, end: kernel - stride - begin };
}

/**
 * A convolution over the steps, with the checkpoint's bias.
 * @param channels [1, hidden, 1, steps]
 * @param weight [hidden, hidden / groups, kernel]
 * @returns [1, hidden, 1, floor(steps / stride)], or more where placePadding's end is negative
 */
export async function placeConvolution(
  graph: Graph,
  weights: Weights,
  name: string,
  channels: Value,
  weight: Float32Array,
  sizes: PlaceConvolution,
): Promise<Value> {
  const { hidden, kernel, groups, stride } = sizes;
  const { begin, end } = placePadding(sizes);
  const operands = [
    channels,
    await graph.weight('weight', [hidden, hidden / groups, 1, kernel], weight),
    await graph.weight('bias', [hidden], await weights.read(`${name}.bias`, [hidden])),
  ];
  return graph.node('Conv', operands, {
    attributes: {
      strides: { ints: [1, stride] },
      pads: { ints: [0, begin, 0, Math.max(0, end)] },
      group: { int: groups },
    },
  });
}
