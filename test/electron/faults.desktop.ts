import { execFile } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { folders } from '../../files/folders.ts';
import { projectFolder } from '../support/cli.ts';
import {
  appFolder,
  homeWithModel,
  launchOnStandIn,
  recording,
  startDesktop,
  until,
  wordsOnDisk,
  type Desktop,
} from './desktop.ts';

/** Processes that are killed, a page that crashes, and one that has been taken over. */

let home: string;
let desktop: Desktop;
let page: Page;
let talk: { path: string; words: string[] };
/** Four times over they are long enough to be met in the middle. */
const clips = ['librispeech-1', 'cv1-1', 'austen-0890', 'librispeech-2'];

beforeAll(async () => {
  home = await homeWithModel();
  talk = await recording(home, 'Long.wav', clips, 4);
  desktop = await startDesktop({ home });
  page = await desktop.page();
});
afterAll(() => desktop?.close());
beforeEach(() => page.setDefaultTimeout(60_000));

const library = () => page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
const processes = (kind: string) =>
  desktop.ask(
    ({ standIn }, wanted) =>
      standIn.runningProcesses().filter(({ serviceName }) => serviceName.includes(wanted)),
    kind,
  );
const recorded = (kind: string) =>
  desktop.ask(({ standIn }, wanted) => standIn.recorded.filter((one) => one.kind === wanted), kind);

/** Kills one of a kind as soon as there is one. @returns its number */
async function kill(kind: string): Promise<number> {
  const { pid } = await until(async () =>
    (await processes(kind)).find((one): one is typeof one & { pid: number } => one.pid !== undefined),
  );
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Kills the engine, and waits for the next. */
async function killEngine(): Promise<void> {
  const killed = await kill('engine');
  await until(async () => {
    const now = await processes('engine');
    return now.some(({ pid }) => pid !== undefined && pid !== killed) ? true : undefined;
  });
}

/** What a page can send around the bridge; on Electron it could not even do this. */
const forge = (target: Page, how: string, channel: string, args: unknown[]) =>
  target.evaluate(
    ([a, b, c]) =>
      (globalThis as unknown as { standInSend(...all: unknown[]): Promise<unknown> })
        .standInSend(a, b, c)
        .catch(() => 'refused'),
    [how, channel, args] as const,
  );

test('the engine killed: another one answers, and the page stays as it is', async () => {
  await library();
  await killEngine();
  await page.reload();
  await library();
  expect(desktop.log()).toContain('the engine ended and is started again');
});

test('the recogniser and the engine killed in a job, and the page crashed: every word is there once', async () => {
  await desktop.ask(
    ({ app }, path) => app.emit('open-file', { preventDefault: () => undefined }, path),
    talk.path,
  );
  await until(async () =>
    (await desktop.ask(({ standIn }) => standIn.blocking.size)) > 0 ? true : undefined,
  );
  await kill('recogniser');
  await killEngine();
  const before = page;
  const session = await page.context().newCDPSession(page);
  // Nobody is left to answer.
  void session.send('Page.crash').catch(() => undefined);
  await until(() => (desktop.log().includes('the page ended and is loaded again') ? true : undefined));
  page = await until(async () => {
    const now = await desktop.page();
    return now !== before ? now : undefined;
  });
  await until(async () => ((await recorded('awake')).at(-1)?.type === null ? true : undefined));
  // What the engine holds is on the disk when it has ended.
  await desktop.close();
  expect(await wordsOnDisk(home)).toEqual(talk.words);
  const { logs } = folders({ SEWSCRIBE_HOME: home });
  const logged = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')));
  const long = talk.words.filter((word) => word.length > 6);
  expect(long.filter((word) => new RegExp(`\\b${word}\\b`, 'i').test(logged.join('')))).toEqual([]);
  desktop = await startDesktop({ home });
  page = await desktop.page();
  await library();
});

test('a frame inside of the page is not the page', async () => {
  // The policy lets no other address into a frame; an empty one has the page’s own origin.
  const frame = await page.evaluateHandle(() => {
    const element = document.createElement('iframe');
    document.body.append(element);
    return element;
  });
  const inner = (await frame.asElement()!.contentFrame())!;
  const answer = await inner.evaluate(() =>
    (globalThis as unknown as { standInSend(...all: unknown[]): Promise<unknown> })
      .standInSend('invoke', 'page:take', ['/etc/hostname'])
      .catch(() => 'refused'),
  );
  expect(answer).toBe('refused');
  expect(desktop.log()).toContain('it came from no page of ours');
});

test('a hostile page: nonsense and forgeries come to nothing, and the app goes on', async () => {
  await library();
  const nonsense: unknown[][] = [
    [],
    [null],
    [1],
    [{}],
    [[]],
    ['x', 'y'],
    [{ id: 1, method: 'library.list' }],
  ];
  for (const args of nonsense) {
    await forge(page, 'send', 'page:request', args);
    await forge(page, 'invoke', 'page:take', args.length === 1 && args[0] === null ? [2] : args);
    await forge(page, 'send', 'page:open', [{ more: 1 }]);
  }
  await forge(page, 'send', 'page:unknown', ['x']);
  for (const text of ['', 'null', '{', '[]', '{"id":-1,"method":"library.list","params":{}}']) {
    await forge(page, 'send', 'page:request', [text]);
  }
  // Names of what every object has, and of methods that are the shell's alone.
  for (const method of [
    '__proto__',
    'constructor',
    'toString',
    'upload.begin',
    'media.proxy',
    'export.file',
    'x',
  ]) {
    await forge(page, 'send', 'page:request', [JSON.stringify({ id: 1, method, params: {} })]);
  }
  for (const path of ['/etc/passwd\0', '../../etc/passwd', '/', '/nowhere', '/dev/zero']) {
    expect(await forge(page, 'invoke', 'page:take', [path])).toMatchObject({ failure: expect.any(String) });
  }
  const told = desktop
    .log()
    .split('\n')
    .filter((line) => line.includes('a message of a page was refused'));
  expect(told.length).toBeGreaterThan(5);
  expect(told.length).toBeLessThanOrEqual(20);
  await page.reload();
  await library();
});

test('whatever a hostile page sends, and by whichever channel, the app goes on', async () => {
  const channel = fc.constantFrom('page:open', 'page:request', 'page:take', 'shell:message', '__proto__', '');
  const request = fc.record({ id: fc.nat(), method: fc.string(), params: fc.jsonValue() });
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    request.map((one) => JSON.stringify(one)),
  );
  const args = fc.array(fc.oneof(text, fc.jsonValue()), { maxLength: 3 });
  const messages = fc.sample(fc.tuple(fc.constantFrom('send', 'invoke'), channel, args), {
    numRuns: 300,
    seed: 25,
  });
  for (const [how, to, given] of messages) {
    // A page that says only nonsense is loaded again in the middle of it.
    await forge(page, how, to, given).catch(() => undefined);
    page = await desktop.page();
  }
  await page.reload();
  await library();
  expect(await processes('engine')).toHaveLength(1);
});

