import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../files/writeWhole.ts';

const lockContent = z.object({ processId: z.number().int().positive() });
const renewEveryMs = 5_000;
/** A living process of the number may be another one, after the machine was started anew. */
const forgottenAfterMs = 60_000;

/** Another process works with the same files. */
export class LockedError extends Error {
  override name = 'LockedError';
}

/**
 * Makes this process the one writer of what stands beside a lock file, until the returned function is called or the
 * process is gone.
 * @throws LockedError, with the other process's number
 */
export async function takeLock(path: string): Promise<() => void> {
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    try {
      await writeWhole(path, JSON.stringify({ processId: process.pid }));
      break;
    } catch (cause) {
      if (((cause as Error).cause as NodeJS.ErrnoException | undefined)?.code !== 'EEXIST') throw cause;
      const holder = await holderOf(path);
      if (holder !== null) {
        throw new LockedError(
          `Sewscribe is running already (process ${holder}); use its window, or end it and try again.`,
        );
      }
      await rm(path, { force: true });
    }
  }
  const renewing = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, renewEveryMs);
  renewing.unref();
  return () => {
    clearInterval(renewing);
    rmSync(path, { force: true });
  };
}

/** The number of the process that holds a lock; null where it is gone. */
async function holderOf(path: string): Promise<number | null> {
  try {
    const { processId } = lockContent.parse(JSON.parse(await readFile(path, 'utf8')));
    if (Date.now() - (await stat(path)).mtimeMs > forgottenAfterMs) return null;
    return isAlive(processId) ? processId : null;
  } catch {
    return null;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
