import type { Hash } from 'node:crypto';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { writeError } from '../../files/writeWhole.ts';
import { statedIn } from './hub.ts';
import { chunksOf } from './inflow.ts';
import {
  discard,
  get,
  isWebPage,
  NetworkProblem,
  problemOf,
  statusProblem,
  webPageProblem,
  type Answer,
} from './network.ts';
import {
  dropPart,
  dropState,
  hashOf,
  isStrong,
  newHash,
  partOf,
  readState,
  sizeOf,
  writeState,
  type PartOf,
  type PartState,
} from './part.ts';

export type DownloadRequest = PartOf & {
  /** Bytes that are here, from an earlier attempt included. */
  onProgress?: (bytesDone: number) => void;
  signal?: AbortSignal;
  /** Given up, and tried again, after this long without a byte. */
  stallTimeoutMs?: number;
  /** Waits between attempts; as many attempts in a row may bring nothing, and one more. */
  retryDelaysMs?: readonly number[];
};

/** What became of it; a failed one goes on from the bytes that were kept. */
export type DownloadOutcome =
  { kind: 'whole'; bytes: number } | { kind: 'failed'; problem: NetworkProblem; keptBytes: number };

const usualRetryDelaysMs = [1000, 2000, 4000, 8000];
const longestWaitMs = 60_000;

/**
 * Fetches one file whole or not at all: what is here already is not fetched again, length and checksum are compared
 * with what the hub says, and only then has the file its name. A broken connection is taken up again.
 * @throws WriteError where it cannot be written; the signal's reason when it is aborted
 */
export async function download(request: DownloadRequest): Promise<DownloadOutcome> {
  const delays = request.retryDelaysMs ?? usualRetryDelaysMs;
  let failures = 0;
  for (;;) {
    request.signal?.throwIfAborted();
    const before = await sizeOf(partOf(request));
    try {
      return { kind: 'whole', bytes: await attempt(request) };
    } catch (cause) {
      request.signal?.throwIfAborted();
      if (!(cause instanceof NetworkProblem)) throw cause;
      const keptBytes = await sizeOf(partOf(request));
      failures = keptBytes > before ? 1 : failures + 1;
      if (!cause.temporary || failures > delays.length) return { kind: 'failed', problem: cause, keptBytes };
      const delayMs = Math.max(delays[failures - 1], cause.retryAfterMs ?? 0);
      await wait(Math.min(delayMs, longestWaitMs), undefined, { signal: request.signal }).catch(
        () => undefined,
      );
    }
  }
}

async function attempt(request: DownloadRequest): Promise<number> {
  const state = await readState(request);
  let kept = state ? await sizeOf(partOf(request)) : 0;
  if (request.bytes !== null && kept > request.bytes) kept = 0;
  if (kept > 0 && kept === request.bytes)
    return finish(request, await hashOf(partOf(request), request), kept, true);

  const answer = await get(request.url, rangeHeaders(kept, state), request);
  const chunks = chunksOf(answer.body);
  let expected: number | null;
  try {
    kept = beginning(answer, kept);
    expected = checkedLength(answer, kept, request.bytes);
  } catch (cause) {
    discard(answer.body);
    if (answer.status === 416) await dropPart(request);
    throw cause;
  }
  const checksum = request.checksum ?? statedIn(answer.headers).checksum;
  const checked = { ...request, bytes: expected, checksum };
  await writing(request, async () => {
    // What is said of the part must be true at any moment.
    if (kept === 0) await dropPart(request);
    await writeState(checked, answer.headers['etag'] ?? null);
  });
  const { bytes, hash } = await receive(checked, answer, chunks, kept);
  return finish(checked, hash, bytes, kept > 0);
}

function rangeHeaders(kept: number, state: PartState | null): Record<string, string> {
  if (kept === 0) return {};
  // Weak tags promise no equal bytes; the checksum then finds what does not fit.
  const range = { range: `bytes=${kept}-` };
  return state?.etag && isStrong(state.etag) ? { ...range, 'if-range': state.etag } : range;
}

/** Where in the file the answer's body begins. */
function beginning(answer: Answer, asked: number): number {
  if (isWebPage(answer) && answer.status < 400) throw webPageProblem(answer);
  if (answer.status === 200) return 0;
  const problem = statusProblem(answer);
  if (answer.status === 416) throw new NetworkProblem(problem.message, { temporary: true });
  if (answer.status !== 206) throw problem;
  const from = Number(/^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? NaN);
  if (from !== asked)
    throw new NetworkProblem(`${answer.url.host} sent another part of the file than was asked for`);
  return from;
}

/** The whole file's length, which what is stated beforehand, in the headers and by the hub must agree on. */
function checkedLength(answer: Answer, from: number, promised: number | null): number | null {
  const { headers, status } = answer;
  const inRange = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  const inLength = headers['content-length'];
  const offered = status === 206 && inRange ? Number(inRange) : inLength ? from + Number(inLength) : null;
  const expected = promised ?? (headers['x-linked-size'] ? Number(headers['x-linked-size']) : null);
  if (offered !== null && expected !== null && offered !== expected) {
    throw new NetworkProblem(
      `${answer.url.host} offers ${offered} bytes where the hub lists ${expected}, so it is another file`,
    );
  }
  return expected ?? offered;
}

/** Writes the body behind the bytes that are kept, and hashes all of them. */
async function receive(
  request: DownloadRequest,
  answer: Answer,
  chunks: AsyncGenerator<Buffer>,
  from: number,
): Promise<{ bytes: number; hash: Hash }> {
  const hash = from > 0 ? await hashOf(partOf(request), request) : newHash(request);
  let bytes = from;
  let file: FileHandle | undefined;
  try {
    file = await writing(request, () => open(partOf(request), 'a'));
    await writing(request, () => file!.truncate(from));
    request.onProgress?.(bytes);
    for (;;) {
      request.signal?.throwIfAborted();
      const next = await chunks.next().catch((cause: unknown) => {
        request.signal?.throwIfAborted();
        throw problemOf(cause, answer.url);
      });
      if (next.done) break;
      const chunk = next.value;
      if (request.bytes !== null && bytes + chunk.length > request.bytes) {
        await dropPart(request);
        throw new NetworkProblem(`${answer.url.host} sent more than the ${request.bytes} bytes of the file`);
      }
      await writing(request, () => file!.appendFile(chunk));
      hash.update(chunk);
      bytes += chunk.length;
      request.onProgress?.(bytes);
    }
    if (request.bytes !== null && bytes < request.bytes) {
      throw new NetworkProblem(`the connection to ${answer.url.host} broke off`, { temporary: true });
    }
    await writing(request, () => file!.sync());
    return { bytes, hash };
  } finally {
    discard(answer.body);
    await file?.close();
  }
}

/** Compares the checksum and gives the file its name. */
async function finish(
  request: DownloadRequest,
  hash: Hash,
  bytes: number,
  isResumed: boolean,
): Promise<number> {
  if (request.checksum && hash.digest('hex') !== request.checksum.hex) {
    await dropPart(request);
    const name = request.checksum.algorithm === 'sha256' ? 'SHA-256' : 'checksum';
    throw new NetworkProblem(
      `what ${request.url.host} sent is not the file that the hub lists (its ${name} differs), so it was thrown away`,
      // The fault may lie in what an earlier attempt left.
      { temporary: isResumed },
    );
  }
  await writing(request, () => rename(partOf(request), request.target));
  await dropState(request);
  return bytes;
}

async function writing<T>(request: DownloadRequest, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw writeError(request.target, cause);
  }
}
