import type { ModelManifest } from '../../native-models/model.ts';

/**
 * Samples as the model wants them: zero mean and unit variance over the whole input where its
 * preprocessor_config.json says so (the reference adds 1e-7 to the variance), and filled up with zeros
 * to its shortest input.
 */
export function prepareSamples(
  samples: Float32Array,
  manifest: Pick<ModelManifest, 'doNormalize' | 'minimumSamples'>,
): Float32Array {
  const result = new Float32Array(Math.max(samples.length, manifest.minimumSamples));
  if (!manifest.doNormalize || samples.length === 0) {
    result.set(samples);
    return result;
  }
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / samples.length;
  let squares = 0;
  for (const sample of samples) squares += (sample - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / samples.length + 1e-7);
  for (let k = 0; k < samples.length; k += 1) result[k] = (samples[k] - mean) * scale;
  return result;
}
