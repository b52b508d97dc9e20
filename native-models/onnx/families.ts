import { ModelError } from '../model.ts';
import type { Family, Plan } from './family.ts';
import { sew } from './sew.ts';
import { sewD } from './sewD.ts';
import { wav2vec2Families } from './wav2vec2.ts';

/** By `model_type`. */
const families: Readonly<Record<string, Family>> = { 'sew-d': sewD, sew, ...wav2vec2Families };

/** The values of config.json's `model_type` that can be converted. */
export const supportedFamilies: readonly string[] = Object.keys(families);

/**
 * How a model of that type is built.
 * @throws ModelError where the type or one of its settings cannot be converted.
 */
export function planModel(modelType: string, config: unknown, origin: string): Plan {
  if (!Object.hasOwn(families, modelType)) {
    const supported = Object.keys(families).join(', ');
    throw new ModelError(
      `${origin}: models of the type "${modelType}" cannot be converted (supported: ${supported}).`,
    );
  }
  return families[modelType](config, origin);
}
