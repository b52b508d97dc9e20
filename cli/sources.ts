import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CommandFailure, exitCodes } from './failures.ts';

/** Extensions by which a folder's media are known; a file that is named itself may have any. */
const mediaExtensions = new Set(
  (
    'aac ac3 aif aiff amr asf avi caf dts eac3 f4v flac flv m2ts m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpeg mpg mts mxf oga ogg ogv opus ' +
    'ra rm spx tta ts vob wav weba webm wma wmv wv 3gp 3g2'
  ).split(' '),
);

/**
 * The files that a person means: a folder stands for the media in it.
 * @throws CommandFailure where a folder holds none
 */
export async function expandSources(named: string[], recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const name of named) {
    const isFolder = (await stat(name).catch(() => undefined))?.isDirectory();
    if (!isFolder) {
      found.push(name);
      continue;
    }
    const inside = await mediaIn(name, recursive);
    if (inside.length === 0) {
      const hint = recursive ? '' : '; --recursive looks into the folders below';
      throw new CommandFailure(`The folder "${name}" holds no media${hint}.`, exitCodes.source);
    }
    found.push(...inside);
  }
  return [...new Set(found)];
}

async function mediaIn(folder: string, recursive: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new CommandFailure(`The folder "${folder}" cannot be read: ${cause.message}.`, exitCodes.source);
  });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (recursive && !entry.name.startsWith('.')) found.push(...(await mediaIn(path, recursive)));
    } else if (
      !entry.name.startsWith('.') &&
      mediaExtensions.has(extname(entry.name).slice(1).toLowerCase())
    ) {
      found.push(path);
    }
  }
  return found;
}
