/** The small files beside a checkpoint's weights that the converter reads. */
export const smallCheckpointFiles = [
  'config.json',
  'vocab.json',
  'preprocessor_config.json',
  'processor_config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'README.md',
] as const;

/** Those without which no checkpoint can be converted. */
export const neededCheckpointFiles: readonly string[] = ['config.json', 'vocab.json'];

/** Whole weights, or the index of several files that hold them. */
export const weightFiles = ['model.safetensors', 'pytorch_model.bin'] as const;

const weightName = /^(model|pytorch_model)(-\d{5}-of-\d{5})?\.(safetensors|bin)(\.index\.json)?$/;

/** Whether a name, which must be plain, is that of weights or of their index. */
export const isWeightFile = (name: string) => weightName.test(name);

/** Whether a name, which must be plain, is that of a file that the converter reads. */
export function isCheckpointFile(name: string): boolean {
  return isWeightFile(name) || (smallCheckpointFiles as readonly string[]).includes(name);
}
