import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from './failures.ts';

const reasons: Record<string, string> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
};

/** The bytes of a file that a person named. @throws CommandFailure */
export async function readSource(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? (cause as Error).message;
    throw new CommandFailure(`"${path}" cannot be read: ${reason}.`, exitCodes.source, { cause });
  }
}
