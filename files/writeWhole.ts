import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file could not be written; the message is one sentence that names it and says why. */
export class WriteError extends Error {
  override name = 'WriteError';
}

/** Puts a system error of writing into a sentence; what is one already stays as it is. */
export function writeError(path: string, cause: unknown): WriteError {
  if (cause instanceof WriteError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EROFS: 'the disk is read-only',
    ENOENT: 'the folder does not exist',
    ENOTDIR: 'the folder is not a folder',
    EISDIR: 'there is a folder of that name',
    EEXIST: 'it exists already; --overwrite replaces it',
    ENAMETOOLONG: 'the name is too long',
  };
  return new WriteError(`"${path}" cannot be written: ${reasons[code] ?? (cause as Error).message}.`, {
    cause,
  });
}

/**
 * Writes a file whole or not at all: a temporary name in the same folder, flushed to the disk, then renamed.
 * @param data - a long text may come in pieces
 * @param options.overwrite - false (default): an existing file stays and a WriteError says so.
 * @throws WriteError; nothing half-written is left behind.
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array | Iterable<string> | AsyncIterable<string>,
  options: { overwrite?: boolean } = {},
): Promise<void> {
  // Short, because a long name of the target would leave no room for a suffix.
  const temporary = join(dirname(path), `.sewscribe-${randomBytes(6).toString('hex')}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await writeFile(file, data);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.overwrite) {
      await rename(temporary, path);
    } else {
      await renameExclusively(temporary, path);
    }
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(path, cause);
  }
}

/** Unlike a rename, a hard link fails where the name is taken; file systems without links get a check first. */
async function renameExclusively(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'].includes(code)) {
      throw cause;
    }
    const placeholder = await open(to, 'wx');
    await placeholder.close();
    await rename(from, to);
  }
}

/**
 * Finds out, before long work begins, whether a file could be written where it is to go.
 * @throws WriteError
 */
export async function checkWritable(path: string, options: { overwrite?: boolean } = {}): Promise<void> {
  const probe = join(dirname(path), `.sewscribe-${randomBytes(6).toString('hex')}.part`);
  try {
    if (basename(path).length === 0) {
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    const existing = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return null;
      if (cause.code === 'EACCES' && options.overwrite) return null;
      throw cause;
    });
    if (existing) {
      const isFolder = (await existing.stat()).isDirectory();
      await existing.close();
      if (isFolder) throw Object.assign(new Error(), { code: 'EISDIR' });
      if (!options.overwrite) throw Object.assign(new Error(), { code: 'EEXIST' });
    }
    const file = await open(probe, 'wx');
    await file.close();
  } catch (cause) {
    throw writeError(path, cause);
  } finally {
    await unlink(probe).catch(() => undefined);
  }
}
