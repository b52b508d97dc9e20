import { open, stat } from 'node:fs/promises';
import { ModelError } from '../model.ts';

/** A file that is read in pieces at given places. */
export type RandomAccessFile = {
  path: string;
  sizeBytes: number;
  /** @throws ModelError where the file ends before that. */
  read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
};

/** @throws ModelError where it is not a readable file, or only the placeholder that Git LFS leaves. */
export async function openFile(path: string): Promise<RandomAccessFile> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new ModelError(
      error.code === 'ENOENT' ? `${path} is missing.` : `${path} cannot be read (${error.code}).`,
    );
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new ModelError(`${path} is not a file.`);
    const file: RandomAccessFile = {
      path,
      sizeBytes: stats.size,
      async read(offsetBytes, lengthBytes) {
        if (offsetBytes < 0 || lengthBytes < 0 || !(offsetBytes + lengthBytes <= stats.size)) {
          throw new ModelError(`${path} ends too early: download it again.`);
        }
        const bytes = new Uint8Array(lengthBytes);
        let done = 0;
        while (done < lengthBytes) {
          const wanted = Math.min(lengthBytes - done, 1 << 30);
          const { bytesRead } = await handle.read(bytes, done, wanted, offsetBytes + done);
          if (bytesRead === 0) throw new ModelError(`${path} ends too early: download it again.`);
          done += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
    const beginning = Buffer.from(await file.read(0, Math.min(stats.size, 40))).toString('latin1');
    if (beginning.startsWith('version https://git-lfs')) {
      throw new ModelError(
        `${path} is only a Git LFS placeholder: download the file itself (git lfs pull, or from the model's page).`,
      );
    }
    return file;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether there is a file at the path. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

/**
 * Checks that pieces of a file lie inside it and do not overlap.
 * @throws ModelError naming the piece.
 */
export function checkPieces(
  path: string,
  sizeBytes: number,
  pieces: Iterable<{ name: string; begin: number; end: number }>,
): void {
  const sorted = [...pieces].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let previousEnd = 0;
  for (const { name, begin, end } of sorted) {
    if (!(begin >= 0 && begin <= end && end <= sizeBytes)) {
      throw new ModelError(`${path} is not whole: ${name} lies beyond its end. Download it again.`);
    }
    if (begin < previousEnd) throw new ModelError(`${path} is damaged: ${name} overlaps another part of it.`);
    previousEnd = end;
  }
}
