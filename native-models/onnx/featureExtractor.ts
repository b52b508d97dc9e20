import type { Weights } from '../checkpoint/tensors.ts';
import { activationNamed } from './activations.ts';
import type { Graph, Value } from './graph.ts';

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
 * Waveform to features.
 * @param waveform [1, samples]
 * @returns [1, frames, channels]
 */
export async function featureExtractor(
  graph: Graph,
  weights: Weights,
  waveform: Value,
  config: FeatureExtractorConfig,
): Promise<Value> {
  const activate = activationNamed(config.feat_extract_activation, 'feat_extract_activation');
  const transpose = (x: Value) => graph.node('Transpose', [x], { attributes: { perm: { ints: [0, 2, 1] } } });
  let x = graph.node('Unsqueeze', [waveform, graph.integers([1])]);
  let channels = 1;
  for (const [i, outputs] of config.conv_dim.entries()) {
    const name = `feature_extractor.conv_layers.${i}`;
    const kernel = config.conv_kernel[i];
    const read = (tensor: string) => weights.read(`${name}.${tensor}`, [outputs]);
    x = await graph.scope(`convolution${i}`, async () => {
      const shape = [outputs, channels, kernel];
      const inputs = [
        x,
        await graph.weight('weight', shape, await weights.read(`${name}.conv.weight`, shape)),
      ];
      if (config.conv_bias) inputs.push(await graph.weight('bias', [outputs], await read('conv.bias')));
      let y = graph.node('Conv', inputs, { attributes: { strides: { ints: [config.conv_stride[i]] } } });
      if (config.feat_extract_norm === 'layer') {
        const scale = await graph.weight('scale', [outputs], await read('layer_norm.weight'));
        const bias = await graph.weight('bias', [outputs], await read('layer_norm.bias'));
        const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
        y = transpose(graph.node('LayerNormalization', [transpose(y), scale, bias], { attributes }));
      } else if (i === 0) {
        // a group for each channel is what ONNX calls instance normalisation
        const scale = await graph.weight('scale', [outputs], await read('layer_norm.weight'));
        const bias = await graph.weight('bias', [outputs], await read('layer_norm.bias'));
        y = graph.node('InstanceNormalization', [y, scale, bias], {
          attributes: { epsilon: { float: epsilon } },
        });
      }
      return activate(graph, y);
    });
    channels = outputs;
  }
  return transpose(x);
}
