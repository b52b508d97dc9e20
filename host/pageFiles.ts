import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textAnswer, type Answer } from './answers.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const built = join(checkout, 'dist/renderer');
const viteConfig = join(checkout, 'renderer/vite.config.ts');
/** What the page is made of. */
const sources = [
  'renderer',
  'transcript',
  'engine/contract',
  'engine/contract.ts',
  'files/mediaNames.ts',
].map((name) => join(checkout, name));

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The page's files by their address. Only what was found at the start is served, so an address is never a path. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, string>;

  private constructor(files: Map<string, string>) {
    this.#files = files;
  }

  /** @param folder a built page; without an index.html a line says what is missing */
  static async open(folder: string): Promise<PageFiles> {
    const files = new Map<string, string>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(`/${relative(folder, path).split(sep).join('/')}`, path);
    }
    return new PageFiles(files);
  }

  /** A file of the page; undefined where there is none of that address. */
  async answer(address: string): Promise<Answer | undefined> {
    const name = address === '/' ? '/index.html' : address;
    const path = this.#files.get(name);
    if (path) {
      const type = contentTypes[extname(path)] ?? 'application/octet-stream';
      return { status: 200, headers: { 'Content-Type': type }, body: await readFile(path) };
    }
    if (name !== '/index.html') return undefined;
    return textAnswer(
      200,
      'Sewscribe runs. Its page has not been built: run "npx vite build --config renderer/vite.config.ts".',
    );
  }
}

/** The folder of the built page. In a checkout it is built first where it is missing or older than its sources. */
export async function builtPage(say: (message: string) => void): Promise<string> {
  if (!existsSync(viteConfig) || !(await isStale())) return built;
  say('Building the page …');
  const { build } = (await import('vite' as string)) as { build(options: object): Promise<unknown> };
  await build({ configFile: viteConfig, logLevel: 'error' });
  return built;
}

async function isStale(): Promise<boolean> {
  const builtAt = await stat(join(built, 'index.html')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (builtAt === 0) return true;
  for (const source of sources) {
    if ((await newest(source)) > builtAt) return true;
  }
  return false;
}

async function newest(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  let latest = 0;
  for (const name of await readdir(path)) {
    if (name !== 'node_modules') latest = Math.max(latest, await newest(join(path, name)));
  }
  return latest;
}
