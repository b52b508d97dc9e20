import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { reachablePath } from './reachable.ts';
import { SourceError } from './types.ts';

/** A path as a sentence names it. */
export function named(path: string): string {
  return `“${basename(path)}”`;
}

/**
 * Refuses what ffmpeg must never be started on: what is missing, a folder, a pipe or device (reading would wait for
 * ever), an empty or forbidden file.
 *
 * @returns the path under which programs find the file
 * @throws SourceError
 */
export async function checkSource(path: string): Promise<string> {
  const reachable = await reachablePath(path);
  const stats = await stat(reachable).catch((error: NodeJS.ErrnoException) => {
    throw new SourceError(sentenceFor(error, path));
  });
  if (stats.isDirectory()) {
    throw new SourceError(`${named(path)} is a folder; choose the media file in it.`);
  }
  if (!stats.isFile()) {
    throw new SourceError(
      `${named(path)} is a ${stats.isFIFO() ? 'named pipe' : 'device'}, not a file; save its sound to a file first.`,
    );
  }
  if (stats.size === 0) throw new SourceError(`${named(path)} is empty (0 bytes); copy or export it again.`);
  await access(reachable, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new SourceError(sentenceFor(error, path));
  });
  return reachable;
}

function sentenceFor(error: NodeJS.ErrnoException, path: string): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${named(path)} does not exist at ${path}; check whether it was moved or renamed.`;
    case 'EACCES':
    case 'EPERM':
      return `${named(path)} cannot be opened without permission to read it; change its permissions or copy it to a folder of yours.`;
    default:
      return `${named(path)} cannot be read (${error.code ?? error.message}); check the disk or the network drive it is on.`;
  }
}
