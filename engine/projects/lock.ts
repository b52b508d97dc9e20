import { setTimeout as pause } from 'node:timers/promises';
import { Locked, lock, type Release } from '../../files/presence.ts';
import { writeError } from '../../files/writeWhole.ts';

/** Who ends the app and starts it again at once meets the old engine, which still writes what it holds. */
const endingTakesMs = 3000;

/** Another process works with the same files. */
export class LockedError extends Error {
  override name = 'LockedError';
}

/**
 * Makes this process the one writer of what stands beside a lock file, until the returned function is called or the
 * process is gone.
 * @throws LockedError, with the other process's number; WriteError
 */
export async function takeLock(path: string): Promise<Release> {
  const givingUpAt = performance.now() + endingTakesMs;
  for (;;) {
    try {
      return await lock(path);
    } catch (cause) {
      if (!(cause instanceof Locked)) throw writeError(path, cause);
      if (performance.now() >= givingUpAt) {
        throw new LockedError(
          `Sewscribe is running already (process ${cause.processId}); use its window, or end it and try again.`,
        );
      }
      await pause(100);
    }
  }
}
