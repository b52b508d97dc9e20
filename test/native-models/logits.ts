import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOnnxRuntime, type InferenceSession, type Tensor } from '../../native-models/onnxRuntime.ts';
import { readReferenceCases } from '../../native-models/checkpoint/cases.ts';
import { modelFiles, type ModelManifest } from '../../native-models/model.ts';
import { convertCheckpoint } from '../../native-models/onnx/convert.ts';

export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sewscribe-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function readFloats(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** As transformers' Wav2Vec2FeatureExtractor. */
export function normalised(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length;
  return samples.map((x) => (x - mean) / Math.sqrt(variance + 1e-7));
}

export async function openSession(modelFolder: string): Promise<InferenceSession> {
  const { InferenceSession } = await loadOnnxRuntime();
  return InferenceSession.create(join(modelFolder, modelFiles.graph), {
    intraOpNumThreads: 1,
    executionProviders: ['cpu'],
  });
}

/** Logits [frames, vocabulary] of normalised samples, filled up to the model's shortest input. */
export async function runLogits(
  session: InferenceSession,
  manifest: Pick<ModelManifest, 'minimumSamples'>,
  samples: Float32Array,
): Promise<Tensor> {
  const { Tensor } = await loadOnnxRuntime();
  const filled = new Float32Array(Math.max(samples.length, manifest.minimumSamples));
  filled.set(samples);
  const { logits } = await session.run({ waveform: new Tensor('float32', filled, [1, filled.length]) });
  return logits;
}

/** Infinity where a number is not comparable. */
export function largestDifference(expected: Float32Array, actual: Float32Array): number {
  if (expected.length !== actual.length) return Infinity;
  return expected.reduce((most, x, i) => {
    const difference = Math.abs(x - actual[i]);
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}

/** Converts a checkpoint folder and gives the largest difference from its reference logits, case by case. */
export async function compareWithReference(
  folder: string,
): Promise<{ samples: number; frames: number; expectedFrames: number; difference: number }[]> {
  return withTemporaryFolder(async (output) => {
    const manifest = await convertCheckpoint(folder, output, { id: 'reference' });
    const session = await openSession(output);
    const results = [];
    for (const reference of await readReferenceCases(folder)) {
      const samples = await readFloats(reference.samplesPath);
      const expected = await readFloats(reference.logitsPath);
      const logits = await runLogits(session, manifest, manifest.doNormalize ? normalised(samples) : samples);
      const actual = logits.data as Float32Array;
      results.push({
        samples: samples.length,
        frames: logits.dims[1],
        expectedFrames: reference.frames,
        difference: largestDifference(expected, actual),
      });
    }
    await session.release();
    return results;
  });
}
