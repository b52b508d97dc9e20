import { checkDivisions, parseConfig } from '../checkpoint/config.ts';
import { sewDConfig, type SewDConfig } from '../checkpoint/sewConfig.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { ModelError } from '../model.ts';
import { addPositions, disentangledAttention } from './disentangledAttention.ts';
import type { Family } from './family.ts';
import { frameGeometry } from './featureExtractor.ts';
import type { Graph, Value } from './graph.ts';
import { sewFeatures, shortestInput } from './sew.ts';
import { squeeze, unsqueezedLogits } from './squeeze.ts';
import { transformerLayer } from './transformerLayer.ts';

/** SEW-D: squeezed wav2vec with disentangled attention (arXiv 2109.06870). */
export const sewD: Family = (json, origin) => {
  const config = parseConfig(sewDConfig, json, origin);
  checkSettings(config, origin);
  return {
    prefix: 'sew_d.',
    vocabularySize: config.vocab_size,
    padTokenId: config.pad_token_id ?? null,
    ...frameGeometry(config),
    minimumSamples: shortestInput(config),
    build: (graph, weights, waveform) => build(graph, weights, config, waveform),
  };
};

const isSet = (value: unknown) => value !== null && value !== undefined;

function checkSettings(config: SewDConfig, origin: string): void {
  const refuse = (what: string): never => {
    throw new ModelError(`${origin}: config.json has ${what}`);
  };
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  if ((config.conv_kernel_size ?? 0) > 0) {
    refuse(`conv_kernel_size ${config.conv_kernel_size}; a convolution in the encoder cannot be converted.`);
  }
  if (config.add_adapter) refuse('add_adapter; adapter layers cannot be converted.');
  if (isSet(config.adapter_attn_dim)) refuse('adapter_attn_dim; adapter layers cannot be converted.');
  checkDivisions(config, origin);
  if (isSet(config.attention_head_size) && config.attention_head_size !== hidden / heads) {
    refuse(`attention_head_size other than hidden_size / num_attention_heads, which is ${hidden / heads}.`);
  }
  if (config.position_buckets === 1) refuse('position_buckets 1; there must be at least 2, or 0 for none.');
}

async function build(graph: Graph, weights: Weights, config: SewDConfig, waveform: Value): Promise<Value> {
  const features = await graph.scope('features', () =>
    sewFeatures(graph, weights, waveform, config, config.feature_layer_norm_eps),
  );
  let x = await graph.scope('squeeze', () => squeeze(graph, weights, features, config));
  const positions = config.relative_attention
    ? await graph.scope('positions', () => addPositions(graph, weights, x, config))
    : null;
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const name = `encoder.encoder.layer.${i}`;
    const names = {
      attention: `${name}.attention.output.dense`,
      attentionNorm: `${name}.attention.output.LayerNorm`,
      wide: `${name}.intermediate.dense`,
      narrow: `${name}.output.dense`,
      forwardNorm: `${name}.output.LayerNorm`,
    };
    const hear = (input: Value) =>
      disentangledAttention(graph, weights, `${name}.attention.self`, input, positions, config);
    x = await graph.scope(`layer${i}`, () =>
      transformerLayer(graph, weights, names, x, hear, 'after', config),
    );
  }
  return graph.scope('head', () => unsqueezedLogits(graph, weights, x, features, config));
}
