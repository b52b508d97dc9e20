import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/makeFolder.ts';
import { writeError, writeWhole } from '../../files/writeWhole.ts';
import { ModelError, modelFiles, neededFiles, type ModelCard, type ModelManifest } from '../model.ts';
import { convertCheckpoint } from '../onnx/convert.ts';
import { unpackCheckpoint } from './archive.ts';
import { checkModelId, readInstalledModel, type InstalledModel } from './installed.ts';
import { clearLeftovers, replaceModel, workFolder } from './leftovers.ts';
import { checkUnused } from './use.ts';

export type ImportOptions = {
  id: string;
  name?: string;
  /** What is known of the model beside its checkpoint. */
  card?: ModelCard;
  /** What messages call the checkpoint, where its folder is one of ours; the path where left out. */
  origin?: string;
  /** Replace an installed model of that id. */
  overwrite?: boolean;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
};

/**
 * Converts a Hugging Face folder, or a zip archive of one, and installs it whole or not at all: it is made under a
 * temporary name beside its place and renamed.
 * @throws ModelError, WriteError; the signal's reason when it is aborted
 */
export async function importCheckpoint(
  checkpoint: string,
  modelsFolder: string,
  options: ImportOptions,
): Promise<InstalledModel> {
  const { id } = options;
  checkModelId(id);
  const target = join(modelsFolder, id);
  await clearLeftovers(modelsFolder);
  if (!options.overwrite && (await stat(target).catch(() => undefined))) {
    throw new ModelError(
      `A model "${id}" is installed already; remove it first, choose another --id, or replace it with --overwrite.`,
    );
  }
  await checkUnused(modelsFolder, id);
  const work = workFolder(modelsFolder);
  try {
    await makeFolder(work);
    const folder = (await stat(checkpoint).catch(() => undefined))?.isFile()
      ? await unpackCheckpoint(checkpoint, join(work, 'checkpoint'), options.signal)
      : checkpoint;
    const finished = join(work, 'model');
    const manifest = await convertNamed(folder, options.origin ?? checkpoint, finished, options);
    await writeWhole(
      join(finished, modelFiles.manifest),
      await manifestText(finished, manifest, options.card),
      {
        overwrite: true,
      },
    );
    options.signal?.throwIfAborted();
    await replaceModel(modelsFolder, id, finished);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).syscall ? writeError(target, cause) : cause;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return readInstalledModel(target);
}

/** Converts, and says in what goes wrong where the checkpoint came from and not where we keep it meanwhile. */
async function convertNamed(
  folder: string,
  origin: string,
  finished: string,
  { id, name, onProgress, signal }: ImportOptions,
): Promise<ModelManifest> {
  try {
    return await convertCheckpoint(folder, finished, { id, name, onProgress, signal });
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new ModelError(cause.message.replaceAll(folder, origin), { cause });
  }
}

async function manifestText(folder: string, manifest: ModelManifest, card?: ModelCard): Promise<string> {
  const fileBytes: Record<string, number> = {};
  for (const name of neededFiles(manifest)) {
    fileBytes[name] = (await stat(join(folder, name))).size;
  }
  return `${JSON.stringify({ ...manifest, ...card, fileBytes }, null, 2)}\n`;
}
