import * as z from 'zod';
import { ModelError } from '../model.ts';

/** Fields that a config.json sets to null count as left out, as transformers writes some of them. */
export function withDefault<T extends z.ZodType>(schema: T, value: z.output<T>) {
  return schema.nullish().transform((given) => (given ?? value) as z.output<T>);
}

export const size = z.number().int().positive().max(1_000_000);
const sizes = z.array(size).min(1).max(256);
export const epsilon = z.number().min(0).max(1);

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

/** A transformer's fields, and those that ask for what only some families have, with transformers' defaults. */
export const encoderFields = {
  vocab_size: withDefault(size, 32),
  hidden_size: withDefault(size, 768),
  num_hidden_layers: withDefault(z.number().int().min(0).max(1000), 12),
  num_attention_heads: withDefault(size, 12),
  intermediate_size: withDefault(size, 3072),
  num_conv_pos_embedding_groups: withDefault(size, 16),
  pad_token_id: z.number().int().min(0).nullish(),
  add_adapter: z.boolean().nullish(),
  adapter_attn_dim: size.nullish(),
};

type Convolutions = { conv_dim: number[]; conv_kernel: number[]; conv_stride: number[] };

/** The fields of the convolutions over the waveform. */
export function extractorFields(defaults: Convolutions) {
  return {
    feat_extract_norm: withDefault(z.enum(['group', 'layer']), 'group'),
    feat_extract_activation: withDefault(z.string(), 'gelu'),
    conv_dim: withDefault(sizes, defaults.conv_dim),
    conv_kernel: withDefault(sizes, defaults.conv_kernel),
    conv_stride: withDefault(sizes, defaults.conv_stride),
    conv_bias: withDefault(z.boolean(), false),
  };
}

/** For zod's refine: the three lists of the convolutions go together. */
export const convolutionsOfOneLength = [
  (config: Convolutions) =>
    config.conv_dim.length === config.conv_kernel.length &&
    config.conv_dim.length === config.conv_stride.length,
  { message: 'conv_dim, conv_kernel and conv_stride must be of one length' },
] as const;

type Checked = {
  hidden_size: number;
  num_attention_heads: number;
  num_conv_pos_embedding_groups: number;
};

/** @throws ModelError where attention heads or the groups of a convolution do not divide a model's width. */
export function checkDivisions(config: Checked, origin: string): void {
  const { hidden_size: hidden } = config;
  for (const field of ['num_attention_heads', 'num_conv_pos_embedding_groups'] as const) {
    if (hidden % config[field] !== 0) {
      throw new ModelError(
        `${origin}: config.json has hidden_size ${hidden}, not a multiple of ${field} ${config[field]}.`,
      );
    }
  }
}
