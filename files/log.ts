import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Log = (message: string, detail?: unknown) => void;

const rotateAtBytes = 1_000_000;

/**
 * A log file that keeps what a sentence on the screen leaves out; it rotates once (`NAME.log`, `NAME.1.log`).
 * A log that cannot be written is no reason to fail: it then stays silent.
 */
export function openLog(folder: string, name: string): Log {
  const path = join(folder, `${name}.log`);
  return (message, detail) => {
    const more =
      detail instanceof Error
        ? (detail.stack ?? detail.message)
        : detail === undefined
          ? ''
          : JSON.stringify(detail);
    try {
      mkdirSync(folder, { recursive: true });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > rotateAtBytes) {
        renameSync(path, join(folder, `${name}.1.log`));
      }
      appendFileSync(path, `${new Date().toISOString()} ${process.pid} ${message}${more && ` ${more}`}\n`);
    } catch {
      // See above.
    }
  };
}
