import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeError } from '../../files/writeWhole.ts';
import { ModelError, type ModelCard } from '../model.ts';
import { supportedFamilies } from '../onnx/families.ts';
import { findInCatalogue, type CatalogueEntry } from './catalogue.ts';
import { weightFiles } from './checkpointFiles.ts';
import { checkRoom } from './diskSpace.ts';
import { download } from './download.ts';
import { hubIdPattern, hubOf, type Hub } from './hub.ts';
import { importCheckpoint } from './import.ts';
import { readInstalledModel, type InstalledModel } from './installed.ts';
import { clearLeftovers, downloadsOf } from './leftovers.ts';
import { NetworkProblem } from './network.ts';
import { dropPlan, makePlan, readPlan, type DownloadPlan, type Wanted } from './plan.ts';
import { Locked, lock } from './presence.ts';
import { ProgressMeter, type InstallProgress } from './progressMeter.ts';
import { checkUnused } from './use.ts';

export type InstallOptions = {
  /** What it is to be called; the catalogue's id, or OWNER--NAME, where left out. */
  id?: string;
  onProgress?: (progress: InstallProgress) => void;
  /** Stops it; what is here is kept, and the same call goes on from there. */
  signal?: AbortSignal;
  environment?: NodeJS.ProcessEnv;
  stallTimeoutMs?: number;
  retryDelaysMs?: readonly number[];
};

export type InstallResult = InstalledModel & {
  /** It was here already, whole, and nothing was done. */
  wasInstalled: boolean;
};

/**
 * Downloads a published recogniser and converts it. It can be stopped or killed at any moment: the next call for the
 * same model goes on, and the model is there whole or not at all.
 * @param reference an id of the catalogue, or `owner/name` on the hub, optionally with `@revision`
 * @throws ModelError where it cannot be had or converted, WriteError; the signal's reason when it is aborted
 */
export async function installModel(
  reference: string,
  folders: { models: string },
  options: InstallOptions = {},
): Promise<InstallResult> {
  const target = targetOf(reference, options.id);
  await clearLeftovers(folders.models);
  const present = await readInstalledModel(join(folders.models, target.id)).catch(() => undefined);
  if (present) return { ...present, wasInstalled: true };
  await checkUnused(folders.models, target.id);

  const folder = join(downloadsOf(folders.models), target.id);
  const release = await lockFor(folder, target.id);
  try {
    const plan = await fetchAll(target, folder, hubOf(options.environment), options);
    const meter = new ProgressMeter('converting', 1, options.onProgress);
    const { hubId, revision, commit } = plan;
    const installed = await importCheckpoint(folder, folders.models, {
      id: target.id,
      name: target.card.name ?? hubId,
      card: { ...target.card, source: { hubId, revision, commit } },
      origin: hubId,
      overwrite: true,
      onProgress: (fraction) => meter.update(fraction),
      signal: options.signal,
    }).catch(async (cause: unknown) => {
      // What came whole and cannot be converted will not be convertible another time.
      if (cause instanceof ModelError) await rm(folder, { recursive: true, force: true });
      throw cause;
    });
    await rm(folder, { recursive: true, force: true });
    return { ...installed, wasInstalled: false };
  } finally {
    await release();
  }
}

type Target = { id: string; wanted: Wanted; card: ModelCard };

/** What a person means by a name. */
function targetOf(reference: string, id: string | undefined): Target {
  const entry = findInCatalogue(reference);
  if (entry) return catalogueTarget(entry, id);
  const [hubId, revision = 'main'] = reference.split('@', 2);
  if (!hubIdPattern.test(hubId) || !/^[\w./-]+$/.test(revision) || revision.includes('..')) {
    throw new ModelError(
      `There is no model "${reference}" in the catalogue: "sewscribe models list" shows it; one of the hub is named owner/name.`,
    );
  }
  const weights = weightFiles.map((file) => ({ file, revision }));
  return { id: id ?? hubId.replace('/', '--'), wanted: { hubId, revision, weights }, card: {} };
}

function catalogueTarget(entry: CatalogueEntry, id = entry.id): Target {
  checkFamily(entry.family, entry.hubId);
  const { name, languages, licence, wordErrorRates, notice, hubId, weights } = entry;
  return {
    id,
    wanted: { hubId, revision: 'main', weights },
    card: { name, languages, licence, wordErrorRates, notice },
  };
}

function checkFamily(family: string, hubId: string): void {
  if (supportedFamilies.includes(family)) return;
  throw new ModelError(
    `${hubId} is of the type "${family}", which this version cannot convert (it can: ${supportedFamilies.join(', ')}).`,
  );
}

async function lockFor(folder: string, id: string): Promise<() => Promise<void>> {
  try {
    return await lock(`${folder}.lock`);
  } catch (cause) {
    if (!(cause instanceof Locked)) throw writeError(folder, cause);
    throw new ModelError(
      `The model "${id}" is being installed by process ${cause.processId} already; wait for it or end it.`,
    );
  }
}

/** Brings all files of a model here; those that came earlier are not fetched again. */
async function fetchAll(
  { id, wanted }: Target,
  folder: string,
  hub: Hub,
  options: InstallOptions,
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
    return await fetchPlanned(await makePlan(folder, hub, wanted, options), folder, hub, options);
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

async function fetchPlanned(
  plan: DownloadPlan,
  folder: string,
  hub: Hub,
  options: InstallOptions,
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
    if (!isChecked && /\.(safetensors|bin)(\.index\.json)?$/.test(file.name)) {
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
  options: InstallOptions,
  onProgress: (bytesDone: number) => void,
): Promise<void> {
  const present = await stat(target).catch(() => null);
  // It got its name only after its checksum was compared.
  if (present?.isFile() && (file.bytes === null || present.size === file.bytes)) return;
  await mkdir(join(target, '..'), { recursive: true }).catch((cause: unknown) => {
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
