import { Worker } from 'node:worker_threads';
import type { Folders } from '../../files/folders.ts';
import { WriteError } from '../../files/writeWhole.ts';
import { ModelError } from '../../native-models/model.ts';
import type { InstallProgress } from '../../native-models/store/progressMeter.ts';
import type { ModelWork, ModelWorkData, ModelWorkReply } from './modelWork.worker.ts';

/** The network is away; what has come is kept. */
export class Offline extends ModelError {
  override name = 'Offline';
}

/** What stops is given this long to tidy up. */
const patienceMs = 5_000;

/**
 * Fetches and converts models in a thread of its own: a conversion computes for seconds, and the engine has to answer
 * meanwhile.
 * @throws Offline, ModelError, WriteError; the signal's reason when it is aborted
 */
export function doModelWork(
  work: ModelWork,
  { models, cache }: Pick<Folders, 'models' | 'cache'>,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?(progress: InstallProgress): void } = {},
): Promise<void> {
  const entry = import.meta.url.endsWith('.ts') ? './modelWork.worker.checkout.mjs' : './modelWork.worker.js';
  const workerData: ModelWorkData = { work, folders: { models, cache } };
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // Node's own arguments of this process are none of the worker's.
    const worker = new Worker(new URL(entry, import.meta.url), { execArgv: [], workerData });
    let impatience: NodeJS.Timeout | undefined;
    const stop = () => {
      worker.postMessage('stop');
      impatience = setTimeout(() => void worker.terminate(), patienceMs);
    };
    const finish = (settle: () => void) => {
      clearTimeout(impatience);
      signal?.removeEventListener('abort', stop);
      worker.removeAllListeners();
      worker.on('error', () => undefined);
      settle();
    };
    const fail = (cause: unknown) =>
      finish(() => reject(cause instanceof Error ? cause : new Error(String(cause))));
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('error', fail);
    worker.on('exit', (code) =>
      fail(signal?.aborted ? signal.reason : new Error(`The thread for models ended with code ${code}.`)),
    );
    worker.on('message', (reply: ModelWorkReply) => {
      if (reply.kind === 'progress') onProgress?.(reply.progress);
      else if (reply.kind === 'done') finish(resolve);
      else if (reply.kind === 'aborted') fail(signal?.reason);
      else if (reply.kind === 'broken') fail(reply.error);
      else fail(failureOf(reply));
    });
  });
}

function failureOf({
  failure,
  message,
  isTemporary,
}: Extract<ModelWorkReply, { kind: 'failed' }>): ModelError | WriteError {
  if (failure === 'write') return new WriteError(message);
  return isTemporary ? new Offline(message) : new ModelError(message);
}
