import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isKnownSite, isOurAddress, isPermitted } from '../../electron/address.ts';
import { bodyStream } from '../../electron/bodyStream.ts';
import { wantedOf } from '../../electron/commandLine.ts';
import { DesktopState } from '../../electron/desktopState.ts';
import { longJobsEnded } from '../../electron/endedJobs.ts';
import { textsFor } from '../../electron/texts.ts';
import { offerUpdate, type Updater } from '../../electron/updateOffer.ts';
import {
  methods,
  pageMessage,
  pageMethods,
  pageRequest,
  requestMessage,
  type QueuedJob,
} from '../../engine/contract.ts';
import { answerFor, failureOf, rangeOf } from '../../host/answers.ts';
import { EngineClient, EngineFailure } from '../../host/engineClient.ts';
import { Grants } from '../../host/grants.ts';
import { RootFolders } from '../../host/listing.ts';
import { connectPage } from '../../host/pageConnection.ts';
import { PageFiles } from '../../host/pageFiles.ts';
import { PageGateway } from '../../host/pageGateway.ts';
import { safeHeaders } from '../../host/safeHeaders.ts';
import { projectFolder, sewscribe } from '../support/cli.ts';

/** The shell's own decisions, which need no Electron. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sewscribe desktop '));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (path: string) => `${sep}home${sep}me${sep}${path}`;
const packaged = { isPackaged: true, workingFolder: at('') };

test.each([
  ['nothing: the window', ['app'], { kind: 'window', paths: [] }],
  ['a file', ['app', 'talk.mp3'], { kind: 'window', paths: [at('talk.mp3')] }],
  ['several', ['app', 'a.mp3', '/b.wav'], { kind: 'window', paths: [at('a.mp3'), '/b.wav'] }],
  [
    'a command',
    ['app', 'transcribe', 'a.mp3', '--json'],
    { kind: 'command', args: ['transcribe', 'a.mp3', '--json'] },
  ],
  ['a question', ['app', '--version'], { kind: 'command', args: ['--version'] }],
  [
    'Chromium’s switches are none of ours',
    ['app', '--no-sandbox', 'a.mp3'],
    { kind: 'window', paths: [at('a.mp3')] },
  ],
  ['a file named as a command below a folder', ['app', './serve'], { kind: 'window', paths: [at('serve')] }],
  ['what is no path', ['app', '', 'a\0b'], { kind: 'window', paths: [] }],
  ...(sep === '/'
    ? ([
        [
          'the address of a file, as some desktops name it',
          ['app', 'file:///home/me/Talk%20%26%20more.wav'],
          { kind: 'window', paths: ['/home/me/Talk & more.wav'] },
        ],
        [
          'addresses of no file',
          ['app', 'file:///a%2fb', 'file:///a%00b', 'file://host/a', 'https://example.com/a'],
          { kind: 'window', paths: ['file:/a%2fb', 'file:/host/a', 'https:/example.com/a'].map(at) },
        ],
      ] as const)
    : []),
] as const)('started with %s', (_name, argv, wanted) => {
  expect(wantedOf(argv, packaged)).toEqual(wanted);
});

test('out of a checkout the app’s folder comes before', () => {
  const options = { isPackaged: false, workingFolder: at('') };
  expect(wantedOf(['electron', '.', 'a.mp3'], options)).toEqual({ kind: 'window', paths: [at('a.mp3')] });
  expect(wantedOf(['electron', '--inspect', 'out/app', 'doctor'], options)).toMatchObject({
    kind: 'command',
  });
  expect(wantedOf(['electron', '.'], options)).toEqual({ kind: 'window', paths: [] });
});

test('the executable knows every command of the command line', async () => {
  const { stdout } = await sewscribe(['--help'], { home: folder });
  const names = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+)/gm)].map(
    ([, name]) => name,
  );
  expect(names.length).toBeGreaterThan(8);
  const kinds = names.map((name) => [name, wantedOf(['app', name], packaged).kind]);
  expect(kinds.filter(([, kind]) => kind !== 'command')).toEqual([]);
});

test.each([
  [null, null],
  ['', null],
  ['bytes=0-9', { start: 0, end: 9 }],
  ['bytes=90-', { start: 90, end: 99 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=-1000', { start: 0, end: 99 }],
  ['bytes=50-1000', { start: 50, end: 99 }],
  ['bytes=100-', undefined],
  ['bytes=9-0', undefined],
  ['bytes=-0', undefined],
  ['bytes=0-0', { start: 0, end: 0 }],
  [' bytes=0-9 ', { start: 0, end: 9 }],
  [`bytes=0-${'9'.repeat(400)}`, { start: 0, end: 99 }],
  [`bytes=${'9'.repeat(400)}-`, undefined],
  ['bytes=0x1-0x9', null],
  ['bytes=-1-2', null],
  ['bytes=0-1,5-6', null],
  ['bytes=-', null],
  ['lines=0-9', null],
] as const)('the range “%s” of 100 bytes', (header, part) => {
  expect(rangeOf(header, 100)).toEqual(part);
});

test('whatever a range says, what is given lies in the file', () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,12}-\d{0,12}$/));
  fc.assert(
    fc.property(header, fc.nat(), (given, size) => {
      const part = rangeOf(given, size);
      if (part) expect(part.start >= 0 && part.start <= part.end && part.end < size).toBe(true);
    }),
    { seed: 25 },
  );
});

test('a medium by its id, whole and in parts; nothing by a path', async () => {
  const path = join(folder, 'talk.mp3');
  await writeFile(path, '0123456789');
  const grants = new Grants();
  const mediaId = grants.add({ path, name: 'talk.mp3' });
  const ask = (address: string, range: string | null = null) =>
    answerFor(
      new URL(address, 'sewscribe://app'),
      { range, isHead: false },
      { grants, engine: undefined as never },
    );
  const part = (await ask(`/media/${mediaId}`, 'bytes=3-5'))!;
  expect([part.status, part.headers['Content-Range'], part.headers['Content-Type']]).toEqual([
    206,
    'bytes 3-5/10',
    'audio/mpeg',
  ]);
  expect(await text(part.body as Readable)).toBe('345');
  const whole = (await ask(`/media/${mediaId}`))!;
  expect([whole.status, whole.headers['Content-Length'], await text(whole.body as Readable)]).toEqual([
    200,
    '10',
    '0123456789',
  ]);
  expect((await ask(`/media/${mediaId}`, 'bytes=10-'))!.status).toBe(416);
  for (const address of [`/media/${path}`, '/media/..%2fx', `/media/${'A'.repeat(22)}`, '/media/']) {
    expect((await ask(address))?.status).toBe(404);
  }
  await rm(path);
  expect((await ask(`/media/${mediaId}`))!.status).toBe(404);
  expect(ask('/index.html')).toBeUndefined();
});

test('the page’s files by their addresses alone: no way leads above them, and no link out of them', async () => {
  const page = join(folder, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), 'the page');
  await writeFile(join(page, 'assets/a.js'), 'its code');
  await writeFile(join(folder, 'secret'), 'a secret');
  await symlink(join(folder, 'secret'), join(page, 'link'));
  const files = await PageFiles.open(page);
  const statusOf = async (path: string) => (await files.answer(path))?.status ?? 404;
  for (const path of ['/', '/index.html', '/assets/a.js']) expect(await statusOf(path), path).toBe(200);
  const outside = ['/../secret', '/..%2fsecret', '/%2e%2e/secret', '/assets/../../secret', '/link', 'secret'];
  const odd = ['', '//', '/assets', '/assets/', '/index.html/', '/index.html\0', '/INDEX.HTML', '/__proto__'];
  for (const path of [...outside, ...odd, join(folder, 'secret')])
    expect(await statusOf(path), path).toBe(404);
});

test('a body ends with whoever reads it, and breaks off where its file does', async () => {
  const whole = Readable.from([Buffer.from('ab'), Buffer.from('c')]);
  expect(await text(bodyStream(whole))).toBe('abc');
  const left = new PassThrough();
  left.write('a');
  const reader = bodyStream(left).getReader();
  expect((await reader.read()).value).toEqual(Buffer.from('a'));
  // Another piece is waited for when its reader leaves.
  const next = reader.read();
  await reader.cancel();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(left.destroyed).toBe(true);
  const broken = createReadStream(join(folder, 'never was'));
  await expect(text(bodyStream(broken))).rejects.toThrow('ENOENT');
});

test('who asks only for the head of a proxy has none made', async () => {
  const path = join(folder, 'sound.mp3');
  await writeFile(path, 'sound');
  const grants = new Grants();
  const mediaId = grants.add({ path, name: 'sound.mp3' });
  let tell: (message: unknown) => void;
  const engine = new EngineClient(() => ({
    post: (message) =>
      tell({
        kind: 'result',
        id: (message as { id: number }).id,
        result: { program: process.execPath, args: ['-e', '0'], contentType: 'audio/webm' },
      }),
    onMessage: (listener) => void (tell = listener),
    onExit: () => undefined,
    kill: () => undefined,
  }));
  const ask = (isHead: boolean) =>
    answerFor(
      new URL(`sewscribe://app/media/${mediaId}/proxy`),
      { range: null, isHead },
      { grants, engine },
    )!;
  const headers = { 'Content-Type': 'audio/webm' };
  expect(await ask(true)).toEqual({ status: 200, headers, body: null });
  const { body, ...rest } = await ask(false);
  expect(rest).toEqual({ status: 200, headers });
  expect(await text(body as Readable)).toBe('');
});

test('an engine that says what nobody understands is ended, and another one is asked; a closed one is not begun again', async () => {
  const said: unknown[] = [
    { kind: 'result', id: 1, result: { paused: 'perhaps' } },
    { kind: 'event', event: 'queue.changed', payload: {} },
    'nonsense',
    { kind: 'result', id: 4, result: { paused: true, jobs: [] } },
  ];
  let kills = 0;
  const deaths: string[] = [];
  const engine = new EngineClient(() => {
    let tell: (message: unknown) => void;
    return {
      post: () => tell(said.shift()),
      onMessage: (listener) => void (tell = listener),
      onExit: () => undefined,
      kill: () => void (kills += 1),
    };
  });
  engine.onDeath((reason) => deaths.push(reason));
  for (let life = 1; life <= 3; life++) {
    await expect(engine.call('queue.list', {})).rejects.toThrow('nobody understands');
    expect([kills, deaths.length]).toEqual([life, life]);
  }
  expect(await engine.call('queue.list', {})).toEqual({ paused: true, jobs: [] });
  engine.close();
  await expect(engine.call('queue.list', {})).rejects.toThrow('closed');
  expect(kills).toBe(4);
});

test.each([
  ['what the engine cannot do', new EngineFailure({ code: 'usage', message: 'Not that.' }), 400, 'Not that.'],
  ['a full disk', new EngineFailure({ code: 'write', message: 'It is full.' }), 507, 'It is full.'],
  ['a mistake of ours', new EngineFailure({ code: 'internal', message: '/home/me' }), 500, ''],
  ['anything else', new Error('/home/me'), 500, ''],
])('a request that failed because of %s', (_name, cause, status, said) => {
  expect(failureOf(cause)).toEqual({ status, text: said });
});

test('whatever a page sends, the engine hears only what its contract says, and a page of nonsense is given up', async () => {
  const heard: unknown[] = [];
  let heardInAll = 0;
  const engine = new EngineClient(() => ({
    post: (message) => void (heardInAll += heard.push(message) && 1),
    onMessage: () => undefined,
    onExit: () => undefined,
    kill: () => undefined,
  }));
  const grants = new Grants();
  const roots = await RootFolders.open(grants, []);
  const description = { shell: 'desktop', version: '0', listsFiles: false, uploadLimitBytes: null } as const;
  const gateway = new PageGateway({ engine, grants, roots, description, log: () => undefined });
  const method = fc.constantFrom(
    ...Object.keys(pageMethods),
    ...Object.keys(methods),
    '__proto__',
    'toString',
  );
  const ownId = fc.constantFrom('a', 'p-1', '../p', '', '__proto__');
  const params = fc.oneof(
    fc.constant({}),
    fc.jsonValue(),
    fc.record({ projectId: ownId, jobId: ownId, modelId: ownId, name: fc.string(), paused: fc.boolean() }),
  );
  const id = fc.oneof({ weight: 6, arbitrary: fc.nat() }, fc.double(), fc.string());
  const request = fc.record({ id, method, params });
  const message = fc.oneof(
    request.map((one) => JSON.stringify(one)),
    fc.string(),
    fc.json(),
    fc.anything(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 20, maxLength: 40 }), async (messages) => {
      let isGivenUp = false;
      const sent: unknown[] = [];
      const page = connectPage(
        { send: (data) => void sent.push(data), giveUp: () => (isGivenUp = true) },
        gateway,
        () => undefined,
      );
      messages.forEach((one) => page.receive(one));
      await new Promise((resolve) => setImmediate(resolve));
      page.close();
      const fits = messages.map((one) => {
        try {
          return pageRequest.safeParse(JSON.parse(one as string)).success && typeof one === 'string';
        } catch {
          return false;
        }
      });
      expect(isGivenUp).toBe(fits.filter((fit) => !fit).length > 20);
      for (const data of sent) expect(pageMessage.safeParse(JSON.parse(data as string)).success).toBe(true);
      for (const asked of heard.splice(0)) {
        const { method: name, params: given } = requestMessage.parse(asked);
        expect(Object.hasOwn(pageMethods, name)).toBe(true);
        expect(methods[name].params.safeParse(given).success).toBe(true);
      }
    }),
    { seed: 25 },
  );
  // Some of it made sense.
  expect(heardInAll).toBeGreaterThan(20);
});

test.each([
  ['sewscribe://app', true],
  ['sewscribe://app/index.html#/library', true],
  ['sewscribe://application/', false],
  ['sewscribe://app.example.com/', false],
  ['sewscribe://app@example.com/', false],
  ['sewscribe:app', false],
  ['https://app/', false],
  ['file:///app', false],
  ['blob:sewscribe://app/1', false],
  ['view-source:sewscribe://app/', false],
  ['data:text/html,sewscribe://app/', false],
  ['about:blank', false],
  ['SEWSCRIBE://app/', false],
  ['sewscribe://app:80/', false],
  ['sewscribe://app\\.example.com/', false],
  ['', false],
])('is “%s” an address of ours: %s', (address, isOurs) => {
  expect(isOurAddress(address)).toBe(isOurs);
});

test.each([
  ['https://huggingface.co/asapp/sew-d-base-plus-400k-ft-ls100h', true],
  ['https://github.com/', true],
  ['https://ffmpeg.org', true],
  ['http://github.com/', false],
  ['https://github.com.example.com/', false],
  ['https://example.com/github.com', false],
  ['https://github.com@example.com/', false],
  ['https://me@github.com/', false],
  ['https://:secret@github.com/', false],
  ['https://github.com:8443/', false],
  ['https://github.com./', false],
  ['https://example.com\\@github.com/', false],
  ['https://github.com\\.example.com/', true],
  ['blob:https://github.com/', false],
  ['view-source:https://github.com/', false],
  ['//github.com/', false],
  ['file:///etc/passwd', false],
  ['javascript:open()', false],
  ['github.com', false],
  ['', false],
])('does “%s” open in the browser: %s', (address, opens) => {
  expect(isKnownSite(address)).toBe(opens);
});

test('the page may write to the clipboard and fill the screen, nobody else anything', () => {
  const allowed = ['clipboard-sanitized-write', 'fullscreen'];
  const others = ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'usb', ''];
  for (const permission of [...allowed, ...others]) {
    expect(isPermitted(permission, 'sewscribe://app/'), permission).toBe(allowed.includes(permission));
    for (const asking of ['https://example.com/', 'sewscribe://apple/', '']) {
      expect(isPermitted(permission, asking)).toBe(false);
    }
  }
});

test('the policy allows no code but the page’s own', () => {
  const policy = safeHeaders()['Content-Security-Policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self';");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

test('what the app remembers: the newest counts, and a damaged file is as none', async () => {
  const settings = join(folder, 'settings');
  const first = await DesktopState.open(settings);
  expect(first.current).toEqual({
    window: { bounds: null, isMaximized: false },
    recent: [],
    looksForUpdates: false,
  });
  for (let k = 0; k <= 50; k += 1) {
    first.change({ window: { bounds: { x: k, y: 0, width: 800, height: 600 }, isMaximized: false } });
  }
  first.change({ recent: ['/a.mp3'] });
  await first.written();
  const { current } = await DesktopState.open(settings);
  expect(current).toMatchObject({ window: { bounds: { x: 50 } }, recent: ['/a.mp3'] });
  const path = join(settings, 'desktop.json');
  for (const damaged of [
    '',
    '{',
    'null',
    '{"recent":1}',
    (await readFile(path, 'utf8')).replace('50', '1e99'),
  ]) {
    await writeFile(path, damaged);
    expect((await DesktopState.open(settings)).current.recent).toEqual([]);
  }
});

test('a disk that keeps nothing stops nothing', async () => {
  const path = join(folder, 'a file', 'settings');
  await mkdir(dirname(dirname(path)), { recursive: true });
  await writeFile(dirname(path), '');
  const state = await DesktopState.open(path);
  state.change({ looksForUpdates: true });
  await state.written();
  expect(state.current.looksForUpdates).toBe(true);
});

const job = (some: Partial<QueuedJob>) =>
  ({ jobId: 'a', state: 'finished', tookMs: 60_000, endedAtMs: 1, ...some }) as QueuedJob;

test.each([
  ['a long one', job({}), ['a']],
  ['one that failed', job({ state: 'failed' }), ['a']],
  ['a short one', job({ tookMs: 59_999 }), []],
  ['one that a person stopped', job({ state: 'stopped' }), []],
  ['one that goes on', job({ endedAtMs: null, state: 'running' }), []],
] as const)('is a person told of the end of %s', (_name, now, told) => {
  const before = new Map([['a', job({ endedAtMs: null, state: 'running' })]]);
  expect(longJobsEnded(before, [now]).map(({ jobId }) => jobId)).toEqual(told);
  // What had ended before, or was there at the start, is no news.
  expect(longJobsEnded(new Map([['a', now]]), [now])).toEqual([]);
  expect(longJobsEnded(new Map(), [now])).toEqual([]);
});

/** An updater that writes down what it is asked for. */
function updaterThat(found: boolean | null | Error, downloads: true | Error = true) {
  const done: string[] = [];
  const updater: Updater = {
    logger: console,
    autoDownload: true,
    autoInstallOnAppQuit: false,
    async checkForUpdates() {
      done.push('looked');
      // It must neither begin by itself nor tell the console.
      expect(updater).toMatchObject({ autoDownload: false, autoInstallOnAppQuit: true, logger: null });
      if (found instanceof Error) throw found;
      return found === null ? null : { isUpdateAvailable: found, updateInfo: { version: '2.0.0' } };
    },
    async downloadUpdate() {
      done.push('downloaded');
      if (downloads instanceof Error) throw downloads;
    },
  };
  return { updater, done };
}
const offline = Object.assign(new Error('net::ERR_INTERNET_DISCONNECTED\nat a\nat b'), { code: 'ENOTFOUND' });

