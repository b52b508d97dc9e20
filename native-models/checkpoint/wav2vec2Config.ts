import * as z from 'zod';
import {
  convolutionsOfOneLength,
  encoderFields,
  epsilon,
  extractorFields,
  size,
  withDefault,
} from './config.ts';

/**
 * config.json of wav2vec 2.0 and of the families that share its encoder, with the defaults that transformers has for
 * all of them. What only matters in training is not read.
 */
export const wav2vec2Config = z
  .looseObject({
    ...encoderFields,
    hidden_act: withDefault(z.string(), 'gelu'),
    layer_norm_eps: withDefault(epsilon, 1e-5),
    ...extractorFields({
      conv_dim: [512, 512, 512, 512, 512, 512, 512],
      conv_kernel: [10, 3, 3, 3, 3, 2, 2],
      conv_stride: [5, 2, 2, 2, 2, 2, 2],
    }),
    do_stable_layer_norm: withDefault(z.boolean(), false),
    /** The kernel's length; in data2vec how many convolutions there are. */
    num_conv_pos_embeddings: size.nullish(),
    conv_pos_kernel_size: withDefault(size, 19),
    conv_pos_batch_norm: withDefault(z.boolean(), false),
    feat_proj_layer_norm: withDefault(z.boolean(), true),
    num_buckets: withDefault(z.number().int().min(4).max(1_000_000), 320),
    max_bucket_distance: withDefault(size, 800),
    output_hidden_size: size.nullish(),
    adapter_kernel_size: withDefault(size, 3),
    adapter_stride: withDefault(size, 2),
    num_adapter_layers: withDefault(z.number().int().min(0).max(100), 3),
  })
  .refine(...convolutionsOfOneLength);

export type Wav2Vec2Config = z.infer<typeof wav2vec2Config>;
