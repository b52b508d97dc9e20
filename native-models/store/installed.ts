import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError, modelFiles, modelManifest, type ModelManifest } from '../model.ts';

export type InstalledModel = { folder: string; manifest: ModelManifest };

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
      `"${join(folder, modelFiles.manifest)}" is damaged or of another version; install the model again.`,
      { cause: parsed.error },
    );
  }
  for (const name of [modelFiles.graph, modelFiles.weights]) {
    if (!(await stat(join(folder, name)).catch(() => undefined))?.isFile()) {
      throw new ModelError(
        `The model "${parsed.data.id}" is incomplete: ${name} is missing; install it again.`,
      );
    }
  }
  return { folder, manifest: parsed.data };
}

/** The models in the app's own folder, those that are damaged left out. */
export async function listInstalledModels(modelsFolder: string): Promise<InstalledModel[]> {
  const names = await readdir(modelsFolder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => readInstalledModel(join(modelsFolder, name)).catch(() => undefined)),
  );
  return found.filter((model) => model !== undefined);
}

/**
 * @throws ModelError where there is no model of that id
 */
export async function removeInstalledModel(modelsFolder: string, id: string): Promise<void> {
  const folder = join(modelsFolder, id);
  const isOurs =
    modelManifest.shape.id.safeParse(id).success &&
    (await stat(folder).catch(() => undefined))?.isDirectory();
  if (!isOurs)
    throw new ModelError(`No model "${id}" is installed; "sewscribe models list" shows those that are.`);
  await rm(folder, { recursive: true, force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
