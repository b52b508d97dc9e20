import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UploadResult } from '../engine/contract.ts';
import type { EngineClient } from '../host/engineClient.ts';
import type { Grants } from '../host/grants.ts';
import { answer } from './headers.ts';

/** Longer than any film; what a browser sends beyond it is not read. */
export const uploadLimitBytes = 64 * 2 ** 30;

/**
 * Takes a file into a project of its own, as a stream: under another name until it is whole.
 * @param limitBytes for tests
 */
export async function takeUpload(
  name: string,
  { engine, grants, limitBytes }: { engine: EngineClient; grants: Grants; limitBytes: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) return refuse(response, 413, `“${name}” is larger than ${limitBytes} bytes.`);
  const { projectId, path } = await engine.call('upload.begin', { name, bytes: announced });
  const part = `${path}.part`;
  try {
    const meter = limited(limitBytes);
    await pipeline(request, meter.stream, createWriteStream(part, { flags: 'wx' }));
    await rename(part, path);
    const mediaId = grants.add({ path, name: basename(path) });
    const result: UploadResult = { projectId, mediaId, bytes: meter.bytes() };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(result));
  } catch (cause) {
    await rm(part, { force: true });
    await engine.call('project.delete', { projectId }).catch(() => undefined);
    if (cause instanceof TooLarge)
      return refuse(response, 413, `“${name}” is larger than ${limitBytes} bytes.`);
    throw cause;
  }
}

/** A refusal that does not wait for the rest of the file. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.setHeader('Connection', 'close');
  answer(response, status, message);
}

class TooLarge extends Error {
  override name = 'TooLarge';
}

function limited(limitBytes: number): { stream: Transform; bytes(): number } {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limitBytes) done(new TooLarge());
      else done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes };
}
