import { mkdtempSync, rmSync } from 'node:fs';
import { lstat, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';

/** What Node shows for bytes of a name that are no UTF-8. */
const replacement = '\ufffd';

const links = new Map<string, string>();
let linkFolder: string | null = null;

/**
 * A path under which programs find the file. It is the path itself, but where a name on the way holds bytes that are
 * no UTF-8 (old archives, other systems' disks): those cannot be handed to a program from Node, so a link leads there
 * as long as this process lives.
 *
 * @returns the path as it came where nothing fits it, or more than one file does
 */
export async function reachablePath(path: string): Promise<string> {
  if (process.platform === 'win32' || !path.includes(replacement)) return path;
  const known = links.get(path);
  if (known) return known;
  const target = await findBytes(resolve(path));
  if (!target) return path;
  linkFolder ??= makeLinkFolder();
  const link = join(linkFolder, `${links.size}${extname(path)}`);
  await symlink(target, link);
  links.set(path, link);
  return link;
}

/** The path's true bytes, part by part. */
async function findBytes(path: string): Promise<Buffer | null> {
  let found = Buffer.from('/');
  for (const part of path.split('/').filter((name) => name !== '')) {
    const plain = joinBytes(found, Buffer.from(part));
    const exists = await lstat(plain).then(
      () => true,
      () => false,
    );
    if (exists) {
      found = plain;
      continue;
    }
    const names = await readdir(found, { encoding: 'buffer' }).catch(() => []);
    const fitting = names.filter((name) => name.toString('utf8') === part);
    if (fitting.length !== 1) return null;
    found = joinBytes(found, fitting[0]);
  }
  return found;
}

function joinBytes(folder: Buffer, name: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([folder, Buffer.from(folder.at(-1) === 0x2f ? '' : '/'), name]);
}

function makeLinkFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sewscribe-names-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
