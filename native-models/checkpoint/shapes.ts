/** config.json of the published models, by the shape's name; figures of their cards. */
export const shapes = {
  'sew-d-tiny': sewDShape({ hidden: 384, layers: 12, heads: 6, channels: 64 }),
  'sew-d-mid': sewDShape({ hidden: 512, layers: 24, heads: 8, channels: 64 }),
  'sew-d-base-plus': sewDShape({ hidden: 768, layers: 24, heads: 12, channels: 96 }),
} as const;

export type ShapeName = keyof typeof shapes;

function sewDShape(shape: { hidden: number; layers: number; heads: number; channels: number }) {
  const { hidden, layers, heads, channels } = shape;
  const four = (factor: number) => new Array<number>(4).fill(factor * channels);
  return {
    model_type: 'sew-d',
    architectures: ['SEWDForCTC'],
    vocab_size: 32,
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: 4 * hidden,
    squeeze_factor: 2,
    max_position_embeddings: 512,
    position_buckets: 256,
    share_att_key: true,
    relative_attention: true,
    pos_att_type: ['p2c', 'c2p'],
    norm_rel_ebd: 'layer_norm',
    hidden_act: 'gelu_python',
    layer_norm_eps: 1e-7,
    feature_layer_norm_eps: 1e-5,
    feat_extract_norm: 'group',
    feat_extract_activation: 'gelu',
    conv_bias: false,
    conv_dim: [channels, ...four(2), ...four(4), ...four(8)],
    conv_kernel: [10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1],
    conv_stride: [5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1],
    num_conv_pos_embeddings: 31,
    num_conv_pos_embedding_groups: 16,
    pad_token_id: 0,
    bos_token_id: 1,
    eos_token_id: 2,
  };
}

type Shape = (typeof shapes)[ShapeName];

/** Every tensor of such a model, by its name in a checkpoint. */
export function tensorShapes(config: Shape): Map<string, number[]> {
  const { hidden_size: hidden, intermediate_size: intermediate, vocab_size: vocabulary } = config;
  const tensors = new Map<string, number[]>();
  const add = (name: string, ...shape: number[]) => tensors.set(`sew_d.${name}`, shape);
  const layer = (name: string, inputs: number, outputs: number) => {
    add(`${name}.weight`, outputs, inputs);
    add(`${name}.bias`, outputs);
  };
  const norm = (name: string, size: number) => {
    add(`${name}.weight`, size);
    add(`${name}.bias`, size);
  };
  add('masked_spec_embed', hidden);
  config.conv_dim.forEach((outputs, i) => {
    const inputs = i === 0 ? 1 : config.conv_dim[i - 1];
    add(`feature_extractor.conv_layers.${i}.conv.weight`, outputs, inputs, config.conv_kernel[i]);
  });
  norm('feature_extractor.conv_layers.0.layer_norm', config.conv_dim[0]);
  const features = config.conv_dim[config.conv_dim.length - 1];
  norm('layer_norm', features);
  if (features !== hidden) layer('feature_projection', features, hidden);
  const place = 'encoder.pos_conv_embed.conv';
  const kernel = config.num_conv_pos_embeddings;
  add(`${place}.bias`, hidden);
  add(`${place}.weight_g`, 1, 1, kernel);
  add(`${place}.weight_v`, hidden, hidden / config.num_conv_pos_embedding_groups, kernel);
  add('encoder.encoder.rel_embeddings.weight', 2 * config.position_buckets, hidden);
  norm('encoder.encoder.LayerNorm', hidden);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const name = `encoder.encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value'])
      layer(`${name}.attention.self.${part}_proj`, hidden, hidden);
    layer(`${name}.attention.output.dense`, hidden, hidden);
    norm(`${name}.attention.output.LayerNorm`, hidden);
    layer(`${name}.intermediate.dense`, hidden, intermediate);
    layer(`${name}.output.dense`, intermediate, hidden);
    norm(`${name}.output.LayerNorm`, hidden);
  }
  layer('encoder.upsample.projection', hidden, hidden * config.squeeze_factor);
  tensors.set('lm_head.weight', [vocabulary, hidden]);
  tensors.set('lm_head.bias', [vocabulary]);
  return tensors;
}
