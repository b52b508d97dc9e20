import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelCard, ModelError, modelFiles, modelManifest, type ModelCard } from '../model.ts';
import { findInCatalogue, offeredModels } from './catalogue.ts';
import { importCheckpoint, type ImportOptions } from './import.ts';
import { listInstalledModels, readInstalledModel, type InstalledModel } from './installed.ts';
import { clearOldConversions } from './leftovers.ts';

/** The id of the model that ships with the app. */
export const embeddedModelId = 'embedded';

const here = dirname(fileURLToPath(import.meta.url));
/** The same checkpoint becomes another graph when these change. */
const converterFolders = [join(here, '../checkpoint'), join(here, '../onnx')];
const embeddedFolder = join(here, '../embedded');
const embeddedCheckpoint = join(embeddedFolder, 'sew-d-embedded');
const embeddedCard = join(embeddedFolder, 'embedded.json');

export type ModelFolders = { models: string; cache: string };

/**
 * The model that a person means: an installed one's id, `embedded`, or a folder (an installed model's, or a
 * Hugging Face checkpoint, which is converted into the cache at its first use).
 * @throws ModelError
 */
export async function resolveModel(
  reference: string,
  folders: ModelFolders,
  onProgress?: (fraction: number) => void,
): Promise<InstalledModel> {
  if (reference === embeddedModelId) {
    const card = await embeddedModelCard();
    return convertedInCache(embeddedCheckpoint, { id: embeddedModelId, card, onProgress }, folders);
  }
  const installed = join(folders.models, reference);
  const isId = modelManifest.shape.id.safeParse(reference).success;
  if (isId && (await stat(installed).catch(() => undefined))?.isDirectory()) {
    return readInstalledModel(installed);
  }
  const folder = resolve(reference);
  if ((await stat(folder).catch(() => undefined))?.isDirectory()) {
    if (await stat(join(folder, modelFiles.manifest)).catch(() => undefined))
      return readInstalledModel(folder);
    const id = basename(folder).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9._-]+/g, '') || 'model';
    return convertedInCache(folder, { id, onProgress }, folders);
  }
  const ids = [
    embeddedModelId,
    ...(await listInstalledModels(folders.models)).map((model) => model.manifest.id),
  ];
  const offered = offeredModels.find((entry) => entry === findInCatalogue(reference));
  throw new ModelError(
    offered
      ? `The model "${reference}" is not installed: "sewscribe models install ${offered.id}" gets it.`
      : `There is no model "${reference}"; installed: ${ids.join(', ')}.`,
  );
}

/** The embedded model where it has been converted before; undefined: its first use will convert it. */
export async function preparedEmbedded(folders: ModelFolders): Promise<InstalledModel | undefined> {
  const card = await embeddedModelCard();
  const place = join(folders.cache, 'models', await stateOf(embeddedCheckpoint, card));
  return readInstalledModel(join(place, embeddedModelId)).catch(() => undefined);
}

async function embeddedModelCard(): Promise<ModelCard> {
  return modelCard.parse(JSON.parse(await readFile(embeddedCard, 'utf8')));
}

async function convertedInCache(
  checkpoint: string,
  options: Pick<ImportOptions, 'id' | 'card' | 'onProgress'>,
  folders: ModelFolders,
): Promise<InstalledModel> {
  const { id } = options;
  const conversions = join(folders.cache, 'models');
  const place = join(conversions, await stateOf(checkpoint, options.card));
  const cached = await readInstalledModel(join(place, id)).catch(() => undefined);
  if (cached) {
    const now = new Date();
    await utimes(place, now, now).catch(() => undefined);
    return cached;
  }
  try {
    const made = await importCheckpoint(checkpoint, place, { ...options, overwrite: true });
    await clearOldConversions(conversions);
    return made;
  } catch (cause) {
    // Another copy of the app may have been quicker.
    const other = await readInstalledModel(join(place, id)).catch(() => undefined);
    if (other) return other;
    throw cause;
  }
}

/** A name that changes when the checkpoint or the converter does, so that a stale conversion is never used. */
async function stateOf(checkpoint: string, card?: ModelCard): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(card) ?? '');
  for (const folder of [checkpoint, ...converterFolders]) {
    hash.update(`${folder}\0`);
    for (const name of (await readdir(folder)).sort()) {
      const { size, mtimeMs } = await stat(join(folder, name));
      hash.update(`${name}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}
