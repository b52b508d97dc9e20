import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { layerNorm } from './layers.ts';

/** The convolutions over the waveform that wav2vec 2.0 and its relatives begin with (fields as in config.json). */
export type FeatureExtractorConfig = {
  conv_dim: readonly number[];
  conv_kernel: readonly number[];
  conv_stride: readonly number[];
  conv_bias: boolean;
  feat_extract_norm: 'group' | 'layer';
  feat_extract_activation: string;
};

/** PyTorch's default, which the reference leaves as it is. */
const epsilon = 1e-5;

/** How many samples lie between frames, and how many one frame sees. */
export function frameGeometry(config: Pick<FeatureExtractorConfig, 'conv_kernel' | 'conv_stride'>): {
  hopSamples: number;
  receptiveFieldSamples: number;
} {
  let hopSamples = 1;
  let receptiveFieldSamples = 1;
  config.conv_kernel.forEach((kernel, i) => {
    receptiveFieldSamples += (kernel - 1) * hopSamples;
    hopSamples *= config.conv_stride[i];
  });
  return { hopSamples, receptiveFieldSamples };
}

/**
 * Waveform to features. The signal has a height of one, since ONNX Runtime's CPU has its fast blocked kernels for
 * convolutions over two dimensions only (a third less time than over one).
 * @param waveform [1, samples]
 * @returns [frames, channels]
 */
export async function featureExtractor(
  graph: Graph,
  weights: Weights,
  waveform: Value,
  config: FeatureExtractorConfig,
): Promise<Value> {
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  let x = graph.node('Unsqueeze', [waveform, graph.integers([1, 2])]);
  let inputs = 1;
  for (const [i, outputs] of config.conv_dim.entries()) {
    x = await graph.scope(`convolution${i}`, async () => {
      const name = `feature_extractor.conv_layers.${i}`;
      const kernel = config.conv_kernel[i];
      const read = (part: string) => weights.read(`${name}.${part}`, [outputs]);
      const weight = await weights.read(`${name}.conv.weight`, [outputs, inputs, kernel]);
      const operands = [x, await graph.weight('weight', [outputs, inputs, 1, kernel], weight)];
      if (config.conv_bias) operands.push(await graph.weight('bias', [outputs], await read('conv.bias')));
      let y = graph.node('Conv', operands, {
        attributes: { kernel_shape: { ints: [1, kernel] }, strides: { ints: [1, config.conv_stride[i]] } },
      });
      if (config.feat_extract_norm === 'layer') {
        const rows = graph.node('Transpose', [y], { attributes: { perm: { ints: [0, 2, 3, 1] } } });
        const normal = await layerNorm(graph, weights, `${name}.layer_norm`, rows, outputs, epsilon);
        y = graph.node('Transpose', [normal], { attributes: { perm: { ints: [0, 3, 1, 2] } } });
      } else if (i === 0) {
        // A group for each channel is what ONNX calls instance normalisation
        const scale = await graph.weight('scale', [outputs], await read('layer_norm.weight'));
        const bias = await graph.weight('bias', [outputs], await read('layer_norm.bias'));
        const attributes = { epsilon: { float: epsilon } };
        y = graph.node('InstanceNormalization', [y, scale, bias], { attributes });
      }
      return activate(graph, y);
    });
    inputs = outputs;
  }
  const flat = graph.node('Squeeze', [x, graph.integers([0, 2])]);
  return graph.node('Transpose', [flat], { attributes: { perm: { ints: [1, 0] } } });
}
