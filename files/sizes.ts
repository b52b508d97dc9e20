import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies below a folder: bytes of all files, and how many entries it has itself, hidden ones left out. */
export type FolderSize = { bytes: number; count: number };

/** @returns null where the folder does not exist. Links are not followed. */
export async function sizeOfFolder(folder: string): Promise<FolderSize | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (!entries) return null;
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += (await sizeOfFolder(path))?.bytes ?? 0;
    else if (entry.isFile()) bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  }
  return { bytes, count: entries.filter(({ name }) => !name.startsWith('.')).length };
}
