import type { Shape } from './shapes.ts';

const prefixes = { 'sew-d': 'sew_d.', sew: 'sew.', wav2vec2: 'wav2vec2.' } as const;

/** Every tensor of a model of a published shape, by its name in a checkpoint. */
export function tensorShapes(config: Shape): Map<string, number[]> {
  const { hidden_size: hidden, vocab_size: vocabulary } = config;
  const list = new TensorList(prefixes[config.model_type]);
  list.add('masked_spec_embed', hidden);
  addFeatures(list, config);
  addPlace(list, config);
  if (config.model_type === 'sew-d') addDisentangledLayers(list, config);
  else addLayers(list, config);
  if ('squeeze_factor' in config) {
    list.layer('encoder.upsample.projection', hidden, hidden * config.squeeze_factor);
  }
  list.tensors.set('lm_head.weight', [vocabulary, hidden]);
  list.tensors.set('lm_head.bias', [vocabulary]);
  return list.tensors;
}

class TensorList {
  readonly tensors = new Map<string, number[]>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(name: string, ...shape: number[]): void {
    this.tensors.set(this.#prefix + name, shape);
  }

  layer(name: string, inputs: number, outputs: number): void {
    this.add(`${name}.weight`, outputs, inputs);
    this.add(`${name}.bias`, outputs);
  }

  norm(name: string, size: number): void {
    this.add(`${name}.weight`, size);
    this.add(`${name}.bias`, size);
  }
}

function addFeatures(list: TensorList, config: Shape): void {
  const { conv_dim: channels, hidden_size: hidden } = config;
  channels.forEach((outputs, i) => {
    const inputs = i === 0 ? 1 : channels[i - 1];
    list.add(`feature_extractor.conv_layers.${i}.conv.weight`, outputs, inputs, config.conv_kernel[i]);
  });
  list.norm('feature_extractor.conv_layers.0.layer_norm', channels[0]);
  const features = channels[channels.length - 1];
  if (config.model_type === 'wav2vec2') {
    list.norm('feature_projection.layer_norm', features);
    list.layer('feature_projection.projection', features, hidden);
  } else {
    list.norm('layer_norm', features);
    if (features !== hidden) list.layer('feature_projection', features, hidden);
  }
}

function addPlace(list: TensorList, config: Shape): void {
  const { hidden_size: hidden, num_conv_pos_embeddings: kernel } = config;
  const name = 'encoder.pos_conv_embed.conv';
  list.add(`${name}.bias`, hidden);
  list.add(`${name}.weight_g`, 1, 1, kernel);
  list.add(`${name}.weight_v`, hidden, hidden / config.num_conv_pos_embedding_groups, kernel);
}

function addDisentangledLayers(list: TensorList, config: Extract<Shape, { model_type: 'sew-d' }>): void {
  const { hidden_size: hidden, intermediate_size: intermediate } = config;
  list.add('encoder.encoder.rel_embeddings.weight', 2 * config.position_buckets, hidden);
  list.norm('encoder.encoder.LayerNorm', hidden);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const name = `encoder.encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value']) {
      list.layer(`${name}.attention.self.${part}_proj`, hidden, hidden);
    }
    list.layer(`${name}.attention.output.dense`, hidden, hidden);
    list.norm(`${name}.attention.output.LayerNorm`, hidden);
    list.layer(`${name}.intermediate.dense`, hidden, intermediate);
    list.layer(`${name}.output.dense`, intermediate, hidden);
    list.norm(`${name}.output.LayerNorm`, hidden);
  }
}

function addLayers(list: TensorList, config: Shape): void {
  const { hidden_size: hidden, intermediate_size: intermediate } = config;
  list.norm('encoder.layer_norm', hidden);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const name = `encoder.layers.${i}`;
    for (const part of ['q', 'k', 'v', 'out']) list.layer(`${name}.attention.${part}_proj`, hidden, hidden);
    list.norm(`${name}.layer_norm`, hidden);
    list.layer(`${name}.feed_forward.intermediate_dense`, hidden, intermediate);
    list.layer(`${name}.feed_forward.output_dense`, intermediate, hidden);
    list.norm(`${name}.final_layer_norm`, hidden);
  }
}
