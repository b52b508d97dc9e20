import { readdirSync } from 'node:fs';
import { copyFile, link, mkdir, readFile, rm, writeFile, chmod } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { build as buildPage } from 'vite';
import { missingPackages, packedFiles, type PackedFile, type Target } from './appFiles.ts';

/**
 * Makes the desktop app's folder, laid out as the checkout is, with JavaScript in place of TypeScript: what Forge
 * packages, and what the tests run.
 */

export const checkout = join(import.meta.dirname, '..');

/** What begins a process or a thread. Each becomes one file, so that little is read at a start. */
export const entries = [
  'electron/main.ts',
  'electron/preload.ts',
  'electron/child.ts',
  'cli/main.ts',
  'engine/main.ts',
  ...readdirSync(join(checkout, 'engine'), { recursive: true, encoding: 'utf8' })
    .map((path) => `engine/${path.split(sep).join('/')}`)
    .filter((path) => /\.(main|worker)\.ts$/.test(path)),
];

/** Packages that come along as they are: they bring binaries, or are looked for when they are needed. */
const outside = ['onnxruntime-node', '@ffmpeg-installer/*', '@ffprobe-installer/*', 'ffmpeg-static', 'vite'];

/** Our files find each other by their own addresses, and keep them inside of a bundle. */
const ownAddresses = (outputFolder: string): Plugin => ({
  name: 'own addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (path.includes('node_modules') || !text.includes('import.meta.url')) return undefined;
      const own = relative(outputFolder, join(checkout, relative(checkout, path).replace(/ts$/, 'js')));
      const address = `new URL(${JSON.stringify(own.replaceAll('\\', '/'))}, import.meta.url).href`;
      return { contents: text.replaceAll('import.meta.url', address), loader: 'ts' };
    });
  },
});

/** Bundled packages that are CommonJS expect these. The names are ours and no code's that is bundled. */
const commonJs = [
  "import { createRequire as __requireOf } from 'node:module';",
  "import { fileURLToPath as __pathOf } from 'node:url';",
  'const require = __requireOf(import.meta.url);',
  "const __filename = __pathOf(import.meta.url), __dirname = __pathOf(new URL('.', import.meta.url));",
].join('');

/** Bundles one entry. The preload is a script of a sandboxed page and has to be CommonJS. */
async function bundle(entry: string, folder: string): Promise<Metafile> {
  const isPreload = entry === 'electron/preload.ts';
  const { metafile } = await build({
    entryPoints: [join(checkout, entry)],
    outdir: folder,
    outbase: checkout,
    outExtension: isPreload ? { '.js': '.cjs' } : {},
    bundle: true,
    // The main process reads only what its window needs before that is there.
    splitting: entry === 'electron/main.ts',
    chunkNames: 'electron/[name]-[hash]',
    platform: 'node',
    format: isPreload ? 'cjs' : 'esm',
    target: 'node20',
    external: ['electron', ...outside],
    banner: isPreload ? {} : { js: commonJs },
    plugins: [ownAddresses(dirname(join(checkout, entry)))],
    metafile: true,
    logLevel: 'error',
    legalComments: 'eof',
    absWorkingDir: checkout,
  });
  return metafile!;
}

/** @returns what each bundle imports from outside, by the bundle's path in the app */
export async function bundleAll(folder: string): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>();
  await Promise.all(
    entries.map(async (entry) => {
      const { outputs } = await bundle(entry, folder);
      for (const [path, output] of Object.entries(outputs)) {
        const names = output.imports.filter(({ external }) => external).map(({ path: name }) => name);
        imports.set(relative(folder, join(checkout, path)), [...new Set(names)].sort());
      }
    }),
  );
  return imports;
}

/**
 * @param page built already; else it is built
 * @throws Error where binaries of the target are not installed, without which the app would be made and not work
 */
export async function makeApp(folder: string, target: Target, page?: string): Promise<Map<string, string[]>> {
  const files = await packedFiles(checkout, target, page);
  const missing = missingPackages(target, files);
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')}: not installed. Make the app on its own system, after npm ci.`);
  }
  await rm(folder, { recursive: true, force: true });
  const imports = await bundleAll(folder);
  if (page === undefined) {
    await buildPage({
      configFile: join(checkout, 'renderer/vite.config.ts'),
      logLevel: 'error',
      build: { outDir: join(folder, 'dist/renderer'), emptyOutDir: true },
    });
  }
  for (const file of files) await put(file, folder);
  return imports;
}

async function put({ path, source, content, isProgram }: PackedFile, folder: string): Promise<void> {
  const to = join(folder, path);
  await mkdir(dirname(to), { recursive: true });
  if (content !== undefined) return writeFile(to, content);
  // Several hundred megabytes: on the same disk a second name is enough.
  if (!isProgram) return link(source!, to).catch(() => copyFile(source!, to));
  await copyFile(source!, to);
  await chmod(to, 0o755);
}
