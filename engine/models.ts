import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from '../files/folders.ts';
import type { ModelManifest } from '../native-models/model.ts';
import { listInstalledModels, readInstalledModel } from '../native-models/store/installed.ts';
import { embeddedModelId, preparedEmbedded, resolveModel } from '../native-models/store/resolve.ts';
import type { Device, ModelDescription } from './contract.ts';
import { doModelWork } from './modelWork/modelWork.ts';
import type { LoadedModel } from './recognition/recogniser.ts';

/** The models that a page can name: the embedded one and those in the app's own folder, by id and never by path. */
export class Models {
  readonly #folders: Folders;
  readonly #speeds = new Map<string, { device: Device; audioSecondsPerSecond: number }>();

  /** The embedded model's first conversion, which everyone who needs it waits for. */
  #preparing: Promise<void> | undefined;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** @throws ModelError */
  async load(modelId: string): Promise<LoadedModel> {
    if (modelId !== embeddedModelId) return readInstalledModel(join(this.#folders.models, modelId));
    const prepared = await preparedEmbedded(this.#folders);
    if (prepared) return prepared;
    this.#preparing ??= doModelWork({ kind: 'embedded' }, this.#folders).finally(
      () => (this.#preparing = undefined),
    );
    await this.#preparing;
    return resolveModel(embeddedModelId, this.#folders);
  }

  /** What is known of a model; undefined where it is not installed (any more). */
  async manifest(modelId: string): Promise<ModelManifest | undefined> {
    return (await this.load(modelId).catch(() => undefined))?.manifest;
  }

  /** Keeps how fast a job was, for the list. */
  measured(modelId: string, device: Device, audioSecondsPerSecond: number): void {
    this.#speeds.set(modelId, { device, audioSecondsPerSecond });
  }

  async list(): Promise<ModelDescription[]> {
    const embedded = await this.load(embeddedModelId);
    const installed = await listInstalledModels(this.#folders.models);
    return Promise.all(
      [embedded, ...installed].map(async (model) => ({
        modelId: model.manifest.id,
        name: model.manifest.name,
        family: model.manifest.family,
        languages: model.manifest.languages,
        licence: model.manifest.licence,
        parameters: model.manifest.parameters,
        bytes: await bytesOf(model.folder),
        wordErrorRates: model.manifest.wordErrorRates,
        notice: model.manifest.notice,
        isEmbedded: model === embedded,
        measured: this.#speeds.get(model.manifest.id) ?? null,
      })),
    );
  }
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
