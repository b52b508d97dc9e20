/** config.json of the published models, by the shape's name; figures of their cards. */
export const shapes = {
  'sew-d-tiny': sewDShape({ hidden: 384, layers: 12, heads: 6, channels: 64 }),
  'sew-d-mid': sewDShape({ hidden: 512, layers: 24, heads: 8, channels: 64 }),
  'sew-d-base-plus': sewDShape({ hidden: 768, layers: 24, heads: 12, channels: 96 }),
  'sew-tiny': sewShape({ hidden: 512, layers: 12, heads: 8, channels: 64 }),
  'sew-mid': sewShape({ hidden: 512, layers: 24, heads: 8, channels: 64 }),
  'wav2vec2-base': wav2vec2Shape({ hidden: 768, layers: 12, heads: 12 }),
  'wav2vec2-large': wav2vec2Shape({ hidden: 1024, layers: 24, heads: 16 }),
} as const;

export type ShapeName = keyof typeof shapes;
export type Shape = (typeof shapes)[ShapeName];

/** The names of all shapes, from the smallest of a family to its largest. */
export const shapeNames = Object.keys(shapes) as ShapeName[];

type Size = { hidden: number; layers: number; heads: number };

function encoder({ hidden, layers, heads }: Size) {
  return {
    vocab_size: 32,
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: 4 * hidden,
    feat_extract_norm: 'group',
    feat_extract_activation: 'gelu',
    conv_bias: false,
    num_conv_pos_embedding_groups: 16,
    pad_token_id: 0,
    bos_token_id: 1,
    eos_token_id: 2,
  };
}

function squeezed(size: Size & { channels: number }) {
  const four = (factor: number) => new Array<number>(4).fill(factor * size.channels);
  return {
    ...encoder(size),
    squeeze_factor: 2,
    conv_dim: [size.channels, ...four(2), ...four(4), ...four(8)],
    conv_kernel: [10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1],
    conv_stride: [5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1],
    num_conv_pos_embeddings: 31,
  };
}

function sewDShape(size: Size & { channels: number }) {
  return {
    model_type: 'sew-d' as const,
    architectures: ['SEWDForCTC'],
    ...squeezed(size),
    max_position_embeddings: 512,
    position_buckets: 256,
    share_att_key: true,
    relative_attention: true,
    pos_att_type: ['p2c', 'c2p'],
    norm_rel_ebd: 'layer_norm',
    hidden_act: 'gelu_python',
    layer_norm_eps: 1e-7,
    feature_layer_norm_eps: 1e-5,
  };
}

function sewShape(size: Size & { channels: number }) {
  return {
    model_type: 'sew' as const,
    architectures: ['SEWForCTC'],
    ...squeezed(size),
    hidden_act: 'gelu',
    layer_norm_eps: 1e-5,
  };
}

function wav2vec2Shape(size: Size) {
  return {
    model_type: 'wav2vec2' as const,
    architectures: ['Wav2Vec2ForCTC'],
    ...encoder(size),
    conv_dim: new Array<number>(7).fill(512),
    conv_kernel: [10, 3, 3, 3, 3, 2, 2],
    conv_stride: [5, 2, 2, 2, 2, 2, 2],
    num_conv_pos_embeddings: 128,
    do_stable_layer_norm: false,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-5,
  };
}
