import { lstat } from 'node:fs/promises';
import { mediaFingerprint } from '../media/fingerprint.ts';
import type { About } from './projectFolder.ts';

/**
 * Whether a project's medium lies where it says and is the file that was heard. A folder made by a stranger could
 * name any file; only one whose fingerprint it knows is ever shown, heard, or written beside.
 */
export async function isMediaThere({ media }: Pick<About, 'media'>): Promise<boolean> {
  if (!media) return false;
  const stats = await lstat(media.path).catch(() => undefined);
  if (!stats?.isFile() && !stats?.isSymbolicLink()) return false;
  return (await mediaFingerprint(media.path).catch(() => '')) === media.fingerprint;
}
