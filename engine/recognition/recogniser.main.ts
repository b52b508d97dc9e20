import {
  loadOnnxRuntime,
  type InferenceSession,
  type Tensor,
  type TensorConstructor,
} from '../../native-models/onnxRuntime.ts';
import { notInThisBuild } from './devices/fault.ts';
import { recogniserRequest, type RecogniserReply, type RecogniserRequest } from './messages.ts';
import { logSoftmaxRows } from './logSoftmax.ts';

/**
 * The recogniser: a process that holds one ONNX Runtime session and nothing else, because `run()` blocks the
 * process that calls it and a driver's fault ends it. It is disposable: cancelling is killing it.
 */

type RunRequest = Extract<RecogniserRequest, { kind: 'run' | 'run-words' }>;

let session: InferenceSession | undefined;

function reply(message: RecogniserReply): void {
  process.send?.(message);
}

async function load(request: Extract<RecogniserRequest, { kind: 'load' }>): Promise<void> {
  const ort = await loadOnnxRuntime();
  // ONNX Runtime passes over a provider that its build does not have, and would compute on the processor unasked.
  if (!ort.listSupportedBackends().some((backend) => backend.name === request.device)) {
    throw new Error(notInThisBuild);
  }
  session = await ort.InferenceSession.create(request.graphPath, {
    executionProviders: request.device === 'cpu' ? ['cpu'] : [request.device, 'cpu'],
    intraOpNumThreads: request.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // DirectML forbids it; elsewhere window lengths differ, so that a pattern rarely fits.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  reply({ kind: 'loaded' });
}

async function run(request: RunRequest): Promise<void> {
  if (!session) throw new Error('no model is loaded');
  const { Tensor } = await loadOnnxRuntime();
  const { logits } = await session.run(inputsOf(request, Tensor));
  const [, frames, vocabularySize] = logits.dims as [number, number, number];
  const data = logits.data as Float32Array<ArrayBuffer>;
  const isRaw = request.kind === 'run-words' || request.output === 'logits';
  reply({
    kind: 'output',
    id: request.id,
    frames,
    vocabularySize,
    data: isRaw ? data : logSoftmaxRows(data, vocabularySize),
  });
}

/** What the message brought is never shared memory. */
function inputsOf(request: RunRequest, Tensor: TensorConstructor): Record<string, Tensor> {
  if (request.kind === 'run') {
    const samples = request.samples as Float32Array<ArrayBuffer>;
    return { waveform: new Tensor('float32', samples, [1, samples.length]) };
  }
  const words = request.words as Int32Array<ArrayBuffer>;
  const pauses = request.pauses as Int32Array<ArrayBuffer>;
  return {
    words: new Tensor('int32', words, [1, pauses.length, words.length / pauses.length]),
    pauses: new Tensor('int32', pauses, [1, pauses.length]),
  };
}

async function answer(request: RecogniserRequest): Promise<void> {
  if (request.kind === 'load') return load(request);
  if (request.kind === 'run' || request.kind === 'run-words') return run(request);
  if (request.kind === 'measure-memory') {
    return reply({ kind: 'memory', peakBytes: process.resourceUsage().maxRSS * 1024 });
  }
  const ort = await loadOnnxRuntime();
  const devices = ort.listSupportedBackends().map((backend) => backend.name);
  reply({ kind: 'description', devices, version: ort.env.versions.node ?? ort.env.versions.common });
}

let queue = Promise.resolve();
process.on('message', (message) => {
  const request = recogniserRequest.parse(message);
  queue = queue
    .then(() => answer(request))
    .catch((cause: unknown) => {
      reply({
        kind: 'failed',
        during: request.kind.startsWith('run') ? 'run' : 'load',
        message: cause instanceof Error ? cause.message : String(cause),
      });
    });
});
// The engine is gone: nobody wants an answer any more.
process.on('disconnect', () => process.exit(0));
