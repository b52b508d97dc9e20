import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelFiles } from '../../native-models/model.ts';
import { installModel } from '../../native-models/store/install.ts';
import { surveyModels } from '../../native-models/store/installed.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';

/** `kill -9` at every tenth of a download and of a conversion: the next try ends with a whole model. */

const program = join(projectFolder, 'test/support/installAndDie.ts');

const fixtures = join(projectFolder, 'test/fixtures/sewd');
const golden = join(import.meta.dirname, 'golden');
/** One of each kind of recogniser that SEW-D is measured beside, tiny, where the hub has the published one. */
const families = [
  { model: 'sew-d-tiny', hubId: 'asapp/sew-d-tiny-100k-ft-ls100h', folder: join(fixtures, 'micro-bin-only') },
  { model: 'sew-tiny', hubId: 'asapp/sew-tiny-100k-ft-ls100h', folder: join(golden, 'sew-bin') },
  { model: 'wav2vec2-base', hubId: 'facebook/wav2vec2-base-960h', folder: join(golden, 'wav2vec2-base') },
];

let mirror: HubMirror;
const whole = new Map<string, Buffer[]>();

const contentsOf = (folder: string) =>
  Promise.all([modelFiles.graph, modelFiles.weights].map((name) => readFile(join(folder, name))));

const install = (model: string, models: string) =>
  installModel(model, { models }, { environment: { SEWSCRIBE_HUB: mirror.url } });

beforeAll(async () => {
  mirror = await startHubMirror({
    models: Object.fromEntries(families.map(({ hubId, folder }) => [hubId, folder])),
  });
  Object.assign(mirror.pace, { chunkBytes: 6000, everyMs: 1 });
  for (const { model } of families) {
    whole.set(model, await contentsOf((await install(model, temporaryFolder())).folder));
  }
});
afterAll(() => mirror.close());

/** @returns the signal that ended it */
function installAndDie(
  model: string,
  models: string,
  stage: string,
  fraction: number,
): Promise<string | null> {
  const args = ['--import', 'tsx', program, model, models, stage, String(fraction)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: projectFolder,
      env: { ...process.env, SEWSCRIBE_HUB: mirror.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (_, signal) => resolve(signal));
  });
}

const tenths = Array.from({ length: 10 }, (_, k) => (k + 1) / 10);

test.concurrent.each(families.flatMap(({ model }) => tenths.map((fraction) => ({ model, fraction }))))(
  '$model, killed at $fraction of the download and, gone on, at as much of the conversion',
  async ({ model, fraction }) => {
    const models = temporaryFolder();
    for (const stage of ['downloading', 'converting']) {
      expect(await installAndDie(model, models, stage, fraction)).toBe('SIGKILL');
      expect(await surveyModels(models)).toEqual({ installed: [], damaged: [] });
    }
    const { folder, wasInstalled } = await install(model, models);
    expect(wasInstalled).toBe(false);
    const contents = await contentsOf(folder);
    expect(contents.map((content, n) => content.equals(whole.get(model)![n]))).toEqual([true, true]);
    expect((await surveyModels(models)).installed).toHaveLength(1);
  },
  180_000,
);
