import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { pagePaths } from '../engine/contract.ts';
import { answerFor, failureOf } from '../host/answers.ts';
import type { EngineClient } from '../host/engineClient.ts';
import { Grants } from '../host/grants.ts';
import { RootFolders } from '../host/listing.ts';
import type { PageFiles } from '../host/pageFiles.ts';
import { PageGateway } from '../host/pageGateway.ts';
import { accessFor, cookieOf, hasToken, isFromUs, isToken, type Access } from './access.ts';
import { answer, send, setSafeHeaders } from './headers.ts';
import { attachPage } from './socket.ts';
import { takeUpload, uploadLimitBytes } from './upload.ts';

export type ServerSettings = {
  engine: EngineClient;
  page: PageFiles;
  /** Folders that pages may choose from. */
  roots: readonly string[];
  /** 0: any that is free. */
  port: number;
  version: string;
  log: (message: string, detail?: unknown) => void;
  uploadLimitBytes?: number;
};

export type RunningServer = {
  port: number;
  /** What to open in a browser; who has it has everything. */
  address: string;
  close(): Promise<void>;
};

/** A message of a page is at most this long: a paste of a whole transcript. */
const longestMessageBytes = 2 ** 26;
const pingEveryMs = 30_000;

/**
 * The loopback shell: the page and what it works with, for browsers of this machine that have the token.
 * @throws EngineFailure where another Sewscribe works with the same projects; the system's error where the port is taken
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { engine, log } = settings;
  const limitBytes = settings.uploadLimitBytes ?? uploadLimitBytes;
  const grants = new Grants();
  const roots = await RootFolders.open(grants, settings.roots);
  const gateway = new PageGateway({
    engine,
    grants,
    roots,
    log,
    description: {
      shell: 'server',
      version: settings.version,
      listsFiles: true,
      uploadLimitBytes: limitBytes,
    },
  });
  const server = createServer();
  const port = await gateway
    .start()
    .then(() => listen(server, settings.port))
    .catch((cause: unknown) => {
      // It would start the engine again, and nothing would end.
      gateway.close();
      throw cause;
    });
  const access = accessFor(port, randomBytes(24).toString('base64url'));
  const parts = { ...settings, grants, gateway, access, limitBytes };
  server.on('request', (request, response) => {
    setSafeHeaders(response, access.hosts);
    serve(request, response, parts).catch((cause: unknown) => {
      const { status, text } = failureOf(cause);
      // A browser that left in the middle is nothing to tell of.
      if (status === 500 && !response.destroyed) log(`${request.method} failed`, cause);
      answer(response, status, text);
    });
  });
  const sockets = acceptSockets(server, parts);
  return {
    port,
    address: `http://127.0.0.1:${port}/?token=${access.token}`,
    async close() {
      gateway.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type Parts = ServerSettings & { grants: Grants; gateway: PageGateway; access: Access; limitBytes: number };

async function serve(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const { access, grants, page, engine } = parts;
  const { method = '' } = request;
  const changes = method !== 'GET' && method !== 'HEAD';
  if (!isFromUs(access, request, changes)) return answer(response, 403);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const token = url.searchParams.get('token');
  if (url.pathname === '/' && token !== null && isToken(access, token) && !changes) {
    response.setHeader('Set-Cookie', cookieOf(access));
    response.setHeader('Location', '/');
    return answer(response, 303);
  }
  if (!hasToken(access, request)) return answer(response, 401);

  if (method === 'POST' && url.pathname === pagePaths.upload) {
    const name = url.searchParams.get('name') ?? '';
    return name === '' ? answer(response, 400) : takeUpload(name.slice(-1000), parts, request, response);
  }
  if (changes) return answer(response, 405);
  const asked = { range: request.headers.range ?? null, isHead: method === 'HEAD' };
  const found = (await answerFor(url, asked, { grants, engine })) ?? (await page.answer(url.pathname));
  return found ? send(response, found) : answer(response, 404);
}

function acceptSockets(server: Server, { access, gateway, log }: Parts): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessageBytes });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const isOurs = isFromUs(access, request, true) && request.url === pagePaths.socket;
    if (!isOurs || !hasToken(access, request)) {
      socket.end(`HTTP/1.1 ${isOurs ? '401 Unauthorized' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      attachPage(page, gateway, log);
      const pinging = setInterval(() => page.ping(), pingEveryMs).unref();
      page.on('close', () => clearInterval(pinging));
    });
  });
  return sockets;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
