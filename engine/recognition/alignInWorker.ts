import { Worker } from 'node:worker_threads';
import type { ModelManifest } from '../../native-models/model.ts';
import type { AlignedWord, AlignmentOptions, WordToAlign } from './alignment.ts';
import type { AlignmentReply, AlignmentRequest } from './alignment.worker.ts';
import { sampleRateHz } from '../media/types.ts';
import type { LogProbabilities } from './types.ts';

/** A worker that has nothing to do; the next alignment finds it warm, and it does not keep the process alive. */
let idle: Worker | undefined;

/**
 * alignWords in a worker thread. Alignments asked for at once run side by side, each in a thread of its own.
 *
 * @throws RangeError as alignWords does; the signal's reason where it aborts, which ends the thread at once.
 */
export function alignInWorker(
  pieces: LogProbabilities[],
  words: WordToAlign[],
  manifest: ModelManifest,
  { signal, ...options }: AlignmentOptions & { signal?: AbortSignal } = {},
): Promise<AlignedWord[]> {
  const worker = takeWorker();
  return new Promise<AlignedWord[]>((resolve, reject) => {
    const finish = (isReusable: boolean) => {
      worker.removeAllListeners();
      signal?.removeEventListener('abort', onAbort);
      if (isReusable) putBack(worker);
      else void worker.terminate();
    };
    const fail = (reason: unknown) => {
      finish(false);
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const onAbort = () => fail(signal?.reason);
    if (signal?.aborted) {
      finish(true);
      reject(signal.reason as Error);
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`The aligner's thread ended with code ${code}.`)));
    worker.once('message', (reply: AlignmentReply) => {
      finish(true);
      if ('error' in reply) reject(reply.error as Error);
      else resolve(reply.aligned);
    });
    const needed = pieces.filter((piece) => overlaps(piece, options)).map(compact);
    worker.postMessage({ pieces: needed, words, manifest, options } satisfies AlignmentRequest);
  });
}

function takeWorker(): Worker {
  const worker = idle ?? startWorker();
  idle = undefined;
  worker.removeAllListeners();
  worker.ref();
  return worker;
}

function putBack(worker: Worker): void {
  if (idle !== undefined) {
    void worker.terminate();
    return;
  }
  idle = worker;
  worker.unref();
  const forget = () => {
    if (idle === worker) idle = undefined;
  };
  worker.once('error', forget);
  worker.once('exit', forget);
}

function startWorker(): Worker {
  const isCheckout = import.meta.url.endsWith('.ts');
  const entry = isCheckout ? './alignment.worker.checkout.mjs' : './alignment.worker.js';
  // Node's own arguments of this process are none of the worker's.
  return new Worker(new URL(entry, import.meta.url), { execArgv: [] });
}

function overlaps(
  piece: LogProbabilities,
  { fromMs = -Infinity, toMs = Infinity }: AlignmentOptions,
): boolean {
  const startMs = (piece.startSample * 1000) / sampleRateHz;
  const endMs = startMs + (piece.frames * piece.hopSamples * 1000) / sampleRateHz;
  return startMs < toMs && endMs > fromMs;
}

/** A message copies the whole buffer behind an array, however little of it the array shows. */
function compact(piece: LogProbabilities): LogProbabilities {
  const isWhole = piece.data.byteLength === piece.data.buffer.byteLength;
  return isWhole ? piece : { ...piece, data: piece.data.slice() };
}
