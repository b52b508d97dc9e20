import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError, writeWhole } from '../../files/writeWhole.ts';
import { ModelError, modelFiles, modelManifest, type ModelCard } from '../model.ts';
import { convertCheckpoint } from '../onnx/convert.ts';
import { readInstalledModel, type InstalledModel } from './installed.ts';

export type ImportOptions = {
  id: string;
  name?: string;
  /** What is known of the model beside its checkpoint. */
  card?: ModelCard;
  /** Replace an installed model of that id. */
  overwrite?: boolean;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
};

/**
 * Converts a Hugging Face folder and installs it whole or not at all: it is made under a temporary name
 * beside its place and renamed.
 * @throws ModelError, WriteError
 */
export async function importCheckpoint(
  checkpointFolder: string,
  modelsFolder: string,
  options: ImportOptions,
): Promise<InstalledModel> {
  if (!modelManifest.shape.id.safeParse(options.id).success) {
    throw new ModelError(
      `"${options.id}" cannot be a model's id: letters, digits, dots, dashes and underscores only.`,
    );
  }
  const target = join(modelsFolder, options.id);
  if (!options.overwrite && (await stat(target).catch(() => undefined))) {
    throw new ModelError(
      `A model "${options.id}" is installed already; remove it first or choose another --id.`,
    );
  }
  await clearBrokenOff(modelsFolder);
  const temporary = join(modelsFolder, `.import-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(temporary, { recursive: true });
    const manifest = await convertCheckpoint(checkpointFolder, temporary, options);
    if (options.card) {
      await writeWhole(
        join(temporary, modelFiles.manifest),
        JSON.stringify({ ...manifest, ...options.card }, null, 2),
        { overwrite: true },
      );
    }
    if (options.overwrite) await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw (cause as NodeJS.ErrnoException).syscall ? writeError(target, cause) : cause;
  }
  return readInstalledModel(target);
}

/** What an import that was killed has left. */
async function clearBrokenOff(modelsFolder: string): Promise<void> {
  for (const name of await readdir(modelsFolder).catch(() => [])) {
    const processId = Number(/^\.import-(\d+)-/.exec(name)?.[1]);
    if (processId && !isAlive(processId))
      await rm(join(modelsFolder, name), { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
