import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { kindOfFile } from '../files/mediaNames.ts';
import type { PageResult } from '../engine/contract.ts';
import type { Grant, Grants } from './grants.ts';

type Listing = PageResult<'files.list'>;
type FileEntry = Listing['files'][number];

/** More than this no person reads; the rest is left out. */
const largestFolder = 10_000;

/** The folders that a shell was given for pages to choose from. */
export class RootFolders {
  readonly #grants: Grants;
  readonly #roots: string[];

  private constructor(grants: Grants, roots: string[]) {
    this.#grants = grants;
    this.#roots = roots;
  }

  /** @param folders as a person named them; links in their own names are followed now and never again */
  static async open(grants: Grants, folders: readonly string[]): Promise<RootFolders> {
    return new RootFolders(grants, await Promise.all(folders.map((folder) => realpath(folder))));
  }

  /** What a folder holds; the given folders themselves where there is no id. Undefined where the id is not a folder's. */
  async list(folderId: string | null): Promise<Listing | undefined> {
    if (folderId === null) {
      return { path: [], folders: this.#roots.map((root) => this.#folder(root, root)), files: [] };
    }
    const grant = this.#grants.get(folderId);
    if (!grant?.root || !(await isWhereItWas(grant))) return undefined;
    const { path, root } = grant;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return undefined;
    const listing: Listing = { path: this.#pathTo(root, path), folders: [], files: [] };
    const shown = entries.filter(({ name }) => !name.startsWith('.')).slice(0, largestFolder);
    for (const { name } of shown.sort((a, b) => a.name.localeCompare(b.name))) {
      // A link may lead to anywhere inside, and to nowhere outside.
      const real = await realpath(join(path, name)).catch(() => undefined);
      if (!real || !isInside(root, real)) continue;
      const stats = await stat(real).catch(() => undefined);
      if (stats?.isDirectory()) listing.folders.push(this.#folder(root, real, name));
      else if (stats?.isFile()) {
        listing.files.push(entryOf(this.#grants.add({ path: real, name, root }), name, stats));
      }
    }
    return listing;
  }

  #folder(root: string, path: string, name = basename(path)): Listing['folders'][number] {
    return { folderId: this.#grants.add({ path, name, root }), name };
  }

  #pathTo(root: string, path: string): Listing['path'] {
    const parts = relative(root, path).split(sep).filter(Boolean);
    const steps = [root, ...parts.map((_, k) => join(root, ...parts.slice(0, k + 1)))];
    return steps.map((step) => this.#folder(root, step));
  }
}

/** The other files of a file's folder that are called as it is up to a dot; links, which may lead out, are left out. */
export async function besideFile(grants: Grants, { path, root }: Grant): Promise<FileEntry[]> {
  const folder = dirname(path);
  const firstPart = (name: string) => name.split('.')[0].normalize('NFC').toLowerCase();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const alike = entries
    .filter((entry) => entry.isFile() && entry.name !== basename(path))
    .filter(({ name }) => firstPart(name) === firstPart(basename(path)));
  const listed = alike.slice(0, largestFolder).map(async ({ name }) => {
    const other = join(folder, name);
    const stats = await stat(other).catch(() => undefined);
    return stats ? [entryOf(grants.add({ path: other, name, root }), name, stats)] : [];
  });
  return (await Promise.all(listed)).flat();
}

export function entryOf(mediaId: string, name: string, stats: { size: number; mtimeMs: number }): FileEntry {
  return { mediaId, name, bytes: stats.size, changedAtMs: stats.mtimeMs, kind: kindOfFile(extname(name)) };
}

/** Whether a listed file or folder is still itself and has not become a link that leads out. */
export async function isWhereItWas({ path, root }: Grant): Promise<boolean> {
  if (root === undefined) return true;
  return (await realpath(path).catch(() => undefined)) === path && isInside(root, path);
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
