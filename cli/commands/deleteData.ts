import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../../files/folders.ts';
import { writeError } from '../../files/writeWhole.ts';

/** `sewscribe delete-data` */
export async function deleteData(options: { yes?: boolean; json?: boolean }): Promise<void> {
  const stored = [];
  for (const [what, path] of Object.entries(folders())) {
    const bytes = await sizeOf(path);
    if (bytes !== null) stored.push({ what, path, bytes, removed: options.yes === true });
  }
  for (const { path } of stored) {
    if (!options.yes) break;
    await rm(path, { recursive: true, force: true }).catch((cause: unknown) => {
      throw writeError(path, cause);
    });
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify(stored)}\n`);
    return;
  }
  for (const { what, path, bytes, removed } of stored) {
    process.stdout.write(`${what}: ${path}  ${(bytes / 1e6).toFixed(1)} MB${removed ? '  removed' : ''}\n`);
  }
  if (stored.length === 0) process.stdout.write('Nothing is stored.\n');
  else if (!options.yes) process.stdout.write('Nothing has been removed; --yes removes it.\n');
}

/** Bytes below a folder; null where it does not exist. Links are not followed. */
async function sizeOf(folder: string): Promise<number | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (!entries) return null;
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory()
      ? ((await sizeOf(path)) ?? 0)
      : ((await stat(path).catch(() => undefined))?.size ?? 0);
  }
  return bytes;
}
