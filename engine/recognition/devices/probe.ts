import { DeviceError } from '../../errors.ts';
import { sampleRateHz } from '../../media/types.ts';
import type { Lease, RecogniserPool } from '../pool.ts';
import { fastestPrecision } from '../precision.ts';
import type { LoadedModel } from '../recogniser.ts';
import { prepareSamples } from '../samples.ts';
import type { AcceleratorDevice } from './hardware.ts';
import type { Verdict } from './verdicts.ts';

/** About as long as a window is. */
const trialSeconds = 10;
/** After one that does not count, in which memory is laid out and kernels are chosen. */
const timedRuns = 3;

/**
 * How far an accelerator's logits may lie from the processor's in float32, root mean square, as a part of their standard
 * deviation. With the embedded model the processor's own int8 graph differs by 1.3 %, and weights of 7 bits by 0.2 %; half
 * precision and TF32 have 10 bits.
 */
export const toleratedDifference = 0.01;
/** A device that is only a little faster is not worth what may go wrong with it. */
const timesFasterAtLeast = 1.1;

/**
 * Tries an accelerator with a model: float32 logits of a known input, compared with the processor's, and the time that
 * both take, the processor in its own fastest precision.
 * @param signal ends it at once, whatever it is doing
 * @throws ModelError where the processor cannot compute it either; AbortError
 */
export async function probe(
  model: LoadedModel,
  device: AcceleratorDevice,
  pool: RecogniserPool,
  signal: AbortSignal,
): Promise<Verdict> {
  const samples = prepareSamples(knownInput(trialSeconds), model.manifest);
  const measured = (lease: Lease) => measure(lease, samples, signal);
  let there: Measured;
  try {
    there = await measured(pool.lease(model, device, 'float32'));
  } catch (cause) {
    if (!(cause instanceof DeviceError)) throw cause;
    return { use: false, fault: cause.fault, detail: cause.detail };
  }
  const exact = await measured(pool.lease(model, 'cpu', 'float32'));
  const difference = differenceOf(there.logits, exact.logits);
  // Written so that a difference that is no number counts as one.
  if (!(difference <= toleratedDifference)) {
    const percent = (100 * difference).toFixed(1);
    return { use: false, fault: 'wrong', detail: `logits differ by ${percent} % of their deviation` };
  }
  const fastest = fastestPrecision(model.manifest, 'cpu');
  const here = fastest === 'float32' ? exact : await measured(pool.lease(model, 'cpu', fastest));
  const timesFaster = here.medianMs / there.medianMs;
  if (timesFaster >= timesFasterAtLeast) return { use: true, timesFaster };
  return { use: false, fault: 'slow', detail: `${timesFaster.toFixed(2)} times as fast as the processor` };
}

type Measured = { logits: Float32Array; medianMs: number };

async function measure(lease: Lease, samples: Float32Array, signal: AbortSignal): Promise<Measured> {
  const end = () => lease.destroy();
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    const { data: logits } = await lease.recogniser.run(samples, 'logits');
    const timesMs: number[] = [];
    while (timesMs.length < timedRuns) {
      const beganMs = performance.now();
      await lease.recogniser.run(samples, 'logits');
      timesMs.push(performance.now() - beganMs);
    }
    return { logits, medianMs: timesMs.sort((a, b) => a - b)[timedRuns >> 1] };
  } finally {
    signal.removeEventListener('abort', end);
    lease.destroy();
  }
}

/**
 * Root mean square of the differences, as a part of the expected values' standard deviation; NaN or infinite where
 * figures are not finite or not as many.
 */
export function differenceOf(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length || expected.length === 0) return NaN;
  let sum = 0;
  for (const value of expected) sum += value;
  const mean = sum / expected.length;
  let squares = 0;
  let deviation = 0;
  for (let k = 0; k < expected.length; k += 1) {
    squares += (found[k] - expected[k]) ** 2;
    deviation += (expected[k] - mean) ** 2;
  }
  return Math.sqrt(squares / deviation);
}

/** Noise that swells and fades four times a second, as syllables do, so that no two frames are alike. */
function knownInput(seconds: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: seconds * sampleRateHz }, (_, k) => {
    // A linear congruential generator (Numerical Recipes, 7.1)
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * Math.sin((Math.PI * 4 * k) / sampleRateHz) ** 2;
  });
}
