import { spawn } from 'node:child_process';
import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectFolder, recitalFolder, sewscribe, temporaryFolder } from '../support/cli.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';
import { clipPath, clipText } from '../support/recitalMedia.ts';

/** From a hub on loopback to a transcript, by the command line. */

const home = temporaryFolder();
const bin = join(projectFolder, 'bin/sewscribe.mjs');
let mirror: HubMirror;

beforeAll(async () => {
  mirror = await startHubMirror({ models: { 'asapp/sew-d-tiny-100k-ft-ls100h': recitalFolder } });
});
afterAll(() => mirror.close());

const run = (...args: string[]) => sewscribe(args, { home, environment: { SEWSCRIBE_HUB: mirror.url } });

test('models install, models list, transcribe; then one byte less, and install again', async () => {
  const installed = await run('models', 'install', 'sew-d-tiny');
  expect(installed).toMatchObject({ exitCode: 0, stdout: '' });
  expect(installed.stderr).toBe('The model "sew-d-tiny" is installed: --model sew-d-tiny uses it.\n');
  const list = await run('models', 'list');
  expect(list.stdout).toMatch(
    /^sew-d-tiny {2}SEW-D tiny, sew-d, .* million parameters, .*MB, en, licence: apache-2\.0\n.*test-clean: 10\.47 % \(its card\)/m,
  );
  expect(list.stdout).toMatch(/^sew-d-base-plus .*\(recommended\).*about 708 MB to download/m);

  const args = ['--model', 'sew-d-tiny', '--format', 'txt', '--case', 'lower', '--output', '-'];
  const { stdout, exitCode } = await run('transcribe', clipPath('cv1-1'), ...args);
  expect(exitCode).toBe(0);
  expect(stdout.trim().replace(/\s+/g, ' ').toUpperCase()).toBe(clipText('cv1-1'));

  const weights = join(home, 'models/sew-d-tiny/model.onnx.data');
  await truncate(weights, (await stat(weights)).size - 1);
  const listed = JSON.parse((await run('models', 'list', '--json')).stdout) as {
    id: string;
    state: string;
  }[];
  expect(listed.map(({ id, state }) => `${id} ${state}`)).toEqual(
    expect.arrayContaining(['embedded installed', 'sew-d-tiny damaged', 'sew-d-mid available']),
  );
  const broken = await run('transcribe', clipPath('cv1-1'), ...args);
  expect(broken).toMatchObject({ exitCode: 4, stdout: '' });
  expect(broken.stderr).toMatch(
    /"sew-d-tiny" is damaged.*"sewscribe models install sew-d-tiny" installs it again/,
  );
  expect(await run('models', 'install', 'sew-d-tiny')).toMatchObject({ exitCode: 0 });
  expect(await run('models', 'remove', 'sew-d-tiny', '--json')).toMatchObject({ exitCode: 0 });
  expect((await readdir(join(home, 'models'))).filter((name) => !name.startsWith('.'))).toEqual([]);
}, 180_000);

test('interrupted, it says so with 130, and the same command goes on from there', async () => {
  const mirror = await startHubMirror({ models: { 'asapp/sew-d-tiny-100k-ft-ls100h': recitalFolder } });
  const home = temporaryFolder();
  const environment = { SEWSCRIBE_HUB: mirror.url };
  Object.assign(mirror.pace, { chunkBytes: 20_000, everyMs: 10 });
  const child = spawn(process.execPath, [bin, 'models', 'install', 'sew-d-tiny'], {
    env: { ...process.env, SEWSCRIBE_HOME: home, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const before = mirror.sentBytes();
  const watch = setInterval(() => {
    if (mirror.sentBytes() - before < 500_000) return;
    clearInterval(watch);
    child.kill('SIGINT');
  }, 10);
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 130,
    stderr: 'sewscribe: Cancelled; the same command goes on from here.\n',
  });
  mirror.pace.everyMs = 0;
  mirror.requests.length = 0;
  expect(await sewscribe(['models', 'install', 'sew-d-tiny'], { home, environment })).toMatchObject({
    exitCode: 0,
  });
  expect(mirror.requests).toEqual([expect.stringMatching(/model\.safetensors bytes=\d{6,}-$/)]);
  await mirror.close();
}, 180_000);

test.each([
  { args: ['nobody/none'], exitCode: 4, says: /no public model nobody\/none/ },
  { args: ['no-such-model'], exitCode: 4, says: /models list/ },
  { args: [], exitCode: 2, says: /missing required argument/ },
])('models install $args exits with $exitCode and one sentence', async ({ args, exitCode, says }) => {
  const result = await run('models', 'install', ...args);
  expect(result).toMatchObject({ exitCode, stdout: '' });
  expect(result.stderr).toMatch(says);
  expect(result.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
});
