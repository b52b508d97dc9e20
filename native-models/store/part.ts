import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Checksum } from './hub.ts';

/** What is here of a file whose download has begun: `TARGET.part`, and `TARGET.part.json` that says what it belongs to. */

/** What the hub says of a file, and where the whole of it goes. */
export type PartOf = { url: URL; target: string; bytes: number | null; checksum: Checksum | null };

/** What must be the same for the rest of a file to fit what is here of it. */
const partState = z.object({
  url: z.string(),
  etag: z.string().nullable(),
  bytes: z.number().nullable(),
  checksum: z.string().nullable(),
});
export type PartState = z.infer<typeof partState>;

export const partOf = ({ target }: PartOf) => `${target}.part`;
const stateOf = ({ target }: PartOf) => `${target}.part.json`;

export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The state of what is here, where it still belongs to what is asked for. */
export async function readState(request: PartOf): Promise<PartState | null> {
  const parsed = partState.safeParse(
    await readFile(stateOf(request), 'utf8')
      .then((text) => JSON.parse(text) as unknown)
      .catch(() => null),
  );
  if (!parsed.success) return null;
  const state = parsed.data;
  if (request.bytes !== null && state.bytes !== request.bytes) return null;
  // The address of a file on a mirror may be another one: what counts is its content, where that is known.
  if (request.checksum) return state.checksum === checksumText(request.checksum) ? state : null;
  return state.url === request.url.href && isStrong(state.etag) ? state : null;
}

/** Says what the bytes that come from now on belong to. */
export async function writeState(request: PartOf, etag: string | null): Promise<void> {
  const { url, bytes, checksum } = request;
  const state: PartState = { url: url.href, etag, bytes, checksum: checksumText(checksum) };
  await writeFile(stateOf(request), JSON.stringify(state));
}

/** Forgets what was said of the part, where its file is whole. */
export async function dropState(request: PartOf): Promise<void> {
  await rm(stateOf(request), { force: true });
}

export async function dropPart(request: PartOf): Promise<void> {
  await rm(partOf(request), { force: true });
  await dropState(request);
}

/** Whether an ETag promises equal bytes (RFC 9110, 8.8.1). */
export const isStrong = (etag: string | null) => etag?.startsWith('"') === true;

const checksumText = (checksum: Checksum | null) => checksum && `${checksum.algorithm}:${checksum.hex}`;

/** Whether a file is what the hub says; false where the hub says too little to tell. */
export async function isFileOf(
  path: string,
  { bytes, checksum }: Pick<PartOf, 'bytes' | 'checksum'>,
  signal?: AbortSignal,
): Promise<boolean> {
  if (bytes === null || checksum === null || (await sizeOf(path)) !== bytes) return false;
  return (await hashOf(path, { bytes, checksum, signal })).digest('hex') === checksum.hex;
}

type Hashed = Pick<PartOf, 'bytes' | 'checksum'> & { signal?: AbortSignal };

/** The hash that the checksum is of, before any byte. */
export function newHash({ checksum, bytes }: Hashed): Hash {
  if (checksum?.algorithm !== 'git-sha1') return createHash('sha256');
  // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: the content's length stands before it.
  return createHash('sha1').update(`blob ${bytes ?? 0}\0`);
}

/** The same over all of a file. */
export async function hashOf(path: string, hashed: Hashed): Promise<Hash> {
  const hash = newHash(hashed);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hashed.signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash;
}
