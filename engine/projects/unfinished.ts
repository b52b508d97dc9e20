import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeError, writeWhole } from '../../files/writeWhole.ts';

const lockContent = z.object({ processId: z.number().int() });
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
    await mkdir(root, { recursive: true });
    await forgetOldJobs(root);
    const own = join(root, `${name}.sewscribe`);
    await mkdir(own, { recursive: true });
    if (await lock(own)) return unfinishedJob(own);
    // A second copy at work on the same job goes its own way.
    const other = join(root, `${name}-${randomBytes(4).toString('hex')}.sewscribe`);
    await mkdir(other);
    await lock(other);
    return unfinishedJob(other);
  } catch (cause) {
    throw writeError(root, cause);
  }
}

function unfinishedJob(folder: string): UnfinishedJob {
  return {
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
    async release() {
      await rm(join(folder, 'lock'), { force: true });
      const now = new Date();
      await utimes(folder, now, now).catch(() => undefined);
    },
  };
}

async function lock(folder: string): Promise<boolean> {
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeWhole(path, JSON.stringify({ processId: process.pid }));
      return true;
    } catch (cause) {
      const { code } = (cause as Error).cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw (cause as Error).cause;
      if (await heldByLiveProcess(path)) return false;
      await rm(path, { force: true });
    }
  }
  return false;
}

async function heldByLiveProcess(path: string): Promise<boolean> {
  try {
    const { processId } = lockContent.parse(JSON.parse(await readFile(path, 'utf8')));
    process.kill(processId, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function forgetOldJobs(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    const changedMs = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - changedMs > forgetAfterMs && !(await heldByLiveProcess(join(folder, 'lock')))) {
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