test('addresses of the page: no folder above it, no unknown medium, nothing changed by them', async () => {
  const answers = await page.evaluate(() =>
    Promise.all(
      [
        ['/media/AAAAAAAAAAAAAAAAAAAAAA', 'GET'],
        ['/media/..%2f..%2fetc%2fpasswd', 'GET'],
        ['/..%2f..%2fpackage.json', 'GET'],
        ['/electron/main.js', 'GET'],
        ['/', 'POST'],
        ['/export/x/srt?options=nonsense', 'GET'],
      ].map(async ([address, method]) => (await fetch(address, { method })).status),
    ),
  );
  expect(answers).toEqual([404, 404, 404, 404, 405, 400]);
});

test('closed during a job: it goes on without a window, ends with the queue, and the text is whole', async () => {
  const own = await homeWithModel();
  const { path, words } = await recording(own, 'Talk.wav', clips, 4);
  const other = await startDesktop({ home: own, args: [path] });
  // What it was started with is shown also where the page comes later than the engine.
  await (await other.page()).waitForURL(/#\/project\//);
  await until(async () => ((await other.ask(({ standIn }) => standIn.blocking.size)) > 0 ? true : undefined));
  await other.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  const notices = await other.ask(({ standIn }) =>
    standIn.recorded.filter(({ kind }) => kind === 'notification').map(({ body }) => body),
  );
  expect(notices).toEqual(['Sewscribe goes on in the background until the queue is done.']);
  expect(await other.ended).toBe(0);
  expect(await wordsOnDisk(own)).toEqual(words);
});

test('another Sewscribe works with the same projects: it says so and ends', async () => {
  // The command line's server has the home, which the app's own lock knows nothing of.
  const own = await homeWithModel();
  const server = launchOnStandIn({ home: own, args: ['serve', '--json'] });
  await new Promise((resolve) => server.stdout!.once('data', resolve));
  await access(join(folders({ SEWSCRIBE_HOME: own }).projects, 'lock'));
  const second = await startDesktop({ home: own });
  expect(await second.ended).toBe(1);
  server.kill('SIGINT');
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
});

/** The app, which may lack some of its files. */
async function copyOfApp(): Promise<string> {
  const app = await mkdtemp(join(projectFolder, '.cache', 'desktop-without-'));
  // Other names for the same files.
  await promisify(execFile)('cp', ['-al', `${appFolder()}/.`, app]);
  return app;
}

test('damaged so that no window can be opened: the log says why, and it ends', async () => {
  const app = await copyOfApp();
  const names = await readdir(join(app, 'electron'));
  await rm(
    join(
      app,
      'electron',
      names.find((name) => name.startsWith('openApp-'))!,
    ),
  );
  const damaged = await startDesktop({ home: await homeWithModel(), app });
  expect(await damaged.ended).toBe(1);
  expect(damaged.log()).toMatch(/the start failed .*openApp-/);
  await rm(app, { recursive: true, force: true });
});

test('the part that computes cannot be loaded: the window opens all the same, and says what is missing', async () => {
  const app = await copyOfApp();
  const runtime = join(app, 'node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);
  await rm(join(runtime, 'onnxruntime_binding.node'));
  const without = await startDesktop({ home: await homeWithModel(), app });
  await (await without.page()).getByRole('heading', { level: 1, name: 'Library' }).waitFor();
  const [box] = await until(async () => {
    const boxes = await without.ask(({ standIn }) =>
      standIn.recorded.filter(({ kind }) => kind === 'message'),
    );
    return boxes.length > 0 ? boxes : undefined;
  });
  expect(box).toMatchObject({
    type: 'warning',
    message: 'Sewscribe cannot recognise speech on this machine',
    detail: expect.stringMatching(/ONNX Runtime.*Install Sewscribe again/),
  });
  await without.close();
  await rm(app, { recursive: true, force: true });
});
