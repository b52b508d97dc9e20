import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { exportOptions, grantId, projectId } from '../engine/contract.ts';
import { EngineFailure, type EngineClient } from './engineClient.ts';
import type { Grants } from './grants.ts';
import { isWhereItWas } from './listing.ts';

/** An answer to a request of a page, however its shell carries it. */
export type Answer = {
  status: number;
  headers: Record<string, string>;
  /** Text, bytes, or a stream that ends its source when it is destroyed. */
  body: string | Uint8Array | Readable | null;
};

export type AnswerParts = { grants: Grants; engine: EngineClient };

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

/** An answer of a line of text, or of nothing. */
export function textAnswer(status: number, text = ''): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: text };
}

const statuses = {
  usage: 400,
  source: 422,
  model: 422,
  device: 422,
  write: 507,
  cancelled: 409,
  internal: 500,
};

/** What a failed request is answered with: what a person can mend has its sentence, all else (500) is for the log. */
export function failureOf(cause: unknown): { status: number; text: string } {
  const status = cause instanceof EngineFailure ? statuses[cause.code] : 500;
  return { status, text: status === 500 ? '' : (cause as EngineFailure).message };
}

/** What of a medium's sound is wanted: from when on, and of which track. */
const proxyPart = z.object({
  fromMs: z.coerce.number().min(0).max(1e10).default(0),
  track: z.coerce.number().int().min(1).max(1000).optional(),
});
type ProxyPart = z.infer<typeof proxyPart>;

/**
 * Answers what a page asks for outside of messages and its own files: media, their proxies, exports (`pagePaths`).
 * @returns undefined where the address is none of these
 */
export function answerFor(
  url: URL,
  request: { range: string | null; isHead: boolean },
  parts: AnswerParts,
): Promise<Answer> | undefined {
  const [, place, id = '', last] = url.pathname.split('/');
  if (place === 'export') return exportAnswer(id, last ?? '', url, parts.engine);
  if (place !== 'media') return undefined;
  if (!grantId.safeParse(id).success) return Promise.resolve(textAnswer(404));
  if (last === undefined) return mediaAnswer(id, request, parts.grants);
  const part = proxyPart.safeParse(Object.fromEntries(url.searchParams));
  if (last !== 'proxy' || !part.success) return Promise.resolve(textAnswer(404));
  return proxyAnswer(id, part.data, request.isHead, parts);
}

/** The part of a file that a Range header asks for; null for all of it, undefined for one that cannot be given. */
export function rangeOf(
  header: string | null,
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

/** A file of the person's, or the part of it that is asked for. */
async function mediaAnswer(
  mediaId: string,
  { range: asked, isHead }: { range: string | null; isHead: boolean },
  grants: Grants,
): Promise<Answer> {
  const path = await grantedPath(mediaId, grants);
  const stats = path && (await stat(path).catch(() => undefined));
  if (!path || !stats || !stats.isFile()) return textAnswer(404);
  const { size } = stats;
  const range = rangeOf(asked, size);
  if (range === undefined) {
    const refusal = textAnswer(416);
    Object.assign(refusal.headers, { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes */${size}` });
    return refusal;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  return {
    status: range ? 206 : 200,
    headers: {
      'Accept-Ranges': 'bytes',
      'Content-Type': contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': String(Math.max(0, end - start + 1)),
      ...(range && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
    },
    body: isHead || size === 0 ? null : createReadStream(path, { start, end }),
  };
}

/** The sound of a file, made on the fly in a form that every browser plays. */
async function proxyAnswer(
  mediaId: string,
  part: ProxyPart,
  isHead: boolean,
  { grants, engine }: AnswerParts,
): Promise<Answer> {
  const path = await grantedPath(mediaId, grants);
  if (!path) return textAnswer(404);
  const { program, args, contentType } = await engine.call('media.proxy', { path, ...part });
  const headers = { 'Content-Type': contentType };
  // Nobody would read what it makes.
  if (isHead) return { status: 200, headers, body: null };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  const { stdout } = child;
  // Who stops listening has enough.
  stdout.once('close', () => child.kill('SIGKILL'));
  child.once('error', (cause) => stdout.destroy(cause));
  return { status: 200, headers, body: stdout };
}

async function exportAnswer(id: string, format: string, url: URL, engine: EngineClient): Promise<Answer> {
  const options = exportOptions.safeParse(parsedJson(url.searchParams.get('options') ?? '{}'));
  if (!projectId.safeParse(id).success || !options.success) return textAnswer(400);
  const file = { format, options: options.data };
  const { fileName, bytes } = await engine.call('export.file', { projectId: id, file });
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    },
    body: bytes,
  };
}

async function grantedPath(mediaId: string, grants: Grants): Promise<string | undefined> {
  const grant = grants.get(mediaId);
  return grant && (await isWhereItWas(grant)) ? grant.path : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
