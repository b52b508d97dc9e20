import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A hub on loopback that serves a folder as a model, honest or not. */

export type Fault = (request: IncomingMessage, response: ServerResponse, content: Buffer) => unknown;

export type HubMirror = {
  url: string;
  /** Bytes of model files that have left it. */
  sentBytes(): number;
  /** What was asked for: `METHOD PATH RANGE`. */
  requests: string[];
  /** Takes over the answer for a path that contains a text; true where it answered. */
  faults: Map<string, Fault>;
  /** How fast files go out, and after how many bytes of an answer the connection breaks. */
  pace: { chunkBytes: number; everyMs: number; breakAfterBytes: number };
  close(): Promise<void>;
};

type MirrorOptions = {
  /** Folder by `owner/name`, or by `owner/name@revision`. */
  models: Record<string, string>;
  /** Without it the mirror is a plain file server. */
  hasApi?: boolean;
  tls?: { key: string; cert: string };
};

export async function startHubMirror({ models, hasApi = true, tls }: MirrorOptions): Promise<HubMirror> {
  // The proxy of whoever runs the tests knows no loopback.
  process.env['NO_PROXY'] = process.env['no_proxy'] = '127.0.0.1';
  let sent = 0;
  const pace = { chunkBytes: 1 << 20, everyMs: 0, breakAfterBytes: Infinity };
  const requests: string[] = [];
  const faults = new Map<string, Fault>();

  const folderOf = (id: string, revision: string) =>
    models[`${id}@${revision}`] ?? (revision === 'main' ? models[id] : undefined);

  const notFound = (response: ServerResponse) => {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('not here');
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://mirror').pathname);
    requests.push(`${request.method} ${path} ${request.headers.range ?? ''}`.trim());
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(path);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/(.+)\/([^/]+)$/.exec(path);
    const folder = api ? folderOf(api[1], api[2]) : file ? folderOf(file[1], file[2]) : undefined;
    const name = file?.[3] ?? '';
    const content =
      folder && name && filesIn(folder).includes(name) ? readFileSync(join(folder, name)) : null;
    for (const [part, fault] of faults) {
      if (path.includes(part)) {
        await fault(request, response, content ?? Buffer.alloc(0));
        return;
      }
    }
    if (api && folder && hasApi) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(describe(folder)));
    } else if (content) {
      await send(request, response, content);
    } else notFound(response);
  }

  async function send(request: IncomingMessage, response: ServerResponse, content: Buffer): Promise<void> {
    const etag = `"${sha(content, 'sha1').slice(0, 16)}"`;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isPart = from > 0 && (request.headers['if-range'] ?? etag) === etag;
    if (isPart && from >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` });
      response.end();
      return;
    }
    const body = isPart ? content.subarray(from) : content;
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'content-type': 'application/octet-stream',
      'content-length': body.length,
      ...(isPart && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    const end = Math.min(body.length, pace.breakAfterBytes);
    for (let at = 0; at < end && !response.destroyed; at += pace.chunkBytes) {
      const chunk = body.subarray(at, Math.min(at + pace.chunkBytes, end));
      await new Promise((resolve) => response.write(chunk, resolve));
      sent += chunk.length;
      if (pace.everyMs > 0) await wait(pace.everyMs);
    }
    if (end < body.length) {
      response.destroy();
      return;
    }
    response.end();
  }

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((cause: unknown) => response.destroy(cause as Error));
  };
  const server: Server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    sentBytes: () => sent,
    requests,
    faults,
    pace,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const filesIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));

/** As the hub's API describes a revision: large files with their SHA-256, small ones with Git's name of them. */
function describe(folder: string): unknown {
  const siblings = filesIn(folder).map((name) => {
    const content = readFileSync(join(folder, name));
    const blob = Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]);
    const isLarge = /\.(bin|safetensors)$/.test(name);
    return {
      rfilename: name,
      size: content.length,
      blobId: isLarge ? sha(Buffer.from(name), 'sha1') : sha(blob, 'sha1'),
      ...(isLarge && { lfs: { sha256: sha(content, 'sha256'), size: content.length, pointerSize: 134 } }),
    };
  });
  return { sha: sha(Buffer.from(folder), 'sha1'), siblings };
}

export const sha = (content: Buffer, algorithm: 'sha1' | 'sha256') =>
  createHash(algorithm).update(content).digest('hex');
