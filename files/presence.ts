import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import {
  copyFile,
  constants,
  link,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from './makeFolder.ts';

/**
 * Small files that say that a living process holds something. A process that was killed cannot take its file away, so
 * a file counts only while its process lives and keeps touching it: the number of a process is given out again.
 */

const touchEveryMs = 20_000;
const staleAfterMs = 90_000;

const note = z.object({ processId: z.number().int().positive(), host: z.string() });

/** Takes back what was announced. */
export type Release = () => void;

/** Whether a process of this machine runs. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(processId);
}

/**
 * On Linux a process that has ended keeps its number until its parent takes note: an orphan's for as long as the first
 * process likes, which in a container may be for ever.
 */
function isZombie(processId: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // Behind the name, which may have brackets of its own.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

/** The process that a file stands for, while it lives; null where there is none any more. */
export async function holderOf(path: string): Promise<number | null> {
  const stats = await stat(path).catch(() => null);
  if (!stats || Date.now() - stats.mtimeMs > staleAfterMs) return null;
  const parsed = note.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '')));
  if (!parsed.success) return null;
  const { processId, host } = parsed.data;
  return host !== hostname() || isAlive(processId) ? processId : null;
}

/**
 * Says in a folder that this process holds it, beside others that may hold it too.
 * @throws the file system's error where it cannot be written
 */
export async function announce(folder: string): Promise<Release> {
  await makeFolder(folder);
  const path = join(folder, ownName());
  await writeFile(path, ownNote());
  return keepTouched(path);
}

/** The living processes that hold a folder; what dead ones have left is removed. */
export async function holdersOf(folder: string): Promise<number[]> {
  const holders: number[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const holder = await holderOf(join(folder, name));
    if (holder !== null) holders.push(holder);
    else await rm(join(folder, name), { force: true });
  }
  return holders;
}

/** Another process has the lock. */
export class Locked extends Error {
  override name = 'Locked';
  readonly processId: number;

  constructor(processId: number) {
    super(`process ${processId} has the lock`);
    this.processId = processId;
  }
}

/**
 * Takes a lock for this process alone; one that a dead process has left is broken.
 * @throws Locked
 */
export async function lock(path: string): Promise<Release> {
  const folder = dirname(path);
  await makeFolder(folder);
  const own = join(folder, `.${ownName()}`);
  // Written first and then given its name, so that nobody ever reads half of it.
  await writeFile(own, ownNote());
  try {
    while (!(await nameExclusively(own, path))) {
      const holder = await holderOf(path);
      if (holder !== null) throw new Locked(holder);
      await rename(path, `${own}.stale`).catch(() => undefined);
      await rm(`${own}.stale`, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
  return keepTouched(path);
}

async function nameExclusively(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') throw cause;
      // A file system without hard links.
      return copyFile(from, to, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function keepTouched(path: string): Release {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, touchEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    try {
      // At once: a process that lets go is often about to end.
      rmSync(path, { force: true });
    } catch {
      // One that stays counts for nothing once it is no longer touched.
    }
  };
}

const ownName = () => `${process.pid}-${randomBytes(4).toString('hex')}`;
const ownNote = () => JSON.stringify({ processId: process.pid, host: hostname() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
