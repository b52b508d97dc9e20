import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Folders } from '../files/folders.ts';
import { writeWhole } from '../files/writeWhole.ts';
import type { ModelManifest } from '../native-models/model.ts';
import { listInstalledModels, readInstalledModel } from '../native-models/store/installed.ts';
import { embeddedModelId, preparedEmbedded, resolveModel } from '../native-models/store/resolve.ts';
import { device, type Device, type ModelDescription } from './contract.ts';
import { doModelWork } from './modelWork/modelWork.ts';
import type { LoadedModel } from './recognition/recogniser.ts';

const speed = z.object({ device, audioSecondsPerSecond: z.number().positive() });

/** The models that a page can name: the embedded one and those in the app's own folder, by id and never by path. */
export class Models {
  readonly #folders: Folders;
  readonly #speeds: Promise<Map<string, z.infer<typeof speed>>>;
  #keeping: Promise<void> = Promise.resolve();

  /** The embedded model's first conversion, which everyone who needs it waits for. */
  #preparing: Promise<void> | undefined;

  constructor(folders: Folders) {
    this.#folders = folders;
    this.#speeds = readSpeeds(speedsOf(folders));
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

  /** Keeps how fast a job was, for the list, also after a restart. Settles when it is written or could not be. */
  measured(modelId: string, device: Device, audioSecondsPerSecond: number): Promise<void> {
    this.#keeping = this.#keeping
      .then(async () => {
        const speeds = await this.#speeds;
        const before = speeds.get(modelId);
        speeds.set(modelId, { device, audioSecondsPerSecond });
        const change = audioSecondsPerSecond / (before?.audioSecondsPerSecond ?? Infinity);
        if (before?.device === device && change > 0.9 && change < 1.1) return;
        await mkdir(this.#folders.cache, { recursive: true });
        await writeWhole(speedsOf(this.#folders), JSON.stringify(Object.fromEntries(speeds)), {
          overwrite: true,
        });
      })
      // It is measured anew with the next job.
      .catch(() => undefined);
    return this.#keeping;
  }

  async list(): Promise<ModelDescription[]> {
    const embedded = await this.load(embeddedModelId);
    const installed = await listInstalledModels(this.#folders.models);
    const speeds = await this.#speeds;
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
        measured: speeds.get(model.manifest.id) ?? null,
      })),
    );
  }
}

const speedsOf = (folders: Folders) => join(folders.cache, 'speeds.json');

async function readSpeeds(path: string): Promise<Map<string, z.infer<typeof speed>>> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    return new Map(Object.entries(z.record(z.string(), speed).parse(found)));
  } catch {
    return new Map();
  }
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
