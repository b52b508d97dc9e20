import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { download, type DownloadOutcome, type DownloadRequest } from '../../native-models/store/download.ts';
import { problemOf } from '../../native-models/store/network.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { sha, startHubMirror, type Fault, type HubMirror } from '../support/hubMirror.ts';

/** One file over bad networks: it comes whole, or not at all with one reason. */

const folder = temporaryFolder();
const source = join(folder, 'source');
const name = 'model.safetensors';
const content = randomBytes(200_000);
const checksum = { algorithm: 'sha256', hex: sha(content, 'sha256') } as const;

let mirror: HubMirror;
let count = 0;
let target: string;

beforeAll(async () => {
  mkdirSync(source);
  writeFileSync(join(source, name), content);
  mirror = await startHubMirror({ models: { 'a/b': source } });
});
afterAll(() => mirror.close());
beforeEach(() => useNewFolder());
afterEach(() => {
  mirror.faults.clear();
  mirror.requests.length = 0;
  Object.assign(mirror.pace, { chunkBytes: 1 << 20, everyMs: 0, breakAfterBytes: Infinity });
});

function useNewFolder(): void {
  mkdirSync(join(folder, String((count += 1))));
  target = join(folder, String(count), name);
}

const fetchIt = (more: Partial<DownloadRequest> = {}): Promise<DownloadOutcome> =>
  download({
    url: new URL(`${mirror.url}/a/b/resolve/main/${name}`),
    target,
    bytes: content.length,
    checksum,
    stallTimeoutMs: 400,
    retryDelaysMs: [1, 1, 1],
    ...more,
  });

async function expectWhole(outcome: DownloadOutcome): Promise<void> {
  expect(outcome).toEqual({ kind: 'whole', bytes: content.length });
  expect(await readdir(join(target, '..'))).toEqual([name]);
  expect(content.equals(await readFile(target))).toBe(true);
}

async function expectRefused(outcome: DownloadOutcome, says: RegExp): Promise<void> {
  expect(outcome).toMatchObject({ kind: 'failed', problem: { message: expect.stringMatching(says) } });
  expect(await readdir(join(target, '..'))).not.toContain(name);
}

/** A fault that is over after so many answers. */
const times = (limit: number, fault: Fault): Fault => {
  let done = 0;
  return (request, response, body) => {
    done += 1;
    if (done === limit) mirror.faults.clear();
    return fault(request, response, body);
  };
};

test('a connection that always breaks at 60 % of what is left is taken up again until the file is whole', async () => {
  mirror.pace.breakAfterBytes = content.length * 0.6;
  await expectWhole(await fetchIt());
  expect(mirror.requests).toEqual([
    `GET /a/b/resolve/main/${name}`,
    `GET /a/b/resolve/main/${name} bytes=${content.length * 0.6}-`,
  ]);
});

