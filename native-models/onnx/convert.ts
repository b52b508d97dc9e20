import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/makeFolder.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { Weights, elementCount, type TensorSource } from '../checkpoint/tensors.ts';
import {
  graphFiles,
  ModelError,
  modelFiles,
  modelManifest,
  type ModelManifest,
  type Precision,
} from '../model.ts';
import { planModel } from './families.ts';
import type { Plan } from './family.ts';
import { Graph } from './graph.ts';
import { createWeightFile } from './weightFile.ts';

export type ConvertOptions = {
  /** The model's id here. */
  id: string;
  /** What people see; the id where left out. */
  name?: string;
  /** Called with 0..1 as tensors are read. */
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
  /** The graphs to write; float32, and for models that are not very small int8, where left out. */
  precisions?: readonly Precision[];
};

/** Below this many parameters a model is fast anyway, and rounding tells. */
const quantisedFromParameters = 5e6;

/**
 * Turns a Hugging Face folder into a model of ours: model.json and, for each precision, a graph with its weights. They pass through
 * one tensor at a time, once for each graph. model.json is written last: a folder with it is whole.
 * @param outputFolder made where it does not exist; what a failed or cancelled run leaves in it is the caller's to remove.
 * @throws ModelError in one sentence for a person; the signal's reason when cancelled.
 */
export async function convertCheckpoint(
  folder: string,
  outputFolder: string,
  options: ConvertOptions,
): Promise<ModelManifest> {
  const checkpoint = await openCheckpoint(folder);
  try {
    return await convertOpened(checkpoint, outputFolder, options);
  } finally {
    await checkpoint.tensors.close();
  }
}

/** As convertCheckpoint, from a checkpoint that is open already or was made up. */
export async function convertOpened(
  checkpoint: Checkpoint,
  outputFolder: string,
  { id, name, onProgress, signal, precisions }: ConvertOptions,
): Promise<ModelManifest> {
  const { origin, family, tensors } = checkpoint;
  const plan = planModel(family, checkpoint.config, origin);
  if (![`${plan.prefix}lm_head.weight`, 'lm_head.weight'].some((head) => tensors.tensors.has(head))) {
    throw new ModelError(
      `${origin} is only pre-trained: it has no lm_head, so it is not a recogniser and cannot be used.`,
    );
  }
  const vocabulary = await checkpoint.readVocabulary(plan.vocabularySize, plan.padTokenId);

  await makeFolder(outputFolder);
  const parameters = parameterCount(tensors);
  const chosen = precisions ?? (parameters < quantisedFromParameters ? ['float32'] : ['float32', 'int8']);
  for (const [i, precision] of chosen.entries()) {
    const source = watched(tensors, (fraction) => onProgress?.((i + fraction) / chosen.length), signal);
    await writeGraph(plan, new Weights(source, plan.prefix), outputFolder, precision);
  }

  const manifest: ModelManifest = modelManifest.parse({
    formatVersion: 1,
    id,
    name: name ?? id,
    family,
    languages: checkpoint.languages,
    licence: checkpoint.licence,
    parameters,
    sampleRateHz: 16000,
    doNormalize: checkpoint.doNormalize,
    hopSamples: plan.hopSamples,
    receptiveFieldSamples: plan.receptiveFieldSamples,
    minimumSamples: plan.minimumSamples,
    ...vocabulary,
    wordErrorRates: [],
    notice: null,
    precisions: chosen,
  });
  await write(join(outputFolder, modelFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  onProgress?.(1);
  return manifest;
}

async function writeGraph(plan: Plan, weights: Weights, folder: string, precision: Precision): Promise<void> {
  const files = graphFiles(precision);
  const weightFile = await createWeightFile(join(folder, files.weights));
  const graph = new Graph({ location: files.weights, append: weightFile.append }, precision);
  try {
    const logits = await plan.build(graph, weights, graph.input('waveform', 'float32', [1, 'samples']));
    graph.output(logits, 'logits', 'float32', [1, 'frames', plan.vocabularySize]);
  } finally {
    await weightFile.close();
  }
  await write(join(folder, files.graph), graph.encode());
}

/** The source, saying how far it is and stopping when told to. */
function watched(
  source: TensorSource,
  onProgress: (fraction: number) => void,
  signal: AbortSignal | undefined,
): TensorSource {
  const total = parameterCount(source);
  const seen = new Set<string>();
  let done = 0;
  return {
    ...source,
    async read(name) {
      signal?.throwIfAborted();
      const values = await source.read(name);
      if (!seen.has(name)) done += values.length;
      seen.add(name);
      onProgress(Math.min(done / total, 0.99));
      return values;
    },
  };
}

function parameterCount({ tensors, origin }: TensorSource): number {
  let count = 0;
  for (const [name, { shape }] of tensors) count += elementCount(shape, name, origin);
  return count;
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
