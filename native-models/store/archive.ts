import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { ModelError } from '../model.ts';
import { checkRoom } from './diskSpace.ts';
import { isCheckpointFile, isWeightFile } from './checkpointFiles.ts';

const mostEntries = 10_000;
const longestSmallFileBytes = 64 << 20;
/** Weights are noise to a compressor; what shrinks more than this is made to fill a disk. */
const highestRatio = 20;

/**
 * Unpacks the files of a checkpoint from a zip archive: those at its top, or in the one folder that it holds. Others
 * are left alone, and no name in it decides where anything is written.
 * @returns the folder
 * @throws ModelError, WriteError; the signal's reason when it is aborted
 */
export async function unpackCheckpoint(
  archivePath: string,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const fail = (why: string, cause?: unknown) => new ModelError(`${archivePath} ${why}.`, { cause });
  let archive: ZipFile | undefined;
  try {
    archive = await openPromise(archivePath, { lazyEntries: true, autoClose: false });
    if (archive.entryCount > mostEntries) throw fail(`holds ${archive.entryCount} files, so it is no model`);
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) entries.push(entry);
    const chosen = chooseFiles(entries);
    if (!chosen.has('config.json')) throw fail('holds no model: there is no config.json at its top');
    for (const [name, entry] of chosen) checkSize(name, entry, fail);
    const totalBytes = [...chosen.values()].reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    // Once unpacked and once converted.
    await checkRoom(folder, 2 * totalBytes);
    await mkdir(folder, { recursive: true });
    for (const [name, entry] of chosen) await unpack(archive, entry, join(folder, name), signal);
    return folder;
  } catch (cause) {
    signal?.throwIfAborted();
    const isOurs = cause instanceof ModelError || (cause as Error).name === 'WriteError';
    if (isOurs || (cause as NodeJS.ErrnoException).syscall) throw cause;
    throw fail(`is not a zip archive that can be read (${(cause as Error).message})`, cause);
  } finally {
    archive?.close();
  }
}

/** The checkpoint's files by their own names. */
function chooseFiles(entries: readonly Entry[]): Map<string, Entry> {
  const files = entries.filter(
    ({ fileName }) => !fileName.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(fileName),
  );
  const tops = new Set(files.map(({ fileName }) => (fileName.includes('/') ? fileName.split('/')[0] : '')));
  const inFolder = !tops.has('') && tops.size === 1 ? `${[...tops][0]}/` : '';
  const chosen = new Map<string, Entry>();
  for (const entry of files) {
    const name = entry.fileName.slice(inFolder.length);
    if (isCheckpointFile(name)) chosen.set(name, entry);
  }
  return chosen;
}

function checkSize(name: string, entry: Entry, fail: (why: string) => ModelError): void {
  const { compressedSize, uncompressedSize } = entry;
  if (entry.isEncrypted()) throw fail(`is encrypted; unpack it and import the folder`);
  if (!isWeightFile(name) && uncompressedSize > longestSmallFileBytes) {
    throw fail(`holds a ${name} of ${uncompressedSize} bytes, which no model has`);
  }
  if (isWeightFile(name) && uncompressedSize > highestRatio * compressedSize + longestSmallFileBytes) {
    throw fail(
      `holds a ${name} that would grow from ${compressedSize} to ${uncompressedSize} bytes, as no weights do`,
    );
  }
}

async function unpack(archive: ZipFile, entry: Entry, path: string, signal?: AbortSignal): Promise<void> {
  // The archive's reader compares the length with what its directory says, but not the checksum.
  const source = await archive.openReadStreamPromise(entry);
  let checksum = 0;
  source.on('data', (chunk: Buffer) => (checksum = crc32(chunk, checksum)));
  await pipeline(source, createWriteStream(path), { signal });
  if (checksum !== entry.crc32) throw new Error(`${entry.fileName} is damaged`);
}
