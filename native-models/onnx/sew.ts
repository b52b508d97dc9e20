import { checkDivisions, parseConfig } from '../checkpoint/config.ts';
import { sewConfig, type SewConfig } from '../checkpoint/sewConfig.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { ModelError } from '../model.ts';
import { encoderLayer } from './encoderLayer.ts';
import type { Family } from './family.ts';
import { featureExtractor, frameGeometry, type FeatureExtractorConfig } from './featureExtractor.ts';
import type { Graph, Value } from './graph.ts';
import { layerNorm, linear } from './layers.ts';
import { squeeze, unsqueezedLogits } from './squeeze.ts';

/** SEW: squeezed wav2vec with ordinary attention (arXiv 2109.06870). */
export const sew: Family = (json, origin) => {
  const config = parseConfig(sewConfig, json, origin);
  checkDivisions(config, origin);
  if (config.add_adapter) {
    throw new ModelError(`${origin}: config.json has add_adapter; adapter layers cannot be converted.`);
  }
  return {
    prefix: 'sew.',
    vocabularySize: config.vocab_size,
    padTokenId: config.pad_token_id ?? null,
    ...frameGeometry(config),
    minimumSamples: shortestInput(config),
    build: (graph, weights, waveform) => build(graph, weights, config, waveform),
  };
};

/** Samples of as many frames as make one squeezed step. */
export function shortestInput(
  config: Pick<SewConfig, 'conv_kernel' | 'conv_stride' | 'squeeze_factor'>,
): number {
  const { hopSamples, receptiveFieldSamples } = frameGeometry(config);
  return receptiveFieldSamples + (config.squeeze_factor - 1) * hopSamples;
}

async function build(graph: Graph, weights: Weights, config: SewConfig, waveform: Value): Promise<Value> {
  const { hidden_size: hidden, layer_norm_eps: epsilon } = config;
  const features = await graph.scope('features', () =>
    sewFeatures(graph, weights, waveform, config, epsilon),
  );
  let x = await graph.scope('squeeze', async () => {
    const squeezed = await squeeze(graph, weights, features, config);
    return layerNorm(graph, weights, 'encoder.layer_norm', squeezed, hidden, epsilon);
  });
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = await graph.scope(`layer${i}`, () => encoderLayer(graph, weights, i, x, 'after', config));
  }
  return graph.scope('head', () => unsqueezedLogits(graph, weights, x, features, config));
}

/**
 * What SEW and SEW-D hear of a waveform.
 * @param waveform [1, samples]
 * @returns [frames, hidden]
 */
export async function sewFeatures(
  graph: Graph,
  weights: Weights,
  waveform: Value,
  config: FeatureExtractorConfig & { hidden_size: number },
  epsilon: number,
): Promise<Value> {
  const { hidden_size: hidden } = config;
  const size = config.conv_dim.at(-1)!;
  const extracted = await featureExtractor(graph, weights, waveform, config);
  const normal = await layerNorm(graph, weights, 'layer_norm', extracted, size, epsilon);
  return size === hidden ? normal : linear(graph, weights, 'feature_projection', normal, size, hidden);
}
