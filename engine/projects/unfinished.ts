import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/makeFolder.ts';
import { holderOf, Locked, lock, type Release } from '../../files/presence.ts';
import { writeError } from '../../files/writeWhole.ts';

const forgetAfterMs = 30 * 24 * 3600 * 1000;

/** The folder of a job of the command line while it is unfinished; the same job finds it again. */
export type UnfinishedJob = {
  folder: string;
  /** The job is done (or to be forgotten): nothing of it stays. */
  remove(): Promise<void>;
  /** The job has stopped in the middle: what is finished stays. */
  release(): Promise<void>;
};

/**
 * @param key - all that decides the job's result: the media's fingerprint, the model, the options
 * @throws WriteError
 */
export async function openUnfinishedJob(root: string, key: readonly unknown[]): Promise<UnfinishedJob> {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 24);
  try {
    await makeFolder(root);
    await forgetOldJobs(root);
    const own = join(root, `${name}.sewscribe`);
    await mkdir(own, { recursive: true });
    const release = await take(own);
    if (release) return unfinishedJob(own, release);
    // A second copy at work on the same job goes its own way.
    const other = join(root, `${name}-${randomBytes(4).toString('hex')}.sewscribe`);
    return unfinishedJob(other, await lock(lockOf(other)));
  } catch (cause) {
    throw writeError(root, cause);
  }
}

function unfinishedJob(folder: string, release: Release): UnfinishedJob {
  return {
    folder,
    async remove() {
      release();
      await rm(folder, { recursive: true, force: true });
    },
    async release() {
      release();
      const now = new Date();
      await utimes(folder, now, now).catch(() => undefined);
    },
  };
}

/** @returns undefined where a living process works in the folder */
async function take(folder: string): Promise<Release | undefined> {
  try {
    return await lock(lockOf(folder));
  } catch (cause) {
    if (cause instanceof Locked) return undefined;
    throw cause;
  }
}

const lockOf = (folder: string) => join(folder, 'lock');

async function forgetOldJobs(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    const changedMs = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - changedMs > forgetAfterMs && (await holderOf(lockOf(folder))) === null) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Leaves a note for a person who looks into the folder. */
export async function describeUnfinishedJob(folder: string, mediaPath: string): Promise<void> {
  await writeFile(
    join(folder, 'project.json'),
    JSON.stringify({ version: 1, media: { path: mediaPath } }, null, 2),
  );
}
