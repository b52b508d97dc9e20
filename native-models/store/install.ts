import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError } from '../../files/writeWhole.ts';
import { ModelError } from '../model.ts';
import { fetchModel, type FetchOptions } from './fetchModel.ts';
import { hubOf } from './hub.ts';
import { importCheckpoint } from './import.ts';
import { readInstalledModel, type InstalledModel } from './installed.ts';
import { clearLeftovers, downloadsOf } from './leftovers.ts';
import { holderOf, Locked, lock, type Release } from '../../files/presence.ts';
import { ProgressMeter } from './progressMeter.ts';
import { targetOf } from './target.ts';
import { checkUnused } from './use.ts';

export type InstallOptions = FetchOptions & {
  /** What it is to be called; the catalogue's id, or OWNER--NAME, where left out. */
  id?: string;
  /** SEWSCRIBE_HUB is read from it. */
  environment?: NodeJS.ProcessEnv;
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
  const folder = join(downloadsOf(folders.models), target.id);
  if (present) {
    const { source } = present.manifest;
    if (!source || source.hubId === target.wanted.hubId) {
      // Whoever installed it may have been killed before it could tidy up.
      if ((await holderOf(`${folder}.lock`)) === null) await rm(folder, { recursive: true, force: true });
      return { ...present, wasInstalled: true };
    }
    throw new ModelError(
      `A model "${target.id}" is installed already, from ${source.hubId}; remove it first or choose another --id.`,
    );
  }
  await checkUnused(folders.models, target.id);
  const release = await lockFor(folder, target.id);
  try {
    const plan = await fetchModel(target, folder, hubOf(options.environment), options);
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
    release();
  }
}

async function lockFor(folder: string, id: string): Promise<Release> {
  try {
    return await lock(`${folder}.lock`);
  } catch (cause) {
    if (!(cause instanceof Locked)) throw writeError(folder, cause);
    throw new ModelError(
      `The model "${id}" is being installed by process ${cause.processId} already; wait for it or end it.`,
    );
  }
}
