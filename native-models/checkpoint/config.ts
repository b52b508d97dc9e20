import { z } from 'zod';
import { ModelError } from '../model.ts';

/** Fields that a config.json sets to null count as left out, as transformers writes some of them. */
function withDefault<T extends z.ZodType>(schema: T, value: z.output<T>) {
  return schema.nullish().transform((given) => (given ?? value) as z.output<T>);
}

const size = z.number().int().positive().max(1_000_000);
const sizes = z.array(size).min(1).max(256);
const epsilon = z.number().min(0).max(1);

/** What every family says about itself. */
export const familyConfig = z.looseObject({ model_type: z.string() });

/**
 * A family's settings out of config.json.
 * @throws ModelError naming the first field that is wrong.
 */
export function parseConfig<T>(schema: z.ZodType<T>, json: unknown, origin: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new ModelError(`${origin}: config.json cannot be used (${[...path, message].join(': ')}).`);
}

const squeezedConvolutions = {
  conv_dim: [64, 128, 128, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512],
  conv_kernel: [10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1],
  conv_stride: [5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1],
};

/**
 * SEW-D's config.json, with the defaults that transformers' SEWDConfig has. What only matters in training (dropout,
 * masking, losses) is not read.
 */
export const sewDConfig = z
  .looseObject({
    vocab_size: withDefault(size, 32),
    hidden_size: withDefault(size, 768),
    num_hidden_layers: withDefault(z.number().int().min(0).max(1000), 12),
    num_attention_heads: withDefault(size, 12),
    intermediate_size: withDefault(size, 3072),
    squeeze_factor: withDefault(z.number().int().positive().max(64), 2),
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
    feat_extract_norm: withDefault(z.enum(['group', 'layer']), 'group'),
    feat_extract_activation: withDefault(z.string(), 'gelu'),
    conv_dim: withDefault(sizes, squeezedConvolutions.conv_dim),
    conv_kernel: withDefault(sizes, squeezedConvolutions.conv_kernel),
    conv_stride: withDefault(sizes, squeezedConvolutions.conv_stride),
    conv_bias: withDefault(z.boolean(), false),
    num_conv_pos_embeddings: withDefault(size, 128),
    num_conv_pos_embedding_groups: withDefault(size, 16),
    pad_token_id: z.number().int().min(0).nullish(),
    conv_kernel_size: z.number().int().nullish(),
    attention_head_size: z.number().int().nullish(),
    add_adapter: z.boolean().nullish(),
    adapter_attn_dim: z.number().int().nullish(),
  })
  .refine((c) => c.conv_dim.length === c.conv_kernel.length && c.conv_dim.length === c.conv_stride.length, {
    message: 'conv_dim, conv_kernel and conv_stride must be of one length',
  });

export type SewDConfig = z.infer<typeof sewDConfig>;
