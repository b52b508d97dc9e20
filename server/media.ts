import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EngineClient } from '../host/engineClient.ts';
import type { Grants } from '../host/grants.ts';
import { isWhereItWas } from '../host/listing.ts';
import { answer } from './headers.ts';

/** What browsers play; the rest goes as bytes, and they ask for the proxy. */
const contentTypes: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.ogv': 'video/ogg',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.oga': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.weba': 'audio/webm',
};

/** The part of a file that a Range header asks for; null for all of it, undefined for one that cannot be given. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | null | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  // Several parts at once may be answered with the whole (RFC 9110, 14.2).
  if (!parts || (parts[1] === '' && parts[2] === '')) return null;
  const [first, last] = [parts[1], parts[2]].map((digits) => (digits === '' ? null : Number(digits)));
  const start = first ?? Math.max(0, size - last!);
  const end = first === null || last === null ? size - 1 : Math.min(last, size - 1);
  return start > end || start >= size ? undefined : { start, end };
}

/** Answers with a file of the person's, or the part of it that is asked for. */
export async function serveMedia(
  mediaId: string,
  grants: Grants,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = await grantedPath(mediaId, grants);
  const stats = path && (await stat(path).catch(() => undefined));
  if (!path || !stats || !stats.isFile()) return answer(response, 404);
  const range = rangeOf(request.headers.range, stats.size);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range === undefined) {
    response.setHeader('Content-Range', `bytes */${stats.size}`);
    return answer(response, 416);
  }
  const { start, end } = range ?? { start: 0, end: stats.size - 1 };
  response.statusCode = range ? 206 : 200;
  response.setHeader('Content-Type', contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream');
  response.setHeader('Content-Length', Math.max(0, end - start + 1));
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${stats.size}`);
  if (request.method === 'HEAD' || stats.size === 0) {
    response.end();
    return;
  }
  await pipeline(createReadStream(path, { start, end }), response);
}

/** Answers with the sound of a file, made on the fly in a form that every browser plays. */
export async function serveProxy(
  mediaId: string,
  fromMs: number,
  { grants, engine }: { grants: Grants; engine: EngineClient },
  response: ServerResponse,
): Promise<void> {
  const path = await grantedPath(mediaId, grants);
  if (!path) return answer(response, 404);
  const { program, args, contentType } = await engine.call('media.proxy', { path, fromMs });
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  // Who stops listening has enough.
  response.once('close', () => child.kill('SIGKILL'));
  child.once('error', () => response.destroy());
  response.setHeader('Content-Type', contentType);
  await pipeline(child.stdout, response);
}

async function grantedPath(mediaId: string, grants: Grants): Promise<string | undefined> {
  const grant = grants.get(mediaId);
  return grant && (await isWhereItWas(grant)) ? grant.path : undefined;
}
