import type { Wav2Vec2Config } from '../checkpoint/wav2vec2Config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { layerNorm, linear } from './layers.ts';
import { toChannels, toSteps } from './positionalConvolution.ts';

/** PyTorch's default, which the reference leaves as it is here. */
const epsilon = 1e-5;
/** Zeros that an adapter's convolution sees on each side. */
const padding = 1;

type AdapterConfig = Pick<
  Wav2Vec2Config,
  | 'add_adapter'
  | 'hidden_size'
  | 'output_hidden_size'
  | 'adapter_kernel_size'
  | 'adapter_stride'
  | 'num_adapter_layers'
>;

/** How wide steps are before the head. */
export function outputSize({ add_adapter, output_hidden_size, hidden_size }: AdapterConfig): number {
  return add_adapter ? (output_hidden_size ?? hidden_size) : hidden_size;
}

/** The geometry of frames behind the adapter, from the geometry before it. */
export function adaptedGeometry<T extends { hopSamples: number; receptiveFieldSamples: number }>(
  frames: T,
  config: AdapterConfig,
): T & { minimumSamples: number } {
  let { hopSamples, receptiveFieldSamples } = frames;
  let fewest = 1;
  const { adapter_kernel_size: kernel, adapter_stride: stride } = config;
  for (let i = 0; config.add_adapter && i < config.num_adapter_layers; i++) {
    receptiveFieldSamples += (kernel - 1) * hopSamples;
    hopSamples *= stride;
    fewest = Math.max(1, (fewest - 1) * stride + kernel - 2 * padding);
  }
  const minimumSamples = frames.receptiveFieldSamples + (fewest - 1) * frames.hopSamples;
  return { ...frames, hopSamples, receptiveFieldSamples, minimumSamples };
}

/**
 * The convolutions with gated linear units that `add_adapter` puts behind the encoder.
 * @param x [steps, hidden]
 * @returns [fewer steps, output_hidden_size]
 */
export async function addAdapter(
  graph: Graph,
  weights: Weights,
  x: Value,
  config: AdapterConfig,
): Promise<Value> {
  const size = outputSize(config);
  let narrowed = x;
  if (size !== config.hidden_size) {
    const projected = await linear(graph, weights, 'adapter.proj', x, config.hidden_size, size);
    narrowed = await layerNorm(graph, weights, 'adapter.proj_layer_norm', projected, size, epsilon);
  }
  let channels = toChannels(graph, narrowed);
  const kernel = config.adapter_kernel_size;
  for (let i = 0; i < config.num_adapter_layers; i++) {
    const name = `adapter.layers.${i}.conv`;
    const weight = await weights.read(`${name}.weight`, [2 * size, size, kernel]);
    const bias = await weights.read(`${name}.bias`, [2 * size]);
    const convolved = graph.node(
      'Conv',
      [
        channels,
        await graph.weight('weight', [2 * size, size, 1, kernel], weight),
        await graph.weight('bias', [2 * size], bias),
      ],
      {
        attributes: {
          strides: { ints: [1, config.adapter_stride] },
          pads: { ints: [0, padding, 0, padding] },
        },
      },
    );
    const [values, gates] = graph.nodeWithOutputs(2, 'Split', [convolved], {
      attributes: { axis: { int: 1 } },
    });
    channels = graph.node('Mul', [values, graph.node('Sigmoid', [gates])]);
  }
  return toSteps(graph, channels);
}

/**
 * The small network that models for many languages have behind each layer, with weights for one language.
 * @param x [steps, hidden]
 * @returns [steps, hidden]
 */
export async function addLayerAdapter(
  graph: Graph,
  weights: Weights,
  layer: number,
  x: Value,
  { hidden_size: hidden, adapter_attn_dim: narrow }: { hidden_size: number; adapter_attn_dim: number },
): Promise<Value> {
  const name = `encoder.layers.${layer}.adapter_layer`;
  const normal = await layerNorm(graph, weights, `${name}.norm`, x, hidden, epsilon);
  const inner = graph.node('Relu', [
    await linear(graph, weights, `${name}.linear_1`, normal, hidden, narrow),
  ]);
  const outer = await linear(graph, weights, `${name}.linear_2`, inner, narrow, hidden);
  return graph.node('Add', [x, outer]);
}
