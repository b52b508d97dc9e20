import { ModelError } from '../model.ts';
import { checkPieces, type RandomAccessFile } from './file.ts';

/** A file inside an archive, stored as it is. */
export type ZipEntry = { name: string; offsetBytes: number; sizeBytes: number };

const endRecord = { signature: 0x06054b50, bytes: 22 };
const end64Locator = { signature: 0x07064b50, bytes: 20 };
const end64Record = { signature: 0x06064b50, bytes: 56 };
const directoryEntry = { signature: 0x02014b50, bytes: 46 };
const localHeader = { signature: 0x04034b50, bytes: 30 };
const longestComment = 0xffff;
/** A checkpoint has a file for each tensor: thousands at most. */
const longestDirectoryBytes = 64 << 20;
const unknown16 = 0xffff;
const unknown32 = 0xffffffff;

/**
 * Lists a zip archive without reading its contents (PKWARE APPNOTE 6.3, with its 64-bit extension). Only archives that
 * are not compressed, as PyTorch writes them.
 * @throws ModelError where the archive is damaged, compressed or encrypted.
 */
export async function listZip(file: RandomAccessFile): Promise<Map<string, ZipEntry>> {
  const damaged = () => new ModelError(`${file.path} is not a whole file: download it again.`);
  const { count, offsetBytes, sizeBytes } = await findDirectory(file, damaged);
  if (sizeBytes > longestDirectoryBytes || count * directoryEntry.bytes > sizeBytes) throw damaged();
  const directory = viewOf(await file.read(offsetBytes, sizeBytes));

  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + directoryEntry.bytes > sizeBytes || directory.getUint32(at, true) !== directoryEntry.signature) {
      throw damaged();
    }
    const flags = directory.getUint16(at + 8, true);
    const method = directory.getUint16(at + 10, true);
    const nameBytes = directory.getUint16(at + 28, true);
    const extraBytes = directory.getUint16(at + 30, true);
    const next = at + directoryEntry.bytes + nameBytes + extraBytes + directory.getUint16(at + 32, true);
    if (next > sizeBytes) throw damaged();
    const name = textOf(directory, at + directoryEntry.bytes, nameBytes);
    if (method !== 0 || (flags & 1) !== 0) {
      throw new ModelError(`${file.path}: ${name} is compressed or encrypted, as PyTorch never writes it.`);
    }
    const wide = wideFields(directory, at + directoryEntry.bytes + nameBytes, extraBytes);
    // In the order in which the 64-bit extension lists what did not fit
    const size = takeWide(directory.getUint32(at + 24, true), unknown32, wide);
    const stored = takeWide(directory.getUint32(at + 20, true), unknown32, wide);
    const headerAt = takeWide(directory.getUint32(at + 42, true), unknown32, wide);
    if (size === undefined || stored !== size || headerAt === undefined || entries.has(name)) throw damaged();
    entries.set(name, { name, sizeBytes: size, offsetBytes: headerAt });
    at = next;
  }

  for (const entry of entries.values()) {
    const header = viewOf(await file.read(entry.offsetBytes, localHeader.bytes));
    if (header.getUint32(0, true) !== localHeader.signature) throw damaged();
    const skipped = header.getUint16(26, true) + header.getUint16(28, true);
    entry.offsetBytes += localHeader.bytes + skipped;
  }
  checkPieces(
    file.path,
    file.sizeBytes,
    [...entries.values()].map((e) => ({
      name: e.name,
      begin: e.offsetBytes,
      end: e.offsetBytes + e.sizeBytes,
    })),
  );
  return entries;
}

/** Where the central directory lies, as the record at the archive's end says. */
async function findDirectory(
  file: RandomAccessFile,
  damaged: () => ModelError,
): Promise<{ count: number; offsetBytes: number; sizeBytes: number }> {
  const tailBytes = Math.min(file.sizeBytes, endRecord.bytes + longestComment);
  const tailAt = file.sizeBytes - tailBytes;
  const tail = viewOf(await file.read(tailAt, tailBytes));
  let end = tailBytes - endRecord.bytes;
  while (end >= 0 && tail.getUint32(end, true) !== endRecord.signature) end--;
  if (end < 0) throw damaged();
  const narrow = {
    count: tail.getUint16(end + 10, true),
    sizeBytes: tail.getUint32(end + 12, true),
    offsetBytes: tail.getUint32(end + 16, true),
  };
  const isWide =
    narrow.count === unknown16 || narrow.sizeBytes === unknown32 || narrow.offsetBytes === unknown32;
  if (!isWide) return narrow;

  const locatorAt = tailAt + end - end64Locator.bytes;
  if (locatorAt < 0) throw damaged();
  const locator = viewOf(await file.read(locatorAt, end64Locator.bytes));
  if (locator.getUint32(0, true) !== end64Locator.signature) throw damaged();
  const record = viewOf(await file.read(Number(locator.getBigUint64(8, true)), end64Record.bytes));
  if (record.getUint32(0, true) !== end64Record.signature) throw damaged();
  return {
    count: Number(record.getBigUint64(32, true)),
    sizeBytes: Number(record.getBigUint64(40, true)),
    offsetBytes: Number(record.getBigUint64(48, true)),
  };
}

/** The 64-bit numbers in an entry's extra field, in their order. */
function wideFields(directory: DataView, begin: number, lengthBytes: number): number[] {
  for (let at = begin; at + 4 <= begin + lengthBytes;) {
    const sizeBytes = directory.getUint16(at + 2, true);
    const end = Math.min(at + 4 + sizeBytes, begin + lengthBytes);
    if (directory.getUint16(at, true) === 1) {
      const values: number[] = [];
      for (let field = at + 4; field + 8 <= end; field += 8) {
        values.push(Number(directory.getBigUint64(field, true)));
      }
      return values;
    }
    at = end;
  }
  return [];
}

function takeWide(narrow: number, unknown: number, wide: number[]): number | undefined {
  return narrow === unknown ? wide.shift() : narrow;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textOf(view: DataView, begin: number, lengthBytes: number): string {
  return Buffer.from(view.buffer, view.byteOffset + begin, lengthBytes).toString('utf8');
}
