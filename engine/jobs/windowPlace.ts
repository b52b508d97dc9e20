import { describeUnfinishedJob, openUnfinishedJob } from '../projects/unfinished.ts';
import { WindowStore } from '../projects/windowStore.ts';

/** Where a job's finished windows are kept, so that it goes on there when it was broken off. */
export type WindowPlace = {
  store: WindowStore;
  /** The job has ended or been broken off. */
  release(): Promise<void>;
  /** The job is done, and nothing of it is to be kept. */
  forget(): Promise<void>;
};

/**
 * The place of a job without a project.
 * @param key all that decides the job's result
 * @throws WriteError
 */
export async function unfinishedPlace(
  root: string,
  key: readonly unknown[],
  mediaPath: string,
): Promise<WindowPlace> {
  const unfinished = await openUnfinishedJob(root, key);
  try {
    const store = await WindowStore.open(unfinished.folder);
    await describeUnfinishedJob(unfinished.folder, mediaPath);
    return {
      store,
      async release() {
        await store.close();
        // A run that finished nothing leaves nothing to go on with.
        await (store.windows.length === 0 ? unfinished.remove() : unfinished.release());
      },
      forget: () => unfinished.remove(),
    };
  } catch (cause) {
    await unfinished.release();
    throw cause;
  }
}
