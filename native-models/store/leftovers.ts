import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { holderOf, isAlive } from '../../files/presence.ts';
import { modelFiles } from '../model.ts';

/**
 * The store's folder holds models under their ids, and under names with a dot what is being made:
 * `.work-PID-…` (a conversion or an unpacked archive), `.replaced-ID-PID-…` (a model while a newer one takes its place),
 * `.downloads/ID` with `.downloads/ID.lock`, `.in-use/ID`, and `.on-their-way.json` (what the app is to install).
 */

/** Unfinished downloads, and conversions in the cache: each update of the app leaves one behind. */
const keptMs = 30 * 24 * 3600 * 1000;
/** No conversion takes this long, so the number of its process was given out again. */
const workKeptMs = 2 * 24 * 3600 * 1000;

export const downloadsOf = (modelsFolder: string) => join(modelsFolder, '.downloads');

/** A name in the store for something half done, which is removed once this process is gone. */
export const workFolder = (modelsFolder: string) => join(modelsFolder, `.work-${ownSuffix()}`);

/** Puts a finished folder in the place of the model of that id, so that a whole one is always there or comes back. */
export async function replaceModel(modelsFolder: string, id: string, finished: string): Promise<void> {
  const target = join(modelsFolder, id);
  const replaced = join(modelsFolder, `.replaced-${id}-${ownSuffix()}`);
  const hadOne = await rename(target, replaced).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return false;
      throw cause;
    },
  );
  await rename(finished, target);
  if (hadOne) await rm(replaced, { recursive: true, force: true });
}

/** Takes a model out of its place at once, and then away. */
export async function takeModelAway(modelsFolder: string, id: string): Promise<void> {
  const away = workFolder(modelsFolder);
  await rename(join(modelsFolder, id), away);
  await rm(away, { recursive: true, force: true });
}

/** Removes what broken-off imports and downloads have left, and puts back a model whose replacement did not come. */
export async function clearLeftovers(modelsFolder: string): Promise<void> {
  for (const name of await readdir(modelsFolder).catch(() => [])) {
    const path = join(modelsFolder, name);
    const replaced = /^\.replaced-(.+)-(\d+)-[0-9a-f]{8}$/.exec(name);
    const work = /^\.work-(\d+)-[0-9a-f]{8}$/.exec(name);
    if (replaced && !(await isAtWork(path, Number(replaced[2])))) {
      const target = join(modelsFolder, replaced[1]);
      if (await exists(join(target, modelFiles.manifest))) await remove(path);
      else await rename(path, target).catch(() => undefined);
    } else if (work && !(await isAtWork(path, Number(work[1])))) {
      await remove(path);
    }
  }
  await clearOldDownloads(downloadsOf(modelsFolder));
}

async function clearOldDownloads(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const isOld = Date.now() - (await newestTimeMs(path)) > keptMs;
    if (isOld && (await holderOf(`${path}.lock`)) === null) await remove(path);
  }
}

/** Removes from the cache the conversions that nobody used for long; who uses one sets its folder's time. */
export async function clearOldConversions(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const usedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (/^[0-9a-f]{16}$/.test(name) && Date.now() - usedMs > keptMs) await remove(path);
  }
}

async function newestTimeMs(path: string): Promise<number> {
  const times = [path, ...(await readdir(path).catch(() => [])).map((name) => join(path, name))].map(
    async (each) => (await stat(each).catch(() => undefined))?.mtimeMs ?? 0,
  );
  return Math.max(...(await Promise.all(times)));
}

async function isAtWork(path: string, processId: number): Promise<boolean> {
  return isAlive(processId) && Date.now() - (await newestTimeMs(path)) < workKeptMs;
}

const ownSuffix = () => `${process.pid}-${randomBytes(4).toString('hex')}`;
/** What cannot be removed now is met again the next time. */
const remove = (path: string) => rm(path, { recursive: true, force: true }).catch(() => undefined);
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
