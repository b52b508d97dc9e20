import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeError } from '../../files/writeWhole.ts';
import { ModelError, modelFiles, modelManifest, neededFiles, type ModelManifest } from '../model.ts';
import { findInCatalogue } from './catalogue.ts';
import { takeModelAway } from './leftovers.ts';
import { checkUnused } from './use.ts';

export type InstalledModel = { folder: string; manifest: ModelManifest };

/** A folder in the place of a model that cannot be used, and why. */
export type DamagedModel = { id: string; folder: string; problem: string };

/** @throws ModelError where it can be no model's id, which is also the name of its folder */
export function checkModelId(id: string): void {
  if (modelManifest.shape.id.safeParse(id).success) return;
  throw new ModelError(`"${id}" cannot be a model's id: letters, digits, dots, dashes and underscores only.`);
}

/**
 * Reads what an installed model's folder says of itself.
 * @throws ModelError where the folder holds no whole model
 */
export async function readInstalledModel(folder: string): Promise<InstalledModel> {
  let text: string;
  try {
    text = await readFile(join(folder, modelFiles.manifest), 'utf8');
  } catch (cause) {
    throw new ModelError(`"${folder}" is not an installed model: it has no ${modelFiles.manifest}.`, {
      cause,
    });
  }
  const parsed = modelManifest.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ModelError(
      `The model in "${folder}" cannot be used: its ${modelFiles.manifest} is damaged or of another version; ${remedy(basename(folder))}.`,
      { cause: parsed.error },
    );
  }
  const manifest = parsed.data;
  for (const name of neededFiles(manifest)) {
    const stats = await stat(join(folder, name)).catch(() => undefined);
    const expected = manifest.fileBytes?.[name];
    const fault = !stats?.isFile()
      ? 'is missing'
      : expected !== undefined && stats.size !== expected
        ? `has ${stats.size} bytes in place of ${expected}`
        : null;
    if (fault) {
      throw new ModelError(
        `The model "${manifest.id}" is damaged: its ${name} ${fault}; ${remedy(manifest.source?.hubId ?? manifest.id)}.`,
      );
    }
  }
  return { folder, manifest };
}

/** What puts a damaged model right. */
function remedy(reference: string): string {
  const entry = findInCatalogue(reference);
  if (entry || reference.includes('/')) {
    return `"sewscribe models install ${entry?.id ?? reference}" installs it again`;
  }
  return 'import it again with --overwrite';
}

/** What lies in the app's own folder, in order of the ids. */
export async function surveyModels(
  modelsFolder: string,
): Promise<{ installed: InstalledModel[]; damaged: DamagedModel[] }> {
  const installed: InstalledModel[] = [];
  const damaged: DamagedModel[] = [];
  for (const id of (await readdir(modelsFolder).catch(() => [])).sort()) {
    const folder = join(modelsFolder, id);
    if (id.startsWith('.') || !(await stat(folder).catch(() => undefined))?.isDirectory()) continue;
    try {
      installed.push(await readInstalledModel(folder));
    } catch (cause) {
      if (!(cause instanceof ModelError)) throw cause;
      damaged.push({ id, folder, problem: cause.message });
    }
  }
  return { installed, damaged };
}

/** The models in the app's own folder, those that are damaged left out. */
export async function listInstalledModels(modelsFolder: string): Promise<InstalledModel[]> {
  return (await surveyModels(modelsFolder)).installed;
}

/**
 * @throws ModelError where there is no model of that id, or where it is in use
 */
export async function removeInstalledModel(modelsFolder: string, id: string): Promise<void> {
  const isOurs =
    modelManifest.shape.id.safeParse(id).success &&
    (await stat(join(modelsFolder, id)).catch(() => undefined))?.isDirectory();
  if (!isOurs)
    throw new ModelError(`No model "${id}" is installed; "sewscribe models list" shows those that are.`);
  await checkUnused(modelsFolder, id);
  await takeModelAway(modelsFolder, id).catch((cause: unknown) => {
    throw writeError(join(modelsFolder, id), cause);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
