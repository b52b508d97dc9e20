import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders } from '../../files/folders.ts';
import { readReferenceCases } from '../../native-models/checkpoint/cases.ts';
import { offeredModels, type CatalogueEntry } from '../../native-models/store/catalogue.ts';
import { megabytes } from '../../native-models/store/diskSpace.ts';
import { hubIdPattern } from '../../native-models/store/hub.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { installModel } from '../../native-models/store/install.ts';
import {
  removeInstalledModel,
  surveyModels,
  type InstalledModel,
} from '../../native-models/store/installed.ts';
import { ProgressMeter } from '../../native-models/store/progressMeter.ts';
import { embeddedModelId, resolveModel } from '../../native-models/store/resolve.ts';
import { CommandFailure, exitCodes, messageOf } from '../failures.ts';
import { withEngine } from '../session.ts';
import { StageLine } from '../stageLine.ts';

/** Golden logits may differ by this much, the largest absolute difference. */
const toleratedDifference = 1e-3;

/**
 * `sewscribe models list`. As JSON: one array, in which `state` is installed, damaged or available; what is installed
 * has all that its model.json says.
 */
export async function listModels(options: { json?: boolean }): Promise<void> {
  const places = folders();
  const { installed, damaged } = await surveyModels(places.models);
  // A disk that cannot be written keeps it from being prepared, and not from being listed.
  const embedded = await resolveModel(embeddedModelId, places).catch((cause: Error) => {
    process.stderr.write(`sewscribe: ${messageOf(cause)}\n`);
    return null;
  });
  const usable = [...(embedded ? [embedded] : []), ...installed];
  const taken = new Set([...installed.map(({ manifest }) => manifest.id), ...damaged.map(({ id }) => id)]);
  const available = offeredModels.filter(({ id }) => !taken.has(id));
  if (options.json) {
    const list = [
      ...usable.map(({ folder, manifest }) => ({ ...manifest, folder, state: 'installed' })),
      ...damaged.map((model) => ({ ...model, state: 'damaged' })),
      ...available.map((entry) => ({ ...entry, state: 'available' })),
    ];
    process.stdout.write(`${JSON.stringify(list)}\n`);
    return;
  }
  for (const model of usable) process.stdout.write(describeInstalled(model));
  for (const { id, problem } of damaged) process.stdout.write(`${id}  damaged\n    ${problem}\n`);
  if (available.length === 0) return;
  process.stdout.write('\nNot installed; "sewscribe models install ID" gets one:\n');
  for (const entry of available) process.stdout.write(describeAvailable(entry));
}

function describeInstalled({ manifest }: InstalledModel): string {
  const { name, family, parameters, languages, licence, fileBytes } = manifest;
  const bytes = Object.values(fileBytes ?? {}).reduce((sum, each) => sum + each, 0);
  return describe(manifest, [
    name,
    family,
    `${(parameters / 1e6).toFixed(1)} million parameters`,
    ...(bytes > 0 ? [megabytes(bytes)] : []),
    languages.join(', ') || 'language not stated',
    `licence: ${licence ?? 'not stated'}`,
  ]);
}

function describeAvailable(entry: CatalogueEntry): string {
  const { name, family, parametersMillions, downloadMegabytes, languages, licence, recommended } = entry;
  return describe(entry, [
    ...(recommended ? [`${name} (recommended)`] : [name]),
    family,
    ...(parametersMillions ? [`${parametersMillions} million parameters`] : []),
    downloadMegabytes ? `about ${downloadMegabytes} MB to download` : 'size not stated',
    languages.join(', '),
    `licence: ${licence}`,
  ]);
}

