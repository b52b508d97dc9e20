import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../../files/folders.ts';
import { holderOf } from '../../files/presence.ts';
import { sizeOfFolder } from '../../files/sizes.ts';
import { writeError } from '../../files/writeWhole.ts';
import { usageFailure } from '../failures.ts';

/** `sewscribe delete-data` */
export async function deleteData(options: { yes?: boolean; json?: boolean }): Promise<void> {
  const places = folders();
  const holder = options.yes ? await holderOf(join(places.projects, 'lock')) : null;
  if (holder !== null)
    throw usageFailure(
      `Sewscribe is running (process ${holder}) and would go on with what it has in memory; end it first.`,
    );
  const stored = [];
  for (const [what, path] of Object.entries(places)) {
    const size = await sizeOfFolder(path);
    if (size) stored.push({ what, path, bytes: size.bytes, removed: options.yes === true });
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
