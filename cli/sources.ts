import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { kindOfFile } from '../files/mediaNames.ts';
import { CommandFailure, exitCodes, usageFailure } from './failures.ts';

/**
 * The files that a person means: a folder stands for the media in it.
 * @throws CommandFailure where a folder holds none
 */
export async function expandSources(named: string[], recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const name of named) {
    if (name === '') throw usageFailure('a source has an empty name.');
    if (/^https?:\/\//.test(name))
      throw usageFailure(`"${name}" is an address; download the file and name it here.`);
    if (name === '-')
      throw usageFailure('standard input cannot be read, since a file is read in several places at once.');
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
    } else if (!entry.name.startsWith('.') && kindOfFile(extname(entry.name)) === 'media') {
      found.push(path);
    }
  }
  return found;
}
