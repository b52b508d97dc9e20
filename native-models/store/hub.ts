import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ModelError } from '../model.ts';
import {
  discard,
  get,
  isWebPage,
  NetworkProblem,
  problemOf,
  statusProblem,
  webPageProblem,
  type NetworkOptions,
} from './network.ts';

/** Where models come from: the Hugging Face hub, a mirror of it, or a folder laid out like it. */
export type Hub = { kind: 'web'; base: URL } | { kind: 'folder'; path: string };

/** What the hub says a file's content must give. `git-sha1` is Git's name of a blob: SHA-1 over a header and it. */
export type Checksum = { algorithm: 'sha256' | 'git-sha1'; hex: string };

/** A file of a model as the hub lists it; what it does not say is null. */
export type HubFile = {
  name: string;
  /** An address, or a path where the hub is a folder. */
  location: string;
  bytes: number | null;
  checksum: Checksum | null;
};

export type HubListing = { commit: string | null; files: HubFile[] };

const publicHub = 'https://huggingface.co';

/**
 * SEWSCRIBE_HUB, or the public hub. A mirror answers `/api/models/ID/revision/REVISION?blobs=true` and
 * `/ID/resolve/REVISION/FILE` as the hub does (one without the first is asked for each file); a folder holds
 * `ID/resolve/REVISION/FILE`, or for the revision `main` simply `ID/FILE`.
 * @throws ModelError where it is neither
 */
export function hubOf(environment: NodeJS.ProcessEnv = process.env): Hub {
  const value = environment['SEWSCRIBE_HUB'] || publicHub;
  if (/^https?:\/\//i.test(value) && URL.canParse(value)) {
    const base = new URL(value);
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    return { kind: 'web', base };
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(value) && !value.startsWith('file:')) {
    throw new ModelError(`SEWSCRIBE_HUB is "${value}": it must be an http or https address, or a folder.`);
  }
  return { kind: 'folder', path: value.startsWith('file:') ? fileURLToPath(value) : value };
}

/** `owner/name` with nothing in it that could lead elsewhere. */
export const hubIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * The files of a model at one revision.
 * @param wanted names that are asked for one by one where the hub has no listing
 * @throws NetworkProblem; its status is 404 where the hub does not have the model or the revision
 */
export async function listModel(
  hub: Hub,
  hubId: string,
  revision: string,
  wanted: readonly string[],
  options: NetworkOptions = {},
): Promise<HubListing> {
  if (hub.kind === 'folder') return listFolder(hub.path, hubId, revision);
  const listed = await listFromApi(hub.base, hubId, revision, options);
  return listed ?? { commit: null, files: await probeFiles(hub.base, hubId, revision, wanted, options) };
}

async function listFolder(path: string, hubId: string, revision: string): Promise<HubListing> {
  const inModel = join(path, ...hubId.split('/'));
  const candidates = [
    join(inModel, 'resolve', ...revision.split('/')),
    join(inModel, 'resolve', encodeURIComponent(revision)),
    ...(revision === 'main' ? [inModel] : []),
  ];
  for (const folder of candidates) {
    const files: HubFile[] = [];
    for (const name of await readdir(folder).catch(() => [])) {
      const stats = await stat(join(folder, name)).catch(() => undefined);
      if (stats?.isFile()) {
        files.push({ name, location: join(folder, name), bytes: stats.size, checksum: null });
      }
    }
    if (files.length > 0) return { commit: null, files };
  }
  throw new NetworkProblem(`${inModel} has no files of the revision ${revision}`, { status: 404 });
}

const listing = z.looseObject({
  sha: z.string().nullish(),
  siblings: z.array(
    z.looseObject({
      rfilename: z.string(),
      size: z.number().int().min(0).nullish(),
      blobId: z.string().nullish(),
      lfs: z
        .looseObject({ sha256: z.string().nullish(), oid: z.string().nullish(), size: z.number().nullish() })
        .nullish(),
    }),
  ),
});

/** Null where this hub has no such service. */
async function listFromApi(
  base: URL,
  hubId: string,
  revision: string,
  options: NetworkOptions,
): Promise<HubListing | null> {
  const address = new URL(`api/models/${hubId}/revision/${encodeURIComponent(revision)}?blobs=true`, base);
  const answer = await get(address, { accept: 'application/json' }, options);
  if (isWebPage(answer) && answer.status < 400) {
    discard(answer.body);
    throw webPageProblem(answer);
  }
  if (answer.status !== 200) {
    discard(answer.body);
    // The hub hides from strangers whether a private model exists.
    if (answer.status === 401) throw noSuchModel(base, hubId, revision);
    if (answer.headers['x-error-code']) throw statusProblem(answer);
    if ([404, 405, 501].includes(answer.status)) return null;
    throw statusProblem(answer);
  }
  const text = await answer.body.text().catch((cause: unknown) => {
    options.signal?.throwIfAborted();
    throw problemOf(cause, answer.url);
  });
  const parsed = listing.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new NetworkProblem(`${answer.url.host} describes the model in a way that no hub does`, {
      cause: parsed.error,
    });
  }
  const files = parsed.data.siblings.map(({ rfilename, size, blobId, lfs }): HubFile => {
    const sha256 = lfs?.sha256 ?? lfs?.oid;
    const bytes = lfs?.size ?? size ?? null;
    return {
      name: rfilename,
      location: addressOf(base, hubId, revision, rfilename).href,
      bytes,
      checksum:
        sha256 && isHex(sha256, 64)
          ? { algorithm: 'sha256', hex: sha256.toLowerCase() }
          : !lfs && blobId && bytes !== null && isHex(blobId, 40)
            ? { algorithm: 'git-sha1', hex: blobId.toLowerCase() }
            : null,
    };
  });
  return { commit: parsed.data.sha ?? null, files };
}

/** Asks for each file, as a plain file server allows it. */
async function probeFiles(
  base: URL,
  hubId: string,
  revision: string,
  wanted: readonly string[],
  options: NetworkOptions,
): Promise<HubFile[]> {
  const files: HubFile[] = [];
  for (const name of wanted) {
    const address = addressOf(base, hubId, revision, name);
    const answer = await get(address, {}, options);
    discard(answer.body);
    if (answer.status === 404) continue;
    if (answer.status !== 200) throw statusProblem(answer);
    if (isWebPage(answer)) throw webPageProblem(answer);
    files.push({ name, location: address.href, ...statedIn(answer.headers) });
  }
  if (files.length === 0) throw noSuchModel(base, hubId, revision);
  return files;
}

function noSuchModel(base: URL, hubId: string, revision: string): NetworkProblem {
  const which = revision === 'main' ? hubId : `${hubId} at ${revision}`;
  return new NetworkProblem(`${base.host} has no public model ${which}`, { status: 404 });
}

/** Size and hash that the hub states in the headers of a file it keeps as a large one. */
export function statedIn(headers: Record<string, string>): Pick<HubFile, 'bytes' | 'checksum'> {
  const length = headers['x-linked-size'] ?? headers['content-length'];
  const hash = (headers['x-linked-etag'] ?? '').replace(/^(W\/)?"?|"$/g, '');
  return {
    bytes: length && /^\d+$/.test(length) ? Number(length) : null,
    checksum: isHex(hash, 64) ? { algorithm: 'sha256', hex: hash.toLowerCase() } : null,
  };
}

function addressOf(base: URL, hubId: string, revision: string, name: string): URL {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return new URL(`${hubId}/resolve/${encodeURIComponent(revision)}/${path}`, base);
}

const isHex = (text: string, digits: number) => text.length === digits && /^[0-9a-f]+$/i.test(text);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
