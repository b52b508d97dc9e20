import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ModelError } from '../model.ts';
import { familyConfig } from './config.ts';
import { isFile } from './file.ts';
import { readJsonFile, readOptionalJsonFile } from './jsonFile.ts';
import { openPytorchBin } from './pytorchBin.ts';
import { openSafetensors } from './safetensors.ts';
import { joinSources, type TensorSource } from './tensors.ts';
import { readVocabulary, type Vocabulary } from './vocabulary.ts';

/** A model as it was trained: what a Hugging Face folder holds, or what `randomCheckpoint` makes up. */
export type Checkpoint = {
  /** The folder, for messages. */
  origin: string;
  /** config.json's `model_type`. */
  family: string;
  /** config.json, to be checked by the family's own schema. */
  config: unknown;
  doNormalize: boolean;
  languages: string[];
  licence: string | null;
  tensors: TensorSource;
  /** @throws ModelError where the files do not give a vocabulary of that size. */
  readVocabulary(size: number, padTokenId: number | null): Promise<Vocabulary>;
};

const preprocessor = z.looseObject({
  do_normalize: z.boolean().nullish(),
  sampling_rate: z.number().nullish(),
  feature_size: z.number().nullish(),
});

/**
 * Opens a Hugging Face folder: config.json, vocab.json, weights, and the small files beside them.
 * @throws ModelError where something is missing or damaged, in one sentence that names it.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw new ModelError(`${folder} is not a folder.`);
  const config = await readJsonFile(folder, 'config.json', familyConfig);
  const own = await readOptionalJsonFile(folder, 'preprocessor_config.json', preprocessor);
  const shared = await readOptionalJsonFile(
    folder,
    'processor_config.json',
    z.looseObject({ feature_extractor: preprocessor.nullish() }),
  );
  const settings = own ?? shared?.feature_extractor;
  const sampleRateHz = settings?.sampling_rate ?? 16000;
  if (sampleRateHz !== 16000) {
    throw new ModelError(
      `${folder} hears ${sampleRateHz} samples a second; only models for 16000 can be used.`,
    );
  }
  return {
    origin: folder,
    family: config.model_type,
    config,
    doNormalize: settings?.do_normalize ?? true,
    ...(await readCard(folder)),
    tensors: await openWeights(folder),
    readVocabulary: (size, padTokenId) => readVocabulary(folder, size, padTokenId),
  };
}

/** Opens the weights in whichever file holds them; safetensors first. */
async function openWeights(folder: string): Promise<TensorSource> {
  for (const [fileName, openWeightFile] of [
    ['model.safetensors', openSafetensors],
    ['pytorch_model.bin', openPytorchBin],
  ] as const) {
    const path = join(folder, fileName);
    if (await isFile(path)) return openWeightFile(path);
    if (await isFile(`${path}.index.json`))
      return openShards(folder, `${fileName}.index.json`, openWeightFile);
  }
  throw new ModelError(`${folder} has no weights: neither model.safetensors nor pytorch_model.bin.`);
}

async function openShards(
  folder: string,
  indexName: string,
  openWeightFile: (path: string) => Promise<TensorSource>,
): Promise<TensorSource> {
  const shardName = z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a shard must be a file in the same folder');
  const index = await readJsonFile(
    folder,
    indexName,
    z.looseObject({ weight_map: z.record(z.string(), shardName) }),
  );
  const shards: TensorSource[] = [];
  try {
    for (const shard of [...new Set(Object.values(index.weight_map))].sort()) {
      shards.push(await openWeightFile(join(folder, shard)));
    }
    return joinSources(join(folder, indexName), shards);
  } catch (error) {
    for (const shard of shards) await shard.close();
    throw error;
  }
}

/** Language and licence from the front matter of the model's card, where it has them. */
async function readCard(folder: string): Promise<Pick<Checkpoint, 'languages' | 'licence'>> {
  const card = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  const matter = /^---\r?\n([\s\S]{0,20000}?)\r?\n---/.exec(card)?.[1] ?? '';
  const values = (key: string) => {
    const entry = new RegExp(`^${key}:[ \\t]*(.*(?:\\r?\\n[ \\t]*-[ \\t]+.*)*)`, 'm').exec(matter)?.[1] ?? '';
    return entry.split(/[\s,[\]"']+/).filter((value) => /^[A-Za-z0-9][\w.-]*$/.test(value));
  };
  return { languages: values('language'), licence: values('license')[0] ?? null };
}
