import { noise } from '../engine/recognition/measure.ts';
import { loadOnnxRuntime } from '../native-models/onnxRuntime.ts';

/** One graph of bench/acoustic.ts: FILE THREADS. Each message is a number of seconds; the answer is how long a run took, in ms. */

const sampleRateHz = 16000;
const [path, threads] = process.argv.slice(2);
const { InferenceSession, Tensor } = await loadOnnxRuntime();
const session = await InferenceSession.create(path, {
  executionProviders: ['cpu'],
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 3,
});

process.on('message', (seconds: number) => {
  const waveform = noise(seconds * sampleRateHz);
  const begin = performance.now();
  void session
    .run({ [session.inputNames[0]]: new Tensor('float32', waveform, [1, waveform.length]) })
    .then(() => process.send?.(performance.now() - begin));
});
