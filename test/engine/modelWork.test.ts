import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ModelInstall } from '../../engine/contract.ts';
import { Installations } from '../../engine/modelWork/installations.ts';
import { Models } from '../../engine/models.ts';
import { folders as foldersOf } from '../../files/folders.ts';
import { readInstalledModel } from '../../native-models/store/installed.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';

/** Installing models for the page: side by side with everything else, paused, resumed, without a network. */

const fixtures = join(projectFolder, 'test/fixtures/sewd');
let mirror: HubMirror;
let models: string;
let opened: Installations[];
/** What was told, and who waits for what of it. */
let told: ModelInstall[][];
let waiting: (() => void)[];
let installed: number;

beforeAll(async () => {
  mirror = await startHubMirror({
    models: {
      'asapp/sew-d-tiny-100k-ft-ls100h': join(fixtures, 'micro-bin-only'),
      'asapp/sew-d-mid-400k-ft-ls100h': join(fixtures, 'micro-group-pos128'),
    },
  });
  process.env['SEWSCRIBE_HUB'] = mirror.url;
});
afterAll(async () => {
  delete process.env['SEWSCRIBE_HUB'];
  await mirror.close();
});
beforeEach(() => {
  models = join(temporaryFolder(), 'models');
  [opened, told, waiting, installed] = [[], [], [], 0];
});
afterEach(async () => {
  for (const installations of opened) await installations.close();
  mirror.faults.clear();
  Object.assign(mirror.pace, { chunkBytes: 1 << 20, everyMs: 0, breakAfterBytes: Infinity });
});

async function open(): Promise<Installations> {
  const installations = await Installations.open({
    folders: { models, cache: join(models, '../cache') },
    log: () => undefined,
    onChange: (installs) => {
      told.push(installs);
      for (const look of [...waiting]) look();
    },
    onInstalled: () => {
      installed += 1;
      for (const look of [...waiting]) look();
    },
    retryOfflineMs: 300,
  });
  opened.push(installations);
  return installations;
}

