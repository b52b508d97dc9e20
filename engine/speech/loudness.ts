import { sampleRateHz } from '../media/types.ts';
import type { SampleBuffer } from './sampleBuffer.ts';

/** Speech far below the usual level is made louder for the detector, which was taught at the usual level. */
export class LevelMeter {
  private peak = 0;

  gainFor(samples: Float32Array): number {
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    // Falls by half in half a minute, so that a pause is not blown up to speech.
    this.peak = Math.max(peak, this.peak * 0.5 ** (samples.length / (30 * sampleRateHz)));
    const usual = 0.2;
    return this.peak > 0 ? Math.min(Math.max(usual / this.peak, 1), 30) : 1;
  }
}

/** The middle of the 64 ms with the least energy. */
export function quietestPlace(buffer: SampleBuffer, from: number, to: number): number {
  const width = 0.064 * sampleRateHz;
  const step = width / 4;
  const samples = buffer.view(from, to);
  let quietest = Math.floor(samples.length / 2);
  let least = Infinity;
  for (let start = 0; start + width <= samples.length; start += step) {
    let energy = 0;
    for (let i = start; i < start + width; i += 1) energy += samples[i] * samples[i];
    if (energy < least) {
      least = energy;
      quietest = start + width / 2;
    }
  }
  return from + quietest;
}
