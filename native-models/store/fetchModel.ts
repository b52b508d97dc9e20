import { copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../../files/makeFolder.ts';
import { writeError } from '../../files/writeWhole.ts';
import { ModelError } from '../model.ts';
import { isCheckpointFile, isWeightFile } from './checkpointFiles.ts';
import { checkRoom } from './diskSpace.ts';
import { download } from './download.ts';
import type { Hub } from './hub.ts';
import { NetworkProblem } from './network.ts';
import { isFileOf } from './part.ts';
import { dropPlan, makePlan, readPlan, type DownloadPlan } from './plan.ts';
import { ProgressMeter, type InstallProgress } from './progressMeter.ts';
import { checkFamily, type Target } from './target.ts';

export type FetchOptions = {
  onProgress?: (progress: InstallProgress) => void;
  signal?: AbortSignal;
  /** As `download` has them. */
  stallTimeoutMs?: number;
  retryDelaysMs?: readonly number[];
};

/**
 * Brings all files of a model into a folder; what came earlier is not fetched again.
 * @throws ModelError, WriteError; the signal's reason when it is aborted
 */
export async function fetchModel(
  { id, wanted }: Target,
  folder: string,
  hub: Hub,
  options: FetchOptions,
): Promise<DownloadPlan> {
  try {
    const earlier = await readPlan(folder, hub, wanted);
    if (earlier) {
      try {
        return await fetchPlanned(earlier, folder, hub, options);
      } catch (cause) {
        // The hub may hold another version by now: it is asked again, once.
        if (!(cause instanceof NetworkProblem) || cause.temporary) throw cause;
        await dropPlan(folder);
      }
    }
    const plan = await makePlan(folder, hub, wanted, options);
    await dropOthers(plan, folder, options.signal);
    return await fetchPlanned(plan, folder, hub, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (!(cause instanceof NetworkProblem)) throw cause;
    const again = cause.temporary ? 'try again later (what has come is kept), or' : 'you can';
    throw new ModelError(
      `The model "${id}" cannot be downloaded: ${cause.message}; ${again} import a folder or zip with its files: sewscribe models import FOLDER --id ${id}.`,
      { cause },
    );
  }
}

/** Removes finished files that belong to another plan: the converter would take them for this model's. */
async function dropOthers(plan: DownloadPlan, folder: string, signal?: AbortSignal): Promise<void> {
  for (const name of (await readdir(folder)).filter(isCheckpointFile)) {
    const planned = plan.files.find((file) => file.name === name);
    const path = join(folder, name);
    if (!planned || !(await isFileOf(path, planned, signal))) await rm(path, { force: true });
  }
}

async function fetchPlanned(
  plan: DownloadPlan,
  folder: string,
  hub: Hub,
  options: FetchOptions,
): Promise<DownloadPlan> {
  const sizes = plan.files.map(({ bytes }) => bytes ?? 0);
  const meter = new ProgressMeter(
    'downloading',
    sizes.reduce((sum, bytes) => sum + bytes, 0),
    options.onProgress,
  );
  await checkRoomFor(plan, folder);
  let doneBytes = 0;
  let isChecked = false;
  for (const [index, file] of plan.files.entries()) {
    if (!isChecked && isWeightFile(file.name)) {
      await checkConfig(join(folder, 'config.json'), plan.hubId);
      isChecked = true;
    }
    await fetchFile(file, join(folder, file.name), hub, options, (bytes) => meter.update(doneBytes + bytes));
    doneBytes += sizes[index];
    meter.update(doneBytes);
  }
  return plan;
}

/** What is still to come, and the converted model beside it: 32-bit weights, as most checkpoints hold them. */
async function checkRoomFor(plan: DownloadPlan, folder: string): Promise<void> {
  let needed = 0;
  for (const { name, bytes } of plan.files) {
    const here = await Promise.all(
      [name, `${name}.part`].map(
        async (each) => (await stat(join(folder, each)).catch(() => null))?.size ?? 0,
      ),
    );
    needed += 2 * (bytes ?? 0) - Math.max(...here);
  }
  await checkRoom(folder, needed);
}

async function fetchFile(
  file: DownloadPlan['files'][number],
  target: string,
  hub: Hub,
  options: FetchOptions,
  onProgress: (bytesDone: number) => void,
): Promise<void> {
  const present = await stat(target).catch(() => null);
  // It got its name only after its checksum was compared.
  if (present?.isFile() && (file.bytes === null || present.size === file.bytes)) return;
  await makeFolder(dirname(target)).catch((cause: unknown) => {
    throw writeError(target, cause);
  });
  if (hub.kind === 'folder') {
    options.signal?.throwIfAborted();
    await copyFile(file.location, target).catch((cause: unknown) => {
      throw writeError(target, cause);
    });
    return;
  }
  const { bytes, checksum, location } = file;
  const { signal, stallTimeoutMs, retryDelaysMs } = options;
  const url = new URL(location);
  const request = { url, target, bytes, checksum, onProgress, signal, stallTimeoutMs, retryDelaysMs };
  const outcome = await download(request);
  if (outcome.kind === 'failed') throw outcome.problem;
}

const configKind = z.looseObject({ model_type: z.string(), architectures: z.array(z.string()).nullish() });

/** Refuses what cannot be converted before hundreds of megabytes are fetched for it. */
async function checkConfig(path: string, hubId: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const parsed = configKind.safeParse(parseJson(text));
  if (!parsed.success) throw new ModelError(`${hubId} has a config.json that names no model_type.`);
  const { model_type: family, architectures } = parsed.data;
  checkFamily(family, hubId);
  if (architectures?.length && !architectures.some((name) => name.endsWith('ForCTC'))) {
    throw new ModelError(`${hubId} is a ${architectures[0]} and no recogniser, so it cannot be used.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
