import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { pageMethods } from '../../engine/contract.ts';
import { temporaryFolder } from '../support/cli.ts';
import { askServer, startLoopback, Tab, type Loopback } from '../support/loopback.ts';

/** The loopback shell against other sites in the person's browser, other users of the machine, and strange pages. */

const home = temporaryFolder();
const root = join(home, 'allowed');
const secret = 'a secret outside of the given folder';
let loopback: Loopback;
let own: string;

beforeAll(async () => {
  const page = join(home, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><script src="/assets/page.js"></script>');
  await writeFile(join(page, 'assets/page.js'), 'export {}');
  await mkdir(join(root, 'inside'), { recursive: true });
  await writeFile(join(root, 'film.mp4'), '0123456789');
  await writeFile(join(root, '.hidden.mp4'), secret);
  await writeFile(join(home, 'secret.txt'), secret);
  await symlink(join(home, 'secret.txt'), join(root, 'link to a secret.mp4'));
  await symlink(home, join(root, 'link to a folder'));
  await symlink(join(root, 'film.mp4'), join(root, 'inside', 'link within.mp4'));
  loopback = await startLoopback(home, { roots: [root], page, uploadLimitBytes: 1000 });
  own = `http://127.0.0.1:${loopback.server.port}`;
});
afterAll(() => loopback.close());

const addresses = [
  '/',
  '/assets/page.js',
  '/socket',
  '/upload?name=x',
  '/media/AAAAAAAAAAAAAAAAAAAAAA',
  '/export/a/srt',
  '/no',
];

describe('who may ask', () => {
  test.each(addresses)('without the token %s gives 401 and nothing more', async (address) => {
    const cookies = [
      '',
      'sewscribe-1=x',
      `${loopback.cookie}x`,
      loopback.cookie.replace('sewscribe-', 'other-'),
    ];
    for (const cookie of cookies) {
      const answer = await askServer(loopback.server, address, { headers: { cookie } });
      expect(answer.status).toBe(401);
      expect(answer.body.length).toBe(0);
    }
  });

  test.each(addresses)('asked by another name %s is refused', async (address) => {
    for (const host of ['evil.example', `evil.example:${loopback.server.port}`, '127.0.0.1', 'localhost:1']) {
      const answer = await loopback.ask(address, { headers: { host } });
      expect(answer.status, host).toBe(403);
      expect(answer.body.length).toBe(0);
    }
  });

  test.each(addresses)('from a page of another site %s is refused', async (address) => {
    for (const [name, value] of [
      ['origin', 'http://evil.example'],
      ['origin', 'null'],
      ['origin', `https://127.0.0.1:${loopback.server.port}`],
      ['sec-fetch-site', 'cross-site'],
      ['sec-fetch-site', 'same-site'],
    ]) {
      expect((await loopback.ask(address, { headers: { [name]: value } })).status, value).toBe(403);
    }
  });

  test('a wrong token is no token, and the right one is taken out of the address', async () => {
    expect((await askServer(loopback.server, '/?token=AAAA')).status).toBe(401);
    const { pathname, search } = new URL(loopback.server.address);
    const answer = await askServer(loopback.server, pathname + search);
    expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
    const cookie = String(answer.headers['set-cookie']);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
  });

  test('changes need our own origin', async () => {
    const upload = (headers: Record<string, string>) =>
      loopback.ask('/upload?name=a.wav', { method: 'POST', headers, body: 'x' });
    expect((await upload({})).status).toBe(403);
    expect((await upload({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await loopback.ask('/', { method: 'DELETE', headers: { origin: own } })).status).toBe(405);
  });

  test('every answer forbids what the page does not need', async () => {
    for (const address of ['/', '/assets/page.js', '/no']) {
      const { headers } = await loopback.ask(address);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test.each([
    ['another origin', { origin: 'http://evil.example' }, 403],
    ['no origin', {}, 403],
    ['another host', { origin: 'own', host: 'evil.example' }, 403],
    ['no token', { origin: 'own', cookie: '' }, 401],
  ])('the socket is refused to %s', async (_, given, status) => {
    const headers: Record<string, string> = { cookie: loopback.cookie, ...given };
    if (headers.origin === 'own') headers.origin = own;
    const answer = await new Promise((resolve, reject) => {
      const socket = new WebSocket(`${own.replace('http', 'ws')}/socket`, { headers });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('open', () => reject(new Error('it was let in')));
      socket.on('error', () => undefined);
    });
    expect(answer).toBe(status);
  });
});

describe('what may be read', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '//etc/passwd',
    '/index.html%00.js',
    '/media/../secret.txt',
    '/media/..%2fsecret.txt',
    '/media/AAAAAAAAAAAAAAAAAAAAAA',
    '/media/AAAAAAAAAAAAAAAAAAAAAA/proxy',
    '/media/film.mp4',
    '/export/..%2f..%2fsecret/txt',
    '/export/id/..%2fsecret',
    '/%',
  ])('%s leads nowhere', async (address) => {
    const answer = await loopback.ask(address);
    expect([400, 404]).toContain(answer.status);
    expect(answer.body.toString()).not.toContain(secret);
  });

  test('a listing shows what lies in the given folder, and no way out of it', async () => {
    const tab = await loopback.tab();
    const { folders } = await tab.call('files.list', { folderId: null });
    expect(folders.map(({ name }) => name)).toEqual(['allowed']);
    const listing = await tab.call('files.list', { folderId: folders[0].folderId });
    expect(listing.folders.map(({ name }) => name)).toEqual(['inside']);
    expect(listing.files.map(({ name }) => name)).toEqual(['film.mp4']);
    const inside = await tab.call('files.list', { folderId: listing.folders[0].folderId });
    expect(inside.files.map(({ name }) => name)).toEqual(['link within.mp4']);
    expect(inside.path.map(({ name }) => name)).toEqual(['allowed', 'inside']);
    for (const folderId of [
      'AAAAAAAAAAAAAAAAAAAAAA',
      '../../../../../..//etc',
      listing.files[0].mediaId + 'x',
    ]) {
      await expect(tab.call('files.list', { folderId })).rejects.toThrow();
    }
  });

  test('a file that was exchanged for a link after it was listed is not given', async () => {
    const tab = await loopback.tab();
    const path = join(root, 'exchanged.mp4');
    await writeFile(path, 'harmless');
    const [folder] = (await tab.call('files.list', { folderId: null })).folders;
    const { files } = await tab.call('files.list', { folderId: folder.folderId });
    const { mediaId } = files.find(({ name }) => name === 'exchanged.mp4')!;
    expect((await loopback.ask(`/media/${mediaId}`)).body.toString()).toBe('harmless');
    await rm(path);
    await symlink(join(home, 'secret.txt'), path);
    expect((await loopback.ask(`/media/${mediaId}`)).status).toBe(404);
    await expect(tab.call('queue.add', { media: [mediaId], options: {}, whenKnown: 'tell' })).rejects.toThrow(
      /choose it again/,
    );
    await rm(path);
  });

  test('what lies beside a file is told inside the given folders alone, and no link', async () => {
    const tab = await loopback.tab();
    await writeFile(join(root, 'film.de.srt'), 'harmless');
    await symlink(join(home, 'secret.txt'), join(root, 'film.en.srt'));
    const [folder] = (await tab.call('files.list', { folderId: null })).folders;
    const { files } = await tab.call('files.list', { folderId: folder.folderId });
    const { mediaId } = files.find(({ name }) => name === 'film.mp4')!;
    const beside = await tab.call('files.beside', { mediaId });
    expect(beside.files.map(({ name, kind }) => [name, kind])).toEqual([['film.de.srt', 'transcript']]);
    const origin = { headers: { origin: own } };
    const uploaded = await loopback.ask('/upload?name=a.srt', { method: 'POST', body: 'x', ...origin });
    const { mediaId: uploadId, projectId } = JSON.parse(uploaded.body.toString());
    await writeFile(join(home, 'projects', `${projectId}.sewscribe`, 'media', 'a.mp4'), 'x');
    expect((await tab.call('files.beside', { mediaId: uploadId })).files).toEqual([]);
    await rm(join(root, 'film.de.srt'));
    await rm(join(root, 'film.en.srt'));
  });

  test("a stranger's project that names a file of the person's does not show it", async () => {
    const folder = join(home, 'projects', 'stranger.sewscribe');
    await mkdir(folder, { recursive: true });
    const markup = '<img src=x onerror=alert(1)>';
    await writeFile(
      join(folder, 'project.json'),
      JSON.stringify({
        version: 1,
        name: markup,
        createdAtMs: 0,
        changedAtMs: 0,
        media: {
          path: join(home, 'secret.txt'),
          name: markup,
          fingerprint: 'x',
          hasVideo: false,
          durationMs: 1,
        },
        options: { modelId: 'embedded', device: 'auto', case: 'sentence', channels: 'mix' },
        captions: { preset: '', rules: {} },
        isWhole: true,
        isHidden: false,
        counts: { words: 0, doubtfulWords: 0, meanConfidence: null, newestWords: '' },
      }),
    );
    loopback.killEngine();
    const tab = await loopback.tab();
    await tab.until(() => tab.events('engine.restarted').length > 0);
    const project = await tab.opened('stranger');
    expect(project).toMatchObject({ name: markup, media: { isThere: false, mediaId: null } });
    await tab.call('project.delete', { projectId: 'stranger' });
  });
});

test.each([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=5-2', 416, '', 'bytes */10'],
  ['bytes=0-1,4-5', 200, '0123456789', undefined],
  ['lines=1-2', 200, '0123456789', undefined],
  ['bytes=-', 200, '0123456789', undefined],
])('Range: %s', async (range, status, body, contentRange) => {
  const tab = await loopback.tab();
  const [folder] = (await tab.call('files.list', { folderId: null })).folders;
  const { files } = await tab.call('files.list', { folderId: folder.folderId });
  const { mediaId } = files.find(({ name }) => name === 'film.mp4')!;
  const answer = await loopback.ask(`/media/${mediaId}`, { headers: { range } });
  expect(answer).toMatchObject({ status, body: Buffer.from(body) });
  expect(answer.headers['content-range']).toBe(contentRange);
  tab.close();
});

test('an upload that is too large is refused, announced or not, and leaves nothing', async () => {
  const body = Buffer.alloc(5000);
  const upload = (headers: Record<string, string>) =>
    loopback.ask('/upload?name=long.wav', { method: 'POST', headers: { origin: own, ...headers }, body });
  expect((await upload({})).status).toBe(413);
  expect((await upload({ 'transfer-encoding': 'chunked' })).status).toBe(413);
  const left = (await readdir(join(home, 'projects'))).filter((name) => name.endsWith('.sewscribe'));
  expect(left).toEqual([]);
});

describe('strange pages', () => {
  /** What a page could send: rubbish, near misses, and our own methods with anything as their parameters. */
  const message = fc.oneof(
    fc.string(),
    fc.json(),
    fc.uint8Array({ maxLength: 64 }),
    fc.record({ id: fc.oneof(fc.nat(), fc.anything()), method: fc.string(), params: fc.anything() }),
    fc.record({
      id: fc.nat(),
      method: fc.constantFrom(...Object.keys(pageMethods), '__proto__', 'constructor', 'toString'),
      params: fc.oneof(
        fc.anything(),
        fc.record({
          projectId: fc.constantFrom('..', '../..', 'x', '', '__proto__'),
          jobId: fc.string(),
          media: fc.array(fc.string()),
          folderId: fc.oneof(fc.string(), fc.constant('/etc')),
          mediaIds: fc.constant(['/etc/passwd']),
        }),
      ),
    }),
  );

  test('whatever they send, the server and the engine live and answer the others', async () => {
    const other = await loopback.tab();
    const enginesBefore = loopback.engines();
    const logged = loopback.log.length;
    const malicious = fc.sample(message, 400);
    for (let from = 0; from < malicious.length; from += 40) {
      const tab = await Tab.open(loopback.server, loopback.cookie);
      for (const one of malicious.slice(from, from + 40)) {
        tab.socket.send(
          typeof one === 'string' || one instanceof Uint8Array ? one : (JSON.stringify(one) ?? ''),
        );
      }
      // Answered behind all of them, unless the page was sent away for good.
      const answered = tab.call('shell.describe', {});
      const closed = new Promise((resolve) => tab.socket.once('close', resolve));
      await Promise.race([answered.catch(() => undefined), closed]);
      tab.close();
    }
    expect((await other.call('shell.describe', {})).shell).toBe('server');
    expect((await other.call('library.list', {})).projects).toEqual([]);
    expect(loopback.engines()).toBe(enginesBefore);
    // Each page's rubbish is logged once.
    expect(loopback.log.length - logged).toBeLessThanOrEqual(10);
  });

  test('a message that is far too long ends the connection alone', async () => {
    const tab = await Tab.open(loopback.server, loopback.cookie);
    const closed = new Promise((resolve) => tab.socket.once('close', resolve));
    tab.socket.on('error', () => undefined);
    tab.socket.send(Buffer.alloc(2 ** 26 + 1));
    await closed;
    expect((await loopback.ask('/')).status).toBe(200);
  });
});
