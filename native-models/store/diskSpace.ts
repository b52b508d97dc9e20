import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WriteError } from '../../files/writeWhole.ts';

/**
 * Finds out before a long work whether its result has room.
 * @param folder where it goes; need not exist yet
 * @throws WriteError
 */
export async function checkRoom(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeBytesAt(folder);
  if (freeBytes === null || freeBytes >= neededBytes) return;
  throw new WriteError(
    `"${folder}" has too little room: ${megabytes(neededBytes)} are needed and ${megabytes(freeBytes)} are free; make room or move SEWSCRIBE_HOME to another disk.`,
  );
}

/** Null where the system does not tell. */
async function freeBytesAt(folder: string): Promise<number | null> {
  for (let place = folder; ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || place === dirname(place)) return null;
    }
  }
}

/** `12.3 MB`, with as many decimals as say something. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value.toFixed(value < 10 ? 1 : 0)} MB`;
}