test('wherever connections break, the file comes whole', async () => {
  const breaks = fc.array(fc.integer({ min: 1, max: content.length }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(breaks, async (ends) => {
      const left = [...ends];
      mirror.faults.set(name, (request, response, body) => {
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const end = left.shift() ?? Infinity;
        response.writeHead(from > 0 ? 206 : 200, {
          etag: '"x"',
          'content-length': body.length - from,
          ...(from > 0 && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
        });
        response.write(body.subarray(from, from + end), () =>
          from + end < body.length ? response.destroy() : response.end(),
        );
      });
      useNewFolder();
      await expectWhole(await fetchIt({ retryDelaysMs: [0, 0, 0, 0, 0, 0, 0] }));
    }),
    { numRuns: 15, seed: 8 },
  );
});

test('a server that stalls is asked again; one that always stalls is given up, and what came is kept', async () => {
  const stall: Fault = (_, response, body) => {
    response.writeHead(200, { 'content-length': body.length, etag: '"x"' });
    response.write(body.subarray(0, 50_000));
  };
  mirror.faults.set(name, times(1, stall));
  await expectWhole(await fetchIt());

  mirror.faults.set(name, stall);
  useNewFolder();
  const outcome = await fetchIt({ retryDelaysMs: [] });
  expect(outcome).toMatchObject({ kind: 'failed', keptBytes: 50_000, problem: { temporary: true } });
  await expectRefused(outcome, /127\.0\.0\.1.* has stopped sending/);
});

test('what was aborted goes on from there in the next call', async () => {
  Object.assign(mirror.pace, { chunkBytes: 10_000, everyMs: 2 });
  const controller = new AbortController();
  const first = fetchIt({
    signal: controller.signal,
    onProgress: (bytes) => bytes > 80_000 && controller.abort(),
  });
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  mirror.requests.length = 0;
  await expectWhole(await fetchIt());
  const [, from] = /bytes=(\d+)-$/.exec(mirror.requests[0])!;
  expect(Number(from)).toBeGreaterThan(80_000);
  expect(mirror.requests).toHaveLength(1);
});

test.each([
  { what: 'wrong bytes in what is here already', change: (part: Buffer) => part.fill(0, 100, 200) },
  { what: 'more here than the file has', change: (part: Buffer) => Buffer.concat([part, content]) },
  { what: 'all of the file here already', change: () => content },
])('$what: it still comes whole', async ({ change }) => {
  mirror.pace.breakAfterBytes = 100_000;
  await fetchIt({ retryDelaysMs: [] });
  mirror.pace.breakAfterBytes = Infinity;
  writeFileSync(`${target}.part`, change(readFileSync(`${target}.part`)));
  await expectWhole(await fetchIt());
});

test('what is here of another version of the file is not continued, by checksum or by ETag', async () => {
  mirror.pace.breakAfterBytes = 100_000;
  await fetchIt({ retryDelaysMs: [], checksum: { algorithm: 'sha256', hex: '0'.repeat(64) } });
  mirror.pace.breakAfterBytes = Infinity;
  mirror.requests.length = 0;
  await expectWhole(await fetchIt());
  expect(mirror.requests).toEqual([`GET /a/b/resolve/main/${name}`]);

  useNewFolder();
  mirror.pace.breakAfterBytes = 100_000;
  await fetchIt({ retryDelaysMs: [], checksum: null, bytes: null });
  mirror.pace.breakAfterBytes = Infinity;
  const state = JSON.parse(readFileSync(`${target}.part.json`, 'utf8'));
  writeFileSync(`${target}.part.json`, JSON.stringify({ ...state, etag: '"another"' }));
  writeFileSync(`${target}.part`, Buffer.alloc(100_000));
  expect(await fetchIt({ checksum: null, bytes: null })).toMatchObject({ kind: 'whole' });
  expect(content.equals(await readFile(target))).toBe(true);
});

test('Git’s name of a blob is a checksum too', async () => {
  const blob = Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]);
  const gitName = { algorithm: 'git-sha1', hex: sha(blob, 'sha1') } as const;
  await expectWhole(await fetchIt({ checksum: gitName }));
  useNewFolder();
  const wrong = { ...gitName, hex: '0'.repeat(40) };
  await expectRefused(await fetchIt({ checksum: wrong }), /is not the file that the hub lists/);
});

const respond =
  (status: number, headers: Record<string, string | number>, body: string | Buffer = ''): Fault =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const html = { 'content-type': 'text/html; charset=utf-8' };
const page = '<!doctype html><title>Log in</title>';