test.each([
  ['no answer', updaterThat(null), true, ['looked'], []],
  ['nothing newer', updaterThat(false), true, ['looked'], []],
  [
    'a newer one, and a yes',
    updaterThat(true),
    true,
    ['looked', 'asked for 2.0.0', 'downloaded'],
    ['a new version is ready {"version":"2.0.0"}'],
  ],
  ['a newer one, and a no', updaterThat(true), false, ['looked', 'asked for 2.0.0'], []],
  [
    'no network',
    updaterThat(offline),
    true,
    ['looked'],
    ['looking for updates failed {"why":"Error: net::ERR_INTERNET_DISCONNECTED"}'],
  ],
  [
    'a download that breaks off',
    updaterThat(true, offline),
    true,
    ['looked', 'asked for 2.0.0', 'downloaded'],
    ['looking for updates failed {"why":"Error: net::ERR_INTERNET_DISCONNECTED"}'],
  ],
] as const)('of updates, with %s', async (_name, { updater, done }, agrees, wanted, logged) => {
  const lines: string[] = [];
  await offerUpdate({
    isWanted: true,
    read: async () => updater,
    agrees: async (version) => (done.push(`asked for ${version}`), agrees),
    log: (message, detail) => lines.push(`${message} ${JSON.stringify(detail)}`),
  });
  expect(done).toEqual(wanted);
  expect(lines).toEqual(logged);
});

test('where no updates are wanted, which is so at first, the updater is not even read', async () => {
  const { current } = await DesktopState.open(join(folder, 'nothing kept yet'));
  const never = () => expect.unreachable();
  await offerUpdate({ isWanted: current.looksForUpdates, read: never, agrees: never, log: never });
});

test('texts in both languages, with the same places to fill', () => {
  const [en, de] = [textsFor('en-GB'), textsFor('de-AT')];
  expect(en).not.toEqual(de);
  const places = (table: Record<string, string>) =>
    Object.entries(table).map(([key, value]) => [key, (value.match(/\{\w+\}/g) ?? []).sort()]);
  expect(places(de)).toEqual(places(en));
  expect(textsFor('fr')).toBe(en);
});

test('channels are named in one place', async () => {
  const sources = ['preload.ts', 'mainWindow.ts', 'ipc.ts'].map((name) =>
    join(projectFolder, 'electron', name),
  );
  for (const path of sources) expect(await readFile(path, 'utf8')).not.toMatch(/'(page|shell):/);
});
