import { checkDivisions, parseConfig } from '../checkpoint/config.ts';
import { wav2vec2Config, type Wav2Vec2Config } from '../checkpoint/wav2vec2Config.ts';
import type { Weights } from '../checkpoint/tensors.ts';
import { ModelError } from '../model.ts';
import { adaptedGeometry, addAdapter, addLayerAdapter, outputSize } from './adapters.ts';
import { encoderLayer } from './encoderLayer.ts';
import type { Family } from './family.ts';
import { featureExtractor, frameGeometry } from './featureExtractor.ts';
import { addDistanceBias, gateBias } from './gatedBias.ts';
import type { Graph, Value } from './graph.ts';
import { addExactLinear, layerNorm, linear, readLinear } from './layers.ts';
import { addPlace, addStackedPlace } from './place.ts';

/** What tells the families with wav2vec 2.0's encoder apart. */
type Traits = {
  prefix: string;
  /** Whether `add_adapter` and `adapter_attn_dim` mean something. */
  adapters?: boolean;
  layerAdapters?: boolean;
  /** Fields of config.json that the family does not read, as it has them. */
  fixed?: Partial<Wav2Vec2Config>;
  stackedPlace?: boolean;
  gatedBias?: boolean;
};

const withoutHubertsFields = { feat_proj_layer_norm: true, conv_pos_batch_norm: false };

/** wav2vec 2.0 (arXiv 2006.11477) and HuBERT, data2vec, UniSpeech, UniSpeech-SAT and WavLM, by `model_type`. */
export const wav2vec2Families = {
  wav2vec2: family({ prefix: 'wav2vec2.', adapters: true, layerAdapters: true, fixed: withoutHubertsFields }),
  hubert: family({ prefix: 'hubert.', layerAdapters: true }),
  'data2vec-audio': family({
    prefix: 'data2vec_audio.',
    adapters: true,
    stackedPlace: true,
    fixed: { ...withoutHubertsFields, feat_extract_norm: 'layer', do_stable_layer_norm: false },
  }),
  unispeech: family({ prefix: 'unispeech.', layerAdapters: true, fixed: withoutHubertsFields }),
  'unispeech-sat': family({ prefix: 'unispeech_sat.', layerAdapters: true, fixed: withoutHubertsFields }),
  wavlm: family({ prefix: 'wavlm.', adapters: true, gatedBias: true, fixed: withoutHubertsFields }),
} satisfies Record<string, Family>;

function family(traits: Traits): Family {
  return (json, origin) => {
    const config = { ...parseConfig(wav2vec2Config, json, origin), ...traits.fixed };
    checkDivisions(config, origin);
    if (config.add_adapter && !traits.adapters) {
      throw new ModelError(
        `${origin}: config.json has add_adapter; adapter layers of this type cannot be converted.`,
      );
    }
    return {
      prefix: traits.prefix,
      vocabularySize: config.vocab_size,
      padTokenId: config.pad_token_id ?? null,
      ...adaptedGeometry(frameGeometry(config), config),
      build: (graph, weights, waveform) => build(graph, weights, config, traits, waveform),
    };
  };
}

async function build(
  graph: Graph,
  weights: Weights,
  config: Wav2Vec2Config,
  traits: Traits,
  waveform: Value,
): Promise<Value> {
  const { hidden_size: hidden, vocab_size: vocabulary, adapter_attn_dim: adapterSize } = config;
  const norms = config.do_stable_layer_norm ? 'before' : 'after';
  const encoderNorm = (x: Value) =>
    layerNorm(graph, weights, 'encoder.layer_norm', x, hidden, config.layer_norm_eps);

  const features = await graph.scope('features', () => addFeatures(graph, weights, waveform, config));
  let x = await graph.scope('place', async () => {
    const placed = await (traits.stackedPlace ? addStackedPlace : addPlace)(graph, weights, features, config);
    return norms === 'after' ? encoderNorm(placed) : placed;
  });
  const bias =
    traits.gatedBias && config.num_hidden_layers > 0
      ? await graph.scope('bias', () => addDistanceBias(graph, weights, x, config))
      : undefined;
  const biasOf =
    bias === undefined
      ? undefined
      : (attention: string, input: Value) => gateBias(graph, weights, attention, input, bias, config);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    x = await graph.scope(`layer${i}`, async () => {
      const y = await encoderLayer(graph, weights, i, x, norms, config, biasOf);
      if (!traits.layerAdapters || norms !== 'before' || !adapterSize) return y;
      return addLayerAdapter(graph, weights, i, y, { hidden_size: hidden, adapter_attn_dim: adapterSize });
    });
  }
  return graph.scope('head', async () => {
    const normal = norms === 'before' ? await encoderNorm(x) : x;
    const adapted = config.add_adapter ? await addAdapter(graph, weights, normal, config) : normal;
    const head = await readLinear(weights, 'lm_head', outputSize(config), vocabulary);
    const logits = await addExactLinear(graph, adapted, head);
    return graph.node('Unsqueeze', [logits, graph.integers([0])]);
  });
}

/** [1, samples] to [frames, hidden] */
async function addFeatures(
  graph: Graph,
  weights: Weights,
  waveform: Value,
  config: Wav2Vec2Config,
): Promise<Value> {
  const size = config.conv_dim.at(-1)!;
  const extracted = await featureExtractor(graph, weights, waveform, config);
  const normal = config.feat_proj_layer_norm
    ? await layerNorm(graph, weights, 'feature_projection.layer_norm', extracted, size, config.layer_norm_eps)
    : extracted;
  return linear(graph, weights, 'feature_projection.projection', normal, size, config.hidden_size);
}