test.each<{ what: string; fault: Fault; says: RegExp; bytes?: null }>([
  { what: 'a login page with status 200', fault: respond(200, html, page), says: /a web page came from 127/ },
  {
    what: 'a login page as long as the file',
    fault: respond(200, html, page.padEnd(content.length)),
    says: /a web page came/,
  },
  {
    what: 'a login page that says it is data',
    fault: respond(200, { 'content-type': 'application/octet-stream' }, page.padEnd(content.length)),
    says: /its SHA-256 differs/,
  },
  { what: 'access refused', fault: respond(403, html, page), says: /refuses access \(403\)/ },
  { what: 'not there', fault: respond(404, {}), says: /does not have it \(404\)/ },
  { what: 'a sign-in', fault: respond(401, {}), says: /only to people who are signed in/ },
  {
    what: 'a redirect in a circle',
    fault: respond(302, { location: '?again' }),
    says: /from one address to the next/,
  },
  {
    what: 'a redirect to no web address',
    fault: respond(302, { location: 'ftp://x/y' }),
    says: /no web address/,
  },
  {
    what: 'a length too short',
    fault: respond(200, { 'content-length': 1000 }, content.subarray(0, 1000)),
    says: /offers 1000 bytes where the hub lists 200000/,
  },
  {
    what: 'a length too long',
    fault: (_, response) => {
      response.writeHead(200, { 'content-length': content.length + 1 });
      response.write(content);
    },
    says: /offers 200001 bytes where the hub lists 200000/,
  },
  {
    what: 'more than the file without a length',
    fault: respond(200, { 'transfer-encoding': 'chunked' }, Buffer.concat([content, content])),
    says: /sent more than the 200000 bytes/,
  },
  {
    what: 'less than the length it says, where the hub lists none',
    bytes: null,
    fault: (_, response) => {
      response.writeHead(200, { 'content-length': content.length + 1 });
      response.write(content, () => response.destroy());
    },
    says: /broke off|another part/,
  },
  {
    what: 'wrong bytes',
    fault: respond(200, {}, Buffer.concat([content.subarray(1), Buffer.from([0])])),
    says: /is not the file that the hub lists \(its SHA-256 differs\), so it was thrown away/,
  },
  { what: 'a broken server', fault: respond(503, {}), says: /answered with the status 503/ },
])('$what is refused with its reason', async ({ fault, says, bytes }) => {
  mirror.faults.set(name, fault);
  await expectRefused(await fetchIt({ ...(bytes === null && { bytes }) }), says);
});

test('a redirect to a login page names the page’s host', async () => {
  const login = createHttpServer((_, response) => void response.writeHead(200, html).end(page));
  await new Promise<void>((resolve) => login.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(login.address() as AddressInfo).port}`;
  mirror.faults.set(name, respond(302, { location: `http://${host}/login` }));
  await expectRefused(await fetchIt(), new RegExp(`a web page came from ${host}`));
  login.close();
});

test('a server that is busy for a moment is asked again, as late as it wishes', async () => {
  mirror.faults.set(name, times(2, respond(503, { 'retry-after': '0' })));
  await expectWhole(await fetchIt());
});

test('a redirect is followed, and size and SHA-256 are taken from the hub’s headers where there is no listing', async () => {
  const moved =
    (hash: string): Fault =>
    (request, response, body) => {
      // In pieces, so that no length stands before it.
      if (request.url?.includes('moved')) response.write(body, () => response.end());
      else {
        response.writeHead(302, {
          location: `${request.url}?moved`,
          'x-linked-size': content.length,
          'x-linked-etag': `"${hash}"`,
        });
        response.end();
      }
    };
  mirror.faults.set(name, moved(checksum.hex));
  await expectWhole(await fetchIt({ bytes: null, checksum: null }));
  useNewFolder();
  mirror.faults.set(name, moved('0'.repeat(64)));
  await expectRefused(await fetchIt({ bytes: null, checksum: null }), /SHA-256 differs/);
});

test('nobody listens: said so, and tried again a few times', async () => {
  const closed = createHttpServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await expectRefused(await fetchIt({ url: new URL(`http://127.0.0.1:${port}/x`) }), /cannot be reached/);
});

test('a folder that cannot be written is a WriteError that names it', async () => {
  target = join(folder, 'nowhere', name);
  await expect(fetchIt()).rejects.toMatchObject({
    name: 'WriteError',
    message: expect.stringContaining(target),
  });
});