function describe(
  model: Pick<InstalledModel['manifest'], 'id' | 'wordErrorRates' | 'notice'> & { goodFor?: string },
  facts: string[],
): string {
  const lines = [
    `${model.id}  ${facts.join(', ')}`,
    ...(model.goodFor ? [`    ${model.goodFor}`] : []),
    ...model.wordErrorRates.map(
      ({ corpus, percent, source }) => `    word errors on ${corpus}: ${percent} % (${source})`,
    ),
    ...(model.notice ? [`    ${model.notice}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** `sewscribe models install` */
export async function installModels(
  reference: string,
  options: { id?: string; json?: boolean },
): Promise<void> {
  const line = new StageLine();
  const result = await interruptible((signal) =>
    installModel(reference, folders(), {
      id: options.id,
      signal,
      onProgress: (progress) => line.update(progress),
    }),
  ).finally(() => line.clear());
  const { manifest, folder, wasInstalled } = result;
  if (options.json) process.stdout.write(`${JSON.stringify({ ...manifest, folder, wasInstalled })}\n`);
  else {
    process.stderr.write(
      `The model "${manifest.id}" is installed${wasInstalled ? ' already' : ''}: --model ${manifest.id} uses it.\n`,
    );
  }
}

/** `sewscribe models import` */
export async function importModel(
  checkpoint: string,
  options: { id: string; overwrite?: boolean; json?: boolean },
): Promise<void> {
  if (options.id === embeddedModelId) {
    throw new CommandFailure(
      '"embedded" is the model that comes with the app; choose another --id.',
      exitCodes.usage,
    );
  }
  if (hubIdPattern.test(checkpoint) && !existsSync(checkpoint)) {
    throw new CommandFailure(
      `There is no folder ${checkpoint}; "sewscribe models install ${checkpoint}" gets a model of the hub.`,
      exitCodes.model,
    );
  }
  const line = new StageLine();
  const meter = new ProgressMeter('converting', 1, (progress) => line.update(progress));
  const { manifest } = await interruptible((signal) =>
    importCheckpoint(checkpoint, folders().models, {
      id: options.id,
      overwrite: options.overwrite,
      signal,
      onProgress: (fraction) => meter.update(fraction),
    }),
  ).finally(() => line.clear());
  if (options.json) process.stdout.write(`${JSON.stringify(manifest)}\n`);
  else process.stderr.write(`The model "${manifest.id}" is installed: --model ${manifest.id} uses it.\n`);
}

/** Runs what an interruption stops; what it keeps is there for the same command again. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } catch (cause) {
    if (!controller.signal.aborted) throw cause;
    throw new CommandFailure('Cancelled; the same command goes on from here.', exitCodes.cancelled, {
      cause,
    });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** `sewscribe models remove` */
export async function removeModel(id: string, options: { json?: boolean }): Promise<void> {
  if (id === embeddedModelId)
    throw new CommandFailure('The embedded model comes with the app and cannot be removed.', exitCodes.usage);
  await removeInstalledModel(folders().models, id);
  if (options.json) process.stdout.write(`${JSON.stringify({ removed: id })}\n`);
  else process.stderr.write(`The model "${id}" has been removed.\n`);
}

/** `sewscribe models check` */
export async function checkModel(folder: string, options: { json?: boolean }): Promise<void> {
  const cases = await readReferenceCases(folder);
  const temporary = await mkdtemp(join(tmpdir(), 'sewscribe-check-'));
  try {
    const model = await importCheckpoint(folder, temporary, { id: 'checked' });
    const results = await withEngine(async ({ engine }) => {
      const compared = [];
      for (const reference of cases) {
        const outputPath = join(temporary, 'logits.f32');
        const { frames } = await engine.call('logits.write', {
          model: { id: 'checked', folder: model.folder },
          samplesPath: reference.samplesPath,
          outputPath,
        });
        const difference =
          frames === reference.frames ? await largestDifference(outputPath, reference.logitsPath) : Infinity;
        compared.push({ samples: reference.samples, frames, expectedFrames: reference.frames, difference });
      }
      return compared;
    });
    if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    else {
      for (const { samples, frames, difference } of results) {
        process.stdout.write(
          `${samples} samples, ${frames} frames: largest difference ${difference.toExponential(2)}\n`,
        );
      }
    }
    const bad = results.filter(({ difference }) => !(difference <= toleratedDifference)).length;
    if (bad > 0)
      throw new CommandFailure(
        `${bad} of ${results.length} cases differ by more than ${toleratedDifference}.`,
        exitCodes.someFailed,
      );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function largestDifference(pathA: string, pathB: string): Promise<number> {
  const [a, b] = await Promise.all([readFile(pathA), readFile(pathB)]);
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let offset = 0; offset + 4 <= a.length; offset += 4) {
    const difference = Math.abs(a.readFloatLE(offset) - b.readFloatLE(offset));
    // A number that is none must not pass as a small difference.
    largest = difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
