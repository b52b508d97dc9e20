import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { kindOfFile } from '../files/mediaNames.ts';
import { CommandFailure, exitCodes, usageFailure } from './failures.ts';

/** The files that a person means, and the folders that stand for none: they fail as one source among several does. */
export type Sources = { files: string[]; failed: { source: string; cause: CommandFailure }[] };

/**
 * A folder stands for the media in it.
 * @throws CommandFailure where something else than files is named
 */
export async function expandSources(named: string[], recursive: boolean): Promise<Sources> {
  const files: string[] = [];
  const failed: Sources['failed'] = [];
  for (const name of named) {
    if (name === '') throw usageFailure('a source has an empty name.');
    if (/^https?:\/\//.test(name))
      throw usageFailure(`"${name}" is an address; download the file and name it here.`);
    if (name === '-')
      throw usageFailure('standard input cannot be read, since a file is read in several places at once.');
    const isFolder = (await stat(name).catch(() => undefined))?.isDirectory();
    if (!isFolder) {
      files.push(name);
      continue;
    }
    try {
      files.push(...(await mediaOf(name, recursive)));
    } catch (cause) {
      if (!(cause instanceof CommandFailure)) throw cause;
      failed.push({ source: name, cause });
    }
  }
  return { files: [...new Set(files)], failed };
}

async function mediaOf(folder: string, recursive: boolean): Promise<string[]> {
  const inside = await mediaIn(folder, recursive);
  if (inside.length > 0) return inside;
  const hint = recursive ? '' : '; --recursive looks into the folders below';
  throw new CommandFailure(`The folder "${folder}" holds no media${hint}.`, exitCodes.source);
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
