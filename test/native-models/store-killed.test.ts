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

let mirror: HubMirror;
let whole: Buffer[];

const contentsOf = (folder: string) =>
  Promise.all([modelFiles.graph, modelFiles.weights].map((name) => readFile(join(folder, name))));

const install = (models: string) =>
  installModel('sew-d-tiny', { models }, { environment: { SEWSCRIBE_HUB: mirror.url } });

beforeAll(async () => {
  mirror = await startHubMirror({
    models: { 'asapp/sew-d-tiny-100k-ft-ls100h': join(projectFolder, 'test/fixtures/sewd/micro-bin-only') },
  });
  Object.assign(mirror.pace, { chunkBytes: 6000, everyMs: 1 });
  whole = await contentsOf((await install(temporaryFolder())).folder);
});
afterAll(() => mirror.close());

/** @returns the signal that ended it */
function installAndDie(models: string, stage: string, fraction: number): Promise<string | null> {
  const args = ['--import', 'tsx', program, 'sew-d-tiny', models, stage, String(fraction)];
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

test.concurrent.each(tenths)(
  'killed at %d of the download and, gone on, at as much of the conversion',
  async (fraction) => {
    const models = temporaryFolder();
    for (const stage of ['downloading', 'converting']) {
      expect(await installAndDie(models, stage, fraction)).toBe('SIGKILL');
      expect(await surveyModels(models)).toEqual({ installed: [], damaged: [] });
    }
    const { folder, wasInstalled } = await install(models);
    expect(wasInstalled).toBe(false);
    const contents = await contentsOf(folder);
    for (const [index, content] of contents.entries()) expect(content.equals(whole[index])).toBe(true);
    expect((await surveyModels(models)).installed).toHaveLength(1);
  },
  180_000,
);
