import { readFile } from 'node:fs/promises';
import {
  loadOnnxRuntime,
  type InferenceSession,
  type TensorConstructor,
} from '../../native-models/onnxRuntime.ts';

/** One probability of speech for each chunk of 32 ms. */
export const chunkSamples = 512;
/** Samples of the chunk before that the network sees too. */
const contextSamples = 64;
const stateSize = 128;
/** As many chunks as one run takes: about 3 ms of computing for a second of sound. */
const chunksPerRun = 32;
/** Nothing in a chunk reaches half a step of 16 bits: silence by anyone's measure, and not worth a run. */
const inaudible = 0.5 / 32768;

const modelFile = new URL('silero/silero_vad_sequence.onnx', import.meta.url);

type Network = { session: InferenceSession; Tensor: TensorConstructor };

let network: Promise<Network> | null = null;

/**
 * Silero's voice activity detector, version 5, for 16 kHz (silero/ has its origin and how it was rearranged). It
 * remembers what it heard, so each channel has one of its own; all share the network.
 */
export class VoiceDetector {
  private hidden = new Float32Array(stateSize);
  private cell = new Float32Array(stateSize);
  private context = new Float32Array(contextSamples);

  /** Forgets everything, as after a hole in time. */
  reset(): void {
    this.hidden = new Float32Array(stateSize);
    this.cell = new Float32Array(stateSize);
    this.context = new Float32Array(contextSamples);
  }

  /**
   * @param samples what follows the last call's; whole chunks (a multiple of `chunkSamples`)
   * @returns the probability of speech, 0..1, for each chunk
   */
  async detect(samples: Float32Array): Promise<Float32Array> {
    const chunks = samples.length / chunkSamples;
    if (!Number.isInteger(chunks)) throw new RangeError(`${samples.length} samples are not whole chunks`);
    const probabilities = new Float32Array(chunks);
    for (let first = 0; first < chunks; first += chunksPerRun) {
      const part = samples.subarray(first * chunkSamples, (first + chunksPerRun) * chunkSamples);
      if (part.some((sample) => Math.abs(sample) >= inaudible))
        probabilities.set(await this.run(part), first);
      else this.reset();
    }
    return probabilities;
  }

  private async run(samples: Float32Array): Promise<Float32Array> {
    const { session, Tensor } = await loadNetwork();
    const chunks = samples.length / chunkSamples;
    const rowSamples = contextSamples + chunkSamples;
    const rows = new Float32Array(chunks * rowSamples);
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const start = chunk * chunkSamples;
      const context = chunk === 0 ? this.context : samples.subarray(start - contextSamples, start);
      rows.set(context, chunk * rowSamples);
      rows.set(samples.subarray(start, start + chunkSamples), chunk * rowSamples + contextSamples);
    }
    this.context = samples.slice(-contextSamples);
    const answer = await session.run({
      chunks: new Tensor('float32', rows, [chunks, rowSamples]),
      hidden: new Tensor('float32', this.hidden, [1, 1, stateSize]),
      cell: new Tensor('float32', this.cell, [1, 1, stateSize]),
    });
    this.hidden = answer.nextHidden.data as Float32Array<ArrayBuffer>;
    this.cell = answer.nextCell.data as Float32Array<ArrayBuffer>;
    return answer.probabilities.data as Float32Array;
  }
}

function loadNetwork(): Promise<Network> {
  network ??= (async () => {
    const { InferenceSession, Tensor } = await loadOnnxRuntime();
    const session = await InferenceSession.create(await readFile(modelFile), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionProviders: ['cpu'],
    });
    return { session, Tensor };
  })();
  return network;
}
