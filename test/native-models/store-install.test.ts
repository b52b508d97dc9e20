import { readFileSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync, type Zippable } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { forkRecogniser } from '../../engine/recognition/launcher.ts';
import { RecogniserPool } from '../../engine/recognition/pool.ts';
import { modelFiles } from '../../native-models/model.ts';
import { supportedFamilies } from '../../native-models/onnx/families.ts';
import { findInCatalogue, offeredModels, recommendedModel } from '../../native-models/store/catalogue.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { installModel, type InstallOptions } from '../../native-models/store/install.ts';
import {
  readInstalledModel,
  removeInstalledModel,
  surveyModels,
} from '../../native-models/store/installed.ts';
import { replaceModel } from '../../native-models/store/leftovers.ts';
import { lock } from '../../files/presence.ts';
import type { InstallProgress } from '../../native-models/store/progressMeter.ts';
import { resolveModel } from '../../native-models/store/resolve.ts';
import { holdModel } from '../../native-models/store/use.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';

/** Models from a hub, a folder or an archive to their place in the store, and away again. */

const binFolder = join(projectFolder, 'test/fixtures/sewd/micro-bin-only');
const safetensorsFolder = join(projectFolder, 'test/fixtures/sewd/micro-group-pos128');
const tiny = 'asapp/sew-d-tiny-100k-ft-ls100h';

let mirror: HubMirror;
let plainMirror: HubMirror;
let home: string;
let models: string;

beforeAll(async () => {
  // Its pytorch_model.bin is not even one: it must not be looked at.
  const main = join(temporaryFolder(), 'main');
  await cp(safetensorsFolder, main, { recursive: true });
  await rename(join(main, 'model.safetensors'), join(main, 'pytorch_model.bin'));
  const served = {
    [tiny]: binFolder,
    'someone/branch': binFolder,
    'someone/branch@refs/pr/1': safetensorsFolder,
    'asapp/sew-d-mid-k127-400k-ft-ls100h': main,
    'asapp/sew-d-mid-k127-400k-ft-ls100h@refs/pr/1': safetensorsFolder,
  };
  mirror = await startHubMirror({ models: served });
  plainMirror = await startHubMirror({ models: served, hasApi: false });
});
afterAll(() => Promise.all([mirror.close(), plainMirror.close()]));
beforeEach(() => {
  home = temporaryFolder();
  models = join(home, 'models');
});
afterEach(() => {
  mirror.faults.clear();
  mirror.requests.length = 0;
  Object.assign(mirror.pace, { chunkBytes: 1 << 20, everyMs: 0, breakAfterBytes: Infinity });
});

const install = (reference: string, options: InstallOptions = {}, hub = mirror.url) =>
  installModel(
    reference,
    { models },
    { environment: { SEWSCRIBE_HUB: hub }, stallTimeoutMs: 500, retryDelaysMs: [1, 1], ...options },
  );

/** What is in the store beside whole models: nothing but empty folders once all is done. */
async function leftovers(): Promise<string[]> {
  const names = await readdir(models, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && /[\\/]\./.test(join(entry.parentPath, entry.name)))
    .map(({ name }) => name);
}

test('the catalogue: every entry is whole, ids are its own, one is recommended, and only what converts is offered', () => {
  expect(offeredModels.length).toBeGreaterThanOrEqual(4);
  expect(new Set(offeredModels.map(({ id }) => id)).size).toBe(offeredModels.length);
  for (const { id, family, wordErrorRates, goodFor } of offeredModels) {
    expect(supportedFamilies).toContain(family);
    expect(goodFor).toMatch(/\.$/);
    for (const { source } of wordErrorRates) expect(source).not.toBe('');
    expect(findInCatalogue(id)?.id).toBe(id);
  }
  expect(offeredModels.filter(({ recommended }) => recommended)).toEqual([recommendedModel()]);
  expect(findInCatalogue('SEW-D-mid-400k-ft-ls100h')?.id).toBe('sew-d-mid');
  expect(findInCatalogue(tiny)?.id).toBe('sew-d-tiny');
});

