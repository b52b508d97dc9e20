import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The model that turns a voice into numbers, as it ships: its graph takes `waveform` [1, samples] at 16 kHz and gives
 * `logits` [1, windows, 256], a vector of length 1 for each window.
 */
export const voiceModel = {
  id: 'voices',
  folder: join(dirname(fileURLToPath(import.meta.url)), '../embedded/speakers'),
  /** A window of 160 frames, 10 ms apart, 25 ms each. */
  windowSamples: 159 * 160 + 400,
  /** From one window to the next. */
  hopSamples: 40 * 160,
  embeddingSize: 256,
} as const;
