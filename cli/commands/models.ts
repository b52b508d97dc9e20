import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders } from '../../files/folders.ts';
import { readReferenceCases } from '../../native-models/checkpoint/cases.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import {
  listInstalledModels,
  removeInstalledModel,
  type InstalledModel,
} from '../../native-models/store/installed.ts';
import { embeddedModelId, resolveModel } from '../../native-models/store/resolve.ts';
import { CommandFailure, exitCodes } from '../failures.ts';
import { withEngine } from '../session.ts';

/** Golden logits may differ by this much, the largest absolute difference. */
const toleratedDifference = 1e-3;

/** `sewscribe models list` */
export async function listModels(options: { json?: boolean }): Promise<void> {
  const places = folders();
  const models = [await resolveModel(embeddedModelId, places), ...(await listInstalledModels(places.models))];
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify(models.map(({ folder, manifest }) => ({ ...manifest, folder })))}\n`,
    );
    return;
  }
  for (const model of models) process.stdout.write(describe(model));
}

function describe({ manifest }: InstalledModel): string {
  const lines = [
    `${manifest.id}  ${manifest.name}, ${manifest.family}, ${(manifest.parameters / 1e6).toFixed(1)} million parameters, ${manifest.languages.join(', ') || 'language not stated'}, licence: ${manifest.licence ?? 'not stated'}`,
    ...manifest.wordErrorRates.map(
      ({ corpus, percent, source }) => `    word errors on ${corpus}: ${percent} % (${source})`,
    ),
    ...(manifest.notice ? [`    ${manifest.notice}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** `sewscribe models import` */
export async function importModel(
  folder: string,
  options: { id: string; overwrite?: boolean; json?: boolean },
): Promise<void> {
  const showsBar = process.stderr.isTTY;
  let saidTenths = 0;
  const { manifest } = await importCheckpoint(folder, folders().models, {
    id: options.id,
    overwrite: options.overwrite,
    onProgress: (fraction) => {
      const percent = Math.floor(fraction * 100);
      if (showsBar) process.stderr.write(`\r\x1b[KConverting  ${percent} %`);
      else if (Math.floor(percent / 10) > saidTenths) {
        saidTenths = Math.floor(percent / 10);
        process.stderr.write(`Converting  ${saidTenths * 10} %\n`);
      }
    },
  });
  if (showsBar) process.stderr.write('\r\x1b[K');
  if (options.json) process.stdout.write(`${JSON.stringify(manifest)}\n`);
  else process.stderr.write(`The model "${manifest.id}" is installed: --model ${manifest.id} uses it.\n`);
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