test('a model of the catalogue is installed with what its card says, and is not fetched again', async () => {
  const seen: InstallProgress[] = [];
  const { manifest, folder, wasInstalled } = await install('sew-d-tiny', { onProgress: (p) => seen.push(p) });
  expect(wasInstalled).toBe(false);
  expect(manifest).toMatchObject({
    id: 'sew-d-tiny',
    name: 'SEW-D tiny',
    licence: 'apache-2.0',
    languages: ['en'],
    source: { hubId: tiny, revision: 'main', commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
  });
  expect(manifest.wordErrorRates).toHaveLength(2);
  expect(await leftovers()).toEqual([]);
  const stages = [...new Set(seen.map(({ stage }) => stage))];
  expect(stages).toEqual(['downloading', 'converting']);
  for (const stage of stages) {
    const fractions = seen.filter((p) => p.stage === stage).map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  }

  const imported = await importCheckpoint(binFolder, models, { id: 'by-hand' });
  for (const name of [modelFiles.graph, modelFiles.weights]) {
    expect((await readFile(join(folder, name))).equals(await readFile(join(imported.folder, name)))).toBe(
      true,
    );
  }

  await mkdir(join(models, '.downloads/sew-d-tiny'));
  await expect(install('someone/branch', { id: 'sew-d-tiny' })).rejects.toThrow(
    /installed already, from asapp/,
  );
  mirror.requests.length = 0;
  expect(await install(tiny)).toMatchObject({ wasInstalled: true, manifest: { id: 'sew-d-tiny' } });
  expect(mirror.requests).toEqual([]);
  expect(await readdir(join(models, '.downloads'))).toEqual([]);
});

test('where a pull request of the hub holds safetensors, those are taken, with the small files of main', async () => {
  for (const hub of [mirror, plainMirror]) {
    hub.requests.length = 0;
    const { manifest } = await install(
      'sew-d-mid-k127',
      { id: `by-${hub === mirror ? 'api' : 'name'}` },
      hub.url,
    );
    expect(manifest.family).toBe('sew-d');
    const asked = hub.requests.filter((line) => /safetensors$|bin$|config\.json$/.test(line));
    expect(asked).toContain('GET /asapp/sew-d-mid-k127-400k-ft-ls100h/resolve/refs/pr/1/model.safetensors');
    expect(asked).toContain('GET /asapp/sew-d-mid-k127-400k-ft-ls100h/resolve/main/config.json');
    // Without a listing it is asked for, but not read.
    if (hub === mirror) expect(asked.join()).not.toContain('main/pytorch_model.bin');
  }
});

test('any model of the hub by its name, at a revision, from a mirror without a listing, and from a folder', async () => {
  expect((await install('someone/branch@refs/pr/1')).manifest).toMatchObject({
    id: 'someone--branch',
    name: 'someone/branch',
    source: { revision: 'refs/pr/1' },
  });
  expect((await install('someone/branch', { id: 'plain' }, plainMirror.url)).manifest.id).toBe('plain');
  const hub = join(home, 'hub');
  await cp(binFolder, join(hub, 'one/flat'), { recursive: true });
  await cp(safetensorsFolder, join(hub, 'one/deep/resolve/v2'), { recursive: true });
  expect((await install('one/flat', {}, hub)).manifest.id).toBe('one--flat');
  expect((await install('one/deep@v2', {}, hub)).manifest.id).toBe('one--deep');
  expect(await leftovers()).toEqual([]);
});

test.each<{ reference: string; id?: string; says: RegExp }>([
  { reference: 'no-such-model', says: /no model "no-such-model" in the catalogue.*models list/ },
  { reference: '../../etc', says: /no model/ },
  { reference: 'a/b@../x', says: /no model/ },
  {
    reference: 'nobody/none',
    says: /no public model nobody\/none; .*models import FOLDER --id nobody--none/,
  },
  { reference: 'sew-d-tiny', id: '../x', says: /"\.\.\/x" cannot be a model's id/ },
  { reference: 'sew-d-tiny', id: 'embedded', says: /comes with the app/ },
])('$reference $id is refused in a sentence', async ({ reference, id, says }) => {
  await expect(install(reference, { id })).rejects.toMatchObject({
    name: 'ModelError',
    message: expect.stringMatching(says),
  });
});

test.each([
  { what: 'a type that cannot be converted', change: { model_type: 'whisper' }, says: /type "whisper"/ },
  {
    what: 'only pre-trained',
    change: { architectures: ['SEWDModel'] },
    says: /is a SEWDModel and no recogniser/,
  },
])('$what is found before the weights are fetched', async ({ change, says }) => {
  const config = JSON.parse(readFileSync(join(binFolder, 'config.json'), 'utf8'));
  const hub = join(home, 'hub');
  await cp(binFolder, join(hub, 'some/model'), { recursive: true });
  await writeFile(join(hub, 'some/model/config.json'), JSON.stringify({ ...config, ...change }));
  await expect(install('some/model', {}, hub)).rejects.toThrow(says);
  expect(await readdir(join(models, '.downloads/some--model'))).not.toContain('pytorch_model.bin');
});

test('stopped while it downloads, it goes on without asking for what it has', async () => {
  Object.assign(mirror.pace, { chunkBytes: 20_000, everyMs: 2 });
  const controller = new AbortController();
  const stopped = install('sew-d-tiny', {
    signal: controller.signal,
    onProgress: ({ fraction }) => fraction > 0.5 && controller.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  mirror.requests.length = 0;
  await install('sew-d-tiny');
  expect(mirror.requests).toEqual([
    expect.stringMatching(/^GET .*\/resolve\/main\/pytorch_model\.bin bytes=\d{6}-$/),
  ]);
  expect(await leftovers()).toEqual([]);
});

test('stopped while it converts, it goes on without a network', async () => {
  const ending = await startHubMirror({ models: { [tiny]: binFolder } });
  const controller = new AbortController();
  const stopped = install(
    'sew-d-tiny',
    {
      signal: controller.signal,
      onProgress: ({ stage, fraction }) => stage === 'converting' && fraction > 0.5 && controller.abort(),
    },
    ending.url,
  );
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  await ending.close();
  expect(await surveyModels(models)).toEqual({ installed: [], damaged: [] });
  expect((await install('sew-d-tiny', {}, ending.url)).manifest.id).toBe('sew-d-tiny');
});

test('a file that the hub has changed meanwhile is fetched in its new form', async () => {
  const changing = join(home, 'changing');
  await cp(binFolder, changing, { recursive: true });
  const hub = await startHubMirror({ models: { 'some/model': changing } });
  hub.pace.breakAfterBytes = 100_000;
  await expect(install('some/model', { retryDelaysMs: [] }, hub.url)).rejects.toThrow(/broke off/);
  // What is of an earlier version only would be taken for this one's.
  await writeFile(join(models, '.downloads/some--model/added_tokens.json'), '{"ß":999}');
  hub.pace.breakAfterBytes = Infinity;
  await rm(join(changing, 'pytorch_model.bin'));
  await cp(join(safetensorsFolder, 'model.safetensors'), join(changing, 'model.safetensors'));
  await cp(join(safetensorsFolder, 'config.json'), join(changing, 'config.json'));
  // A file of the same length is another one all the same.
  const settings = join(changing, 'preprocessor_config.json');
  const changed = (await readFile(settings, 'utf8')).replace(': true', ':false');
  await writeFile(settings, changed);
  expect((await install('some/model', {}, hub.url)).manifest.doNormalize).toBe(false);
  await hub.close();
});

test.each([
  {
    fault: 'a web page',
    status: 200,
    says: /a web page came from 127.*models import FOLDER --id sew-d-tiny/,
  },
  { fault: 'a refusal', status: 403, says: /refuses access \(403\).*import a folder or zip/ },
])(
  '$fault at the listing or at the weights is one sentence, and nothing counts as installed',
  async ({ status, says }) => {
    for (const place of ['/api/', 'pytorch_model.bin']) {
      mirror.faults.set(place, (_, response) => {
        response.writeHead(status, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>Log in</title>');
      });
      await expect(install('sew-d-tiny')).rejects.toMatchObject({
        name: 'ModelError',
        message: expect.stringMatching(says),
      });
      mirror.faults.clear();
      expect(await surveyModels(models)).toEqual({ installed: [], damaged: [] });
    }
    expect((await install('sew-d-tiny')).wasInstalled).toBe(false);
  },
);

test('two at once: the second says who is at it; a lock that a dead process left is broken', async () => {
  Object.assign(mirror.pace, { chunkBytes: 50_000, everyMs: 20 });
  const [first, second] = await Promise.allSettled([install('sew-d-tiny'), install('sew-d-tiny')]);
  const failed = [first, second].filter((result) => result.status === 'rejected');
  expect(failed).toHaveLength(1);
  expect(failed[0].reason.message).toMatch(new RegExp(`being installed by process ${process.pid} already`));

  const path = join(models, '.downloads/x.lock');
  await writeFile(path, JSON.stringify({ processId: 2 ** 30, host: (await import('node:os')).hostname() }));
  await (
    await lock(path)
  )();
  // The number of a dead process may belong to another one by now.
  await writeFile(
    path,
    JSON.stringify({ processId: process.pid, host: (await import('node:os')).hostname() }),
  );
  await utimes(path, 0, 0);
  const release = await lock(path);
  await expect(lock(path)).rejects.toMatchObject({ processId: process.pid });
  await release();
});

test('one byte less in an installed model is found when it is listed, loaded or installed, and is put right', async () => {
  const { folder } = await install('sew-d-tiny');
  const weights = join(folder, modelFiles.weights);
  const { size } = await stat(weights);
  await truncate(weights, size - 1);
  const says = new RegExp(
    `"sew-d-tiny" is damaged: its model.onnx.data has ${size - 1} bytes in place of ${size}; "sewscribe models install sew-d-tiny"`,
  );
  const { installed, damaged } = await surveyModels(models);
  expect(installed).toEqual([]);
  expect(damaged).toMatchObject([{ id: 'sew-d-tiny', problem: expect.stringMatching(says) }]);
  await expect(resolveModel('sew-d-tiny', { models, cache: home })).rejects.toThrow(says);
  expect((await install('sew-d-tiny')).wasInstalled).toBe(false);
  expect((await stat(weights)).size).toBe(size);

  const byHand = await importCheckpoint(binFolder, models, { id: 'mine' });
  await rm(join(byHand.folder, modelFiles.graph));
  await expect(readInstalledModel(byHand.folder)).rejects.toThrow(
    /"mine" is damaged.*model.onnx is missing; import it/,
  );
  await writeFile(join(byHand.folder, modelFiles.manifest), '{"id":');
  await expect(resolveModel('mine', { models, cache: home })).rejects.toThrow(/model\.json is damaged/);
  await expect(resolveModel('sew-d-mid', { models, cache: home })).rejects.toThrow(
    /"sewscribe models install sew-d-mid" gets it/,
  );
});

test('a conversion that nobody used for a month goes when another is made; one in use stays', async () => {
  const folders = { models, cache: home };
  const conversions = () => readdir(join(home, 'models'));
  const convert = async (name: string) => {
    await cp(binFolder, join(home, name), { recursive: true });
    const before = new Set(await conversions().catch((): string[] => []));
    await resolveModel(join(home, name), folders);
    return (await conversions()).find((made) => !before.has(made))!;
  };
  const [old, used, kept] = [await convert('old'), await convert('used'), join(home, 'models/notes')];
  await mkdir(kept);
  const fiveWeeksAgo = new Date(Date.now() - 35 * 24 * 60 * 60 * 1000);
  for (const folder of [join(home, 'models', old), join(home, 'models', used), kept])
    await utimes(folder, fiveWeeksAgo, fiveWeeksAgo);
  await resolveModel(join(home, 'used'), folders);
  const made = await convert('new');
  expect((await conversions()).sort()).toEqual([made, used, 'notes'].sort());
});

test('a model in use is neither removed nor replaced; afterwards it is', async () => {
  const { folder } = await importCheckpoint(binFolder, models, { id: 'used' });
  const release = await holdModel(folder, models);
  const inUse = new RegExp(`"used" is in use by process ${process.pid}`);
  await expect(removeInstalledModel(models, 'used')).rejects.toThrow(inUse);
  await expect(importCheckpoint(binFolder, models, { id: 'used', overwrite: true })).rejects.toThrow(inUse);
  await release();
  await importCheckpoint(binFolder, models, { id: 'used', overwrite: true });
  await writeFile(join(models, '.in-use/used/dead'), JSON.stringify({ processId: 2 ** 30, host: '' }));
  await utimes(join(models, '.in-use/used/dead'), 0, 0);
  await removeInstalledModel(models, 'used');
  await expect(removeInstalledModel(models, 'used')).rejects.toThrow(/No model "used" is installed/);
  expect(await leftovers()).toEqual([]);

  const elsewhere = join(home, 'elsewhere');
  await mkdir(elsewhere);
  await holdModel(elsewhere, models);
  expect(await readdir(elsewhere)).toEqual([]);
});

test('a model is in use as long as the engine has a recogniser for it', async () => {
  vi.stubEnv('SEWSCRIBE_HOME', home);
  const model = await importCheckpoint(binFolder, models, { id: 'used' });
  const pool = new RecogniserPool(forkRecogniser, () => undefined);
  const lease = pool.lease(model, 'cpu');
  const attempt = () => removeInstalledModel(models, 'used');
  await vi.waitFor(async () => expect(await readdir(join(models, '.in-use/used'))).toHaveLength(1));
  await expect(attempt()).rejects.toThrow(/in use/);
  lease.release();
  await expect(attempt()).rejects.toThrow(/in use/);
  pool.close();
  await vi.waitFor(attempt);
  vi.unstubAllEnvs();
});

test('a replacement that was killed between two renames leaves the older model, which comes back', async () => {
  const { folder, manifest } = await importCheckpoint(binFolder, models, { id: 'kept' });
  const deadProcess = 2 ** 30;
  await rename(folder, join(models, `.replaced-kept-${deadProcess}-0123abcd`));
  await mkdir(join(models, `.work-${deadProcess}-0123abcd/model`), { recursive: true });
  await importCheckpoint(binFolder, models, { id: 'other' });
  expect((await surveyModels(models)).installed.map((model) => model.manifest)).toMatchObject([
    manifest,
    { id: 'other' },
  ]);
  // Replaced already: then the older one goes.
  await cp(folder, join(models, `.replaced-kept-${deadProcess}-0123abcd`), { recursive: true });
  await cp(folder, join(home, 'newer'), { recursive: true });
  await replaceModel(models, 'kept', join(home, 'newer'));
  await importCheckpoint(binFolder, models, { id: 'third' });
  expect(await leftovers()).toEqual([]);
});

test('downloads that nobody goes on with are kept 30 days', async () => {
  for (const [name, days] of [
    ['old', 31],
    ['young', 29],
  ] as const) {
    const folder = join(models, '.downloads', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.safetensors.part'), 'x');
    const then = Date.now() / 1000 - days * 86_400;
    await utimes(join(folder, 'model.safetensors.part'), then, then);
    await utimes(folder, then, then);
  }
  await importCheckpoint(binFolder, models, { id: 'any' });
  expect(await readdir(join(models, '.downloads'))).toEqual(['young']);
});

test('no room for it is said before anything is fetched', async () => {
  mirror.faults.set('/api/', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const siblings = ['config.json', 'vocab.json', 'model.safetensors'].map((rfilename) => ({
      rfilename,
      size: 2 ** 50,
    }));
    response.end(JSON.stringify({ siblings }));
  });
  await expect(install('sew-d-tiny')).rejects.toMatchObject({
    name: 'WriteError',
    message: expect.stringMatching(/too little room: \d+ MB are needed and \d+ MB are free/),
  });
  expect(mirror.requests.filter((line) => line.includes('resolve'))).toEqual([]);
});

const checkpointFiles = (): Zippable =>
  Object.fromEntries(
    [
      'config.json',
      'vocab.json',
      'preprocessor_config.json',
      'tokenizer_config.json',
      'special_tokens_map.json',
      'pytorch_model.bin',
    ].map((name) => [name, readFileSync(join(binFolder, name))]),
  );

test.each<{ what: string; content: () => Zippable }>([
  { what: 'flat', content: checkpointFiles },
  {
    what: 'in one folder, with what a Mac adds',
    content: () => ({ 'my model': checkpointFiles(), '__MACOSX/my model/._x': new Uint8Array(9) }),
  },
  {
    what: 'with other files beside',
    content: () => ({
      ...checkpointFiles(),
      'optimizer.pt': new Uint8Array(99),
      'runs/a/config.json': new Uint8Array(9),
    }),
  },
])('a zip archive, $what, is imported as its folder would be', async ({ content }) => {
  const archive = join(home, 'model.zip');
  await writeFile(archive, zipSync(content()));
  const fromZip = await importCheckpoint(archive, models, { id: 'zip' });
  const fromFolder = await importCheckpoint(binFolder, models, { id: 'folder' });
  for (const name of [modelFiles.graph, modelFiles.weights]) {
    expect(
      (await readFile(join(fromZip.folder, name))).equals(await readFile(join(fromFolder.folder, name))),
    ).toBe(true);
  }
  expect(await leftovers()).toEqual([]);
});

/** Names are written as they are meant to be read by a careless unpacker. */
const renamed = (from: string, to: string, zip: Uint8Array) =>
  Buffer.from(Buffer.from(zip).toString('latin1').replaceAll(from, to), 'latin1');

/** Says another unpacked length in the archive's directory (PKWARE APPNOTE 4.3.12). */
function claiming(name: string, bytes: number, zip: Uint8Array): Uint8Array {
  const archive = Buffer.from(zip);
  archive.writeUInt32LE(bytes, archive.lastIndexOf(name) - 46 + 24);
  return archive;
}

test.each<{ what: string; archive: () => Uint8Array; says: RegExp }>([
  {
    what: 'no archive',
    archive: () => Buffer.from('this is no archive, but text'),
    says: /is not a zip archive/,
  },
  {
    what: 'cut short',
    archive: () => zipSync(checkpointFiles()).subarray(0, 5000),
    says: /is not a zip archive/,
  },
  {
    what: 'no model in it',
    archive: () => zipSync({ 'a.txt': new Uint8Array(3) }),
    says: /no config\.json at its top/,
  },
  {
    what: 'a name that leads out of it',
    archive: () =>
      renamed('AAA', '../', zipSync({ ...checkpointFiles(), 'AAAescaped.json': new Uint8Array(3) })),
    says: /cannot be|is not a zip archive.*\.\.\/escaped/,
  },
  {
    what: 'weights that would fill the disk',
    archive: () => claiming('pytorch_model.bin', 2 ** 31, zipSync(checkpointFiles())),
    says: /pytorch_model\.bin that would grow from \d+ to 2147483648 bytes/,
  },
  {
    what: 'weights that grow beyond what they claim',
    archive: () => claiming('pytorch_model.bin', 1000, zipSync(checkpointFiles())),
    says: /is not a zip archive that can be read \(too many bytes/,
  },
  {
    what: 'a small file that is none',
    archive: () => claiming('vocab.json', 65 << 20, zipSync(checkpointFiles())),
    says: /vocab\.json of 68157440 bytes, which no model has/,
  },
  {
    what: 'a flipped byte',
    archive: () => {
      const zip = zipSync(checkpointFiles(), { level: 0 });
      zip[zip.length >> 1] ^= 1;
      return zip;
    },
    says: /damaged/,
  },
])('a zip archive with $what is refused', async ({ archive, says }) => {
  const path = join(home, 'bad.zip');
  await writeFile(path, archive());
  const failure = await importCheckpoint(path, models, { id: 'bad' }).catch((cause: Error) => cause);
  expect(failure).toMatchObject({ name: 'ModelError', message: expect.stringMatching(says) });
  expect((failure as Error).message).toContain(path);
  expect(await surveyModels(models)).toEqual({ installed: [], damaged: [] });
  expect(await leftovers()).toEqual([]);
  expect((await readdir(home)).sort()).toEqual(['bad.zip', 'models']);
});

test('what cannot be converted names the hub’s model or the archive and not where it lay meanwhile', async () => {
  const hub = join(home, 'hub');
  await cp(binFolder, join(hub, 'some/model'), { recursive: true });
  await appendFile(join(hub, 'some/model/vocab.json'), '!');
  await expect(install('some/model', {}, hub)).rejects.toThrow(/^some\/model.vocab\.json is not valid JSON/);
  expect(await leftovers()).toEqual([]);
});