test('a certificate that nobody signed is refused, and from https nothing leads to http', async () => {
  const tlsFolder = join(projectFolder, 'test/fixtures/tls');
  const tls = {
    key: readFileSync(join(tlsFolder, 'key.pem'), 'utf8'),
    cert: readFileSync(join(tlsFolder, 'certificate.pem'), 'utf8'),
  };
  const secure = await startHubMirror({ models: { 'a/b': source }, tls });
  const url = new URL(`${secure.url}/a/b/resolve/main/${name}`);
  await expectRefused(
    await fetchIt({ url }),
    /certificate of 127.* signed by nobody that this computer trusts/,
  );
  expect(secure.requests).toEqual([]);

  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  secure.faults.set(name, respond(302, { location: `${mirror.url}/a/b/resolve/main/${name}` }));
  await expectRefused(await fetchIt({ url }), /sends on to 127.* without encryption/);
  secure.faults.clear();
  await expectWhole(await fetchIt({ url }));
  vi.unstubAllEnvs();
  await secure.close();
});

test('the proxy of the environment is used, and not for those that NO_PROXY names', async () => {
  const tunnels: string[] = [];
  const proxy = createHttpServer().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    if (request.url?.startsWith('refused')) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const onward = connect(Number(new URL(mirror.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  vi.stubEnv('http_proxy', undefined);
  vi.stubEnv('no_proxy', undefined);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  vi.resetModules();
  // The environment is read once, at the first request.
  const { download: downloadByProxy } = await import('../../native-models/store/download.ts');
  const request = { target, bytes: content.length, checksum, retryDelaysMs: [] };
  const path = `/a/b/resolve/main/${name}`;
  await expectWhole(await downloadByProxy({ ...request, url: new URL(`http://hub.test:8080${path}`) }));
  await expectWhole(await downloadByProxy({ ...request, url: new URL(`${mirror.url}${path}`) }));
  expect(tunnels).toEqual(['hub.test:8080']);
  useNewFolder();
  const refused = await downloadByProxy({ ...request, target, url: new URL(`http://refused.test${path}`) });
  expect(refused).toMatchObject({
    kind: 'failed',
    problem: { message: expect.stringMatching(/proxy.*407/) },
  });

  vi.stubEnv('HTTP_PROXY', 'no address');
  vi.resetModules();
  const { download: downloadByNoProxy } = await import('../../native-models/store/download.ts');
  expect(await downloadByNoProxy({ ...request, target, url: new URL(`${mirror.url}${path}`) })).toMatchObject(
    { kind: 'failed', problem: { message: expect.stringMatching(/HTTP_PROXY names is no address/) } },
  );
  vi.unstubAllEnvs();
  proxy.closeAllConnections();
  proxy.close();
});

test.each([
  { code: 'ENOTFOUND', temporary: true, says: /network does not know hub\.test/ },
  { code: 'EAI_AGAIN', temporary: true, says: /network does not know hub\.test/ },
  { code: 'ENETUNREACH', temporary: true, says: /hub\.test cannot be reached/ },
  { code: 'UND_ERR_CONNECT_TIMEOUT', temporary: true, says: /has stopped sending/ },
  { code: 'ECONNRESET', temporary: true, says: /broke off/ },
  { code: 'SELF_SIGNED_CERT_IN_CHAIN', temporary: false, says: /NODE_EXTRA_CA_CERTS/ },
  { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', temporary: false, says: /signed by nobody/ },
  { code: 'CERT_HAS_EXPIRED', temporary: false, says: /no secure connection.*CERT_HAS_EXPIRED/ },
  { code: 'ERR_TLS_CERT_ALTNAME_INVALID', temporary: false, says: /no secure connection/ },
])('$code becomes a reason', ({ code, temporary, says }) => {
  const cause = Object.assign(new Error('fetch failed'), { cause: Object.assign(new Error('x'), { code }) });
  const problem = problemOf(cause, new URL('https://hub.test/x'));
  expect(problem.message).toMatch(says);
  expect(problem.temporary).toBe(temporary);
});
