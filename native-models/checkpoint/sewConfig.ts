import * as z from 'zod';
import {
  convolutionsOfOneLength,
  encoderFields,
  epsilon,
  extractorFields,
  size,
  withDefault,
} from './config.ts';

const squeezed = {
  ...encoderFields,
  squeeze_factor: withDefault(z.number().int().positive().max(64), 2),
  num_conv_pos_embeddings: withDefault(size, 128),
  ...extractorFields({
    conv_dim: [64, 128, 128, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512],
    conv_kernel: [10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1],
    conv_stride: [5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1],
  }),
};

/** SEW's config.json, with the defaults that transformers' SEWConfig has. What only matters in training is not read. */
export const sewConfig = z
  .looseObject({
    ...squeezed,
    hidden_act: withDefault(z.string(), 'gelu'),
    layer_norm_eps: withDefault(epsilon, 1e-5),
  })
  .refine(...convolutionsOfOneLength);

/**
 * SEW-D's config.json, with the defaults that transformers' SEWDConfig has. What only matters in training (dropout,
 * masking, losses) is not read.
 */
export const sewDConfig = z
  .looseObject({
    ...squeezed,
    max_position_embeddings: withDefault(size, 512),
    max_relative_positions: withDefault(z.number().int().max(1_000_000), -1),
    position_buckets: withDefault(z.number().int().max(1_000_000), 256),
    share_att_key: withDefault(z.boolean(), true),
    relative_attention: withDefault(z.boolean(), true),
    // null means none here, as in the reference
    pos_att_type: z
      .union([z.array(z.string()), z.string(), z.null()])
      .optional()
      .transform((given) => (given === undefined ? ['p2c', 'c2p'] : (given ?? []))),
    norm_rel_ebd: withDefault(z.string(), 'layer_norm'),
    hidden_act: withDefault(z.string(), 'gelu_python'),
    layer_norm_eps: withDefault(epsilon, 1e-7),
    feature_layer_norm_eps: withDefault(epsilon, 1e-5),
    conv_kernel_size: z.number().int().nullish(),
    attention_head_size: z.number().int().nullish(),
  })
  .refine(...convolutionsOfOneLength);

export type SewConfig = z.infer<typeof sewConfig>;
export type SewDConfig = z.infer<typeof sewDConfig>;
