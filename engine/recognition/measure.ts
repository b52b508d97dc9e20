import { setTimeout as pause } from 'node:timers/promises';
import { sampleRateHz } from '../media/types.ts';
import type { Result } from '../contract.ts';
import type { RecogniserPool } from './pool.ts';
import { fastestPrecision } from './precision.ts';
import type { LoadedModel, RecogniserDevice } from './recogniser.ts';

/** ONNX Runtime's threads wait busily for a while after a run, which would slow down the next model's. */
const settleMs = 100;

/**
 * How fast models are with pieces of one length, each in a recogniser of its own as in a job; they take turns, so that
 * whatever else the machine does strikes all alike. The first run of each does not count: memory is laid out in it.
 */
export async function measureModels(
  models: readonly LoadedModel[],
  { device, seconds, runs }: { device: RecogniserDevice; seconds: number; runs: number },
  pool: RecogniserPool,
): Promise<Result<'models.measure'>> {
  const samples = noise(Math.round(seconds * sampleRateHz));
  const measured = models.map((model) => {
    const precision = fastestPrecision(model.manifest, device);
    return { model, precision, lease: pool.lease(model, device, precision), timesMs: [] as number[] };
  });
  try {
    for (let run = 0; run <= runs; run += 1) {
      for (const { lease, timesMs } of measured) {
        await pause(settleMs);
        const beganMs = performance.now();
        await lease.recogniser.run(samples, 'log-probabilities');
        if (run > 0) timesMs.push(performance.now() - beganMs);
      }
    }
    return await Promise.all(
      measured.map(async ({ model, precision, lease, timesMs }) => {
        const latencyMs = median(timesMs);
        return {
          modelId: model.manifest.id,
          device,
          precision,
          audioSecondsPerSecond: (1000 * seconds) / latencyMs,
          latencyMs,
          peakMemoryBytes: await lease.recogniser.peakMemoryBytes(),
        };
      }),
    );
  } finally {
    for (const { lease } of measured) lease.destroy();
  }
}

/** Of zero mean and unit variance, as models want their input; the same at every call. */
export function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    // A linear congruential generator (Numerical Recipes, 7.1), uniform over plus or minus the square root of 3
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * Math.sqrt(3);
  });
}

function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