/** Waits until something that is told makes it true. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      waiting = waiting.filter((other) => other !== look);
      resolve();
    };
    waiting.push(look);
    look();
  });
}
const stateOf = (id: string) => told.at(-1)?.find(({ modelId }) => modelId === id)?.state;
const slowly = () => Object.assign(mirror.pace, { chunkBytes: 20_000, everyMs: 20 });
const downloads = () => readdir(join(models, '.downloads')).catch(() => []);

test('a model is fetched, prepared and there; one after the other', async () => {
  const installations = await open();
  expect(installations.install('sew-d-tiny')).toBe('sew-d-tiny');
  expect(installations.install('sew-d-mid')).toBe('sew-d-mid');
  // Asked for twice, it is fetched once.
  expect(installations.install('asapp/sew-d-tiny-100k-ft-ls100h')).toBe('sew-d-tiny');
  expect(installations.list.map(({ state }) => state)).toEqual(['downloading', 'waiting']);
  expect(installations.list[0]).toMatchObject({ name: 'SEW-D tiny', languages: ['en'], problem: null });
  await until(() => installed === 2);
  await until(() => told.at(-1)?.length === 0);
  for (const id of ['sew-d-tiny', 'sew-d-mid']) {
    expect((await readInstalledModel(join(models, id))).manifest.id).toBe(id);
  }
  const busy = told.map((installs) =>
    installs.filter(({ state }) => /ing$/.test(state) && state !== 'waiting'),
  );
  expect(Math.max(...busy.map(({ length }) => length))).toBe(1);
});

test('one that is paused keeps what has come, and goes on from there', async () => {
  slowly();
  const installations = await open();
  installations.install('sew-d-mid');
  await until(() => (told.at(-1)?.[0]?.fraction ?? 0) > 0.2);
  await installations.pause('sew-d-mid');
  const [paused] = installations.list;
  expect(paused).toMatchObject({ state: 'paused', bytesPerSecond: null, totalBytes: expect.any(Number) });
  const sentBefore = mirror.sentBytes();
  expect((await stat(join(models, '.downloads/sew-d-mid'))).isDirectory()).toBe(true);

  installations.install('sew-d-mid');
  await until(() => installed === 1);
  expect(mirror.sentBytes() - sentBefore).toBeLessThan(paused.totalBytes! * 0.9);
});

test('what was on its way when the app ended waits, paused', async () => {
  slowly();
  const first = await open();
  first.install('sew-d-mid');
  await until(() => (told.at(-1)?.[0]?.fraction ?? 0) > 0.1);
  await first.close();

  const second = await open();
  expect(second.list).toMatchObject([{ modelId: 'sew-d-mid', name: 'SEW-D mid', state: 'paused' }]);
  second.install('sew-d-mid');
  await until(() => installed === 1);
});

test('one that is cancelled leaves nothing, and the next begins', async () => {
  slowly();
  const installations = await open();
  installations.install('sew-d-mid');
  installations.install('sew-d-tiny');
  await until(() => (told.at(-1)?.[0]?.fraction ?? 0) > 0.1);
  await installations.cancel('sew-d-mid');
  expect(installations.list.map(({ modelId }) => modelId)).toEqual(['sew-d-tiny']);
  expect(await downloads()).not.toContain('sew-d-mid');
  await until(() => installed === 1);
  await expect(installations.cancel('sew-d-mid')).rejects.toThrow(/not on its way/);
});

test('without a network it waits, and goes on by itself', async () => {
  mirror.faults.set('/api/models/', (_, response) => response.destroy());
  const installations = await open();
  installations.install('sew-d-tiny');
  await until(() => stateOf('sew-d-tiny') === 'offline');
  expect(installations.list[0].problem).toMatch(/broke off/);
  mirror.faults.clear();
  await until(() => installed === 1);
});

test('what cannot be had fails with its sentence, does not stop the next, and can be tried again', async () => {
  mirror.faults.set('sew-d-tiny-100k-ft-ls100h/revision', (_, response) => {
    response.writeHead(403);
    response.end();
  });
  const installations = await open();
  installations.install('sew-d-tiny');
  installations.install('sew-d-mid');
  await until(() => stateOf('sew-d-tiny') === 'failed' && installed === 1);
  expect(installations.list).toMatchObject([{ problem: expect.stringMatching(/refuses access/) }]);
  mirror.faults.clear();
  installations.install('sew-d-tiny');
  await until(() => installed === 2);
});

test('what is no model is refused at once', async () => {
  const installations = await open();
  expect(() => installations.install('no such model')).toThrow(/no model/);
  expect(() => installations.install('../../etc/passwd')).toThrow(/no model/);
  expect(installations.list).toEqual([]);
});

test('what waits for the network before a byte has come is found by the next run, and goes on by itself', async () => {
  process.env['SEWSCRIBE_HUB'] = 'http://127.0.0.1:9';
  try {
    const first = await open();
    first.install('sew-d-tiny');
    await until(() => stateOf('sew-d-tiny') === 'offline');
    await first.close();
  } finally {
    process.env['SEWSCRIBE_HUB'] = mirror.url;
  }
  expect(await downloads()).not.toContain('sew-d-tiny');
  const second = await open();
  expect(second.list).toMatchObject([{ modelId: 'sew-d-tiny' }]);
  await until(() => installed === 1);
  await second.close();
  expect((await open()).list).toEqual([]);
});

test('how fast a model is here is known to the next run', async () => {
  const folders = foldersOf({ SEWSCRIBE_HOME: join(models, '..') });
  await new Models(folders).measured('embedded', 'cpu', 12.5);
  const list = await new Models(folders).list();
  expect(list[0]).toMatchObject({
    modelId: 'embedded',
    measured: { device: 'cpu', audioSecondsPerSecond: 12.5 },
  });
});
