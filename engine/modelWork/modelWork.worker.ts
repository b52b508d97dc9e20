import { parentPort, workerData } from 'node:worker_threads';
import type { Folders } from '../../files/folders.ts';
import { WriteError } from '../../files/writeWhole.ts';
import { ModelError } from '../../native-models/model.ts';
import { installModel } from '../../native-models/store/install.ts';
import { NetworkProblem } from '../../native-models/store/network.ts';
import type { InstallProgress } from '../../native-models/store/progressMeter.ts';
import { embeddedModelId, resolveModel } from '../../native-models/store/resolve.ts';

/** What one thread does, once: install a published model, or convert the embedded one. */
export type ModelWork = { kind: 'install'; reference: string; id: string } | { kind: 'embedded' };
export type ModelWorkData = { work: ModelWork; folders: Pick<Folders, 'models' | 'cache'> };

export type ModelWorkReply =
  | { kind: 'progress'; progress: InstallProgress }
  | { kind: 'done' }
  | { kind: 'aborted' }
  /** `isTemporary`: the network is away, and the same may well succeed later. */
  | { kind: 'failed'; failure: 'model' | 'write'; message: string; isTemporary: boolean }
  | { kind: 'broken'; error: unknown };

const controller = new AbortController();
const port = parentPort!;
port.once('message', () => controller.abort());

function tell(reply: ModelWorkReply): void {
  port.postMessage(reply);
}

async function run({ work, folders }: ModelWorkData): Promise<ModelWorkReply> {
  try {
    if (work.kind === 'embedded') await resolveModel(embeddedModelId, folders);
    else {
      await installModel(work.reference, folders, {
        id: work.id,
        signal: controller.signal,
        onProgress: (progress) => tell({ kind: 'progress', progress }),
      });
    }
    return { kind: 'done' };
  } catch (error) {
    if (controller.signal.aborted) return { kind: 'aborted' };
    const isTemporary =
      error instanceof ModelError && error.cause instanceof NetworkProblem && error.cause.temporary;
    if (error instanceof ModelError)
      return { kind: 'failed', failure: 'model', message: error.message, isTemporary };
    if (error instanceof WriteError)
      return { kind: 'failed', failure: 'write', message: error.message, isTemporary: false };
    return { kind: 'broken', error };
  }
}

tell(await run(workerData as ModelWorkData));
port.close();
