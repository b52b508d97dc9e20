import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

/** What the app is made for. */
export type Target = { platform: 'linux' | 'win32' | 'darwin'; arch: 'x64' | 'arm64' };

/** This machine. */
export function targetHere(): Target {
  return { platform: process.platform as Target['platform'], arch: process.arch as Target['arch'] };
}

/** A file of the app beside its bundles. */
export type PackedFile = {
  /** In the app's folder, with `/`. */
  path: string;
  /** Where it is taken from; missing where its content is given. */
  source?: string;
  content?: string;
  isProgram: boolean;
};

/**
 * What lies beside the archive, as Forge's archive calls it: whatever is started, opened by a library, or named after
 * its times. In it are the main process, its preload and its pictures.
 */
export const besideArchive = {
  unpackDir: '{cli,dist,engine,native-models,node_modules}',
  unpack: '**/child.js',
};

const programs = new Set(['ffmpeg', 'ffprobe', 'ffmpeg.exe', 'ffprobe.exe']);
/** Of packages: types, maps and sources for other readers than Node. */
const unneeded = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown)$|(^|\/)(types|test|tests|script|scripts|docs|esm)\//;

/** Which of our own files go along as they are; the bundles take their code. */
const ownFiles: [folder: string, isWanted: (path: string) => boolean][] = [
  ['engine/speech/silero', (path) => /_sequence\.onnx$|LICENSE/.test(path)],
  ['native-models/embedded', () => true],
  // The cached conversion of a model is named after the converter's files.
  ['native-models/checkpoint', (path) => path.endsWith('.ts')],
  ['native-models/onnx', (path) => path.endsWith('.ts')],
  ['electron/icons', (path) => path.endsWith('.png')],
];

/**
 * The list of files that a target's app has beside its bundles: our data, the page, and the packages with binaries,
 * without the binaries of other platforms.
 * @param page the folder of a built page; where it is missing, the page is there already
 */
export async function packedFiles(checkout: string, target: Target, page?: string): Promise<PackedFile[]> {
  const files: PackedFile[] = [await ownPackage(checkout)];
  for (const name of ['LICENSE', 'THIRD-PARTY.md']) files.push(fileAt(checkout, name));
  for (const [folder, isWanted] of ownFiles) {
    for (const path of await filesBelow(join(checkout, folder))) {
      if (isWanted(path)) files.push(fileAt(checkout, `${folder}/${path}`));
    }
  }
  for (const path of page === undefined ? [] : await filesBelow(page)) {
    files.push({ path: `dist/renderer/${path}`, source: join(page!, path), isProgram: false });
  }
  for (const name of packagesOf(target)) {
    for (const path of await filesBelow(join(checkout, 'node_modules', name))) {
      if (isNeeded(name, path, target)) files.push(fileAt(checkout, `node_modules/${name}/${path}`));
    }
  }
  return files;
}

/** Packages that cannot be bundled, with what they need to run (their installers not). */
export function packagesOf({ platform, arch }: Target): string[] {
  // There is no ffprobe and no ffmpeg of its own for Windows on ARM, which runs the other.
  const binaries = platform === 'win32' ? 'win32-x64' : `${platform}-${arch}`;
  return [
    'onnxruntime-node',
    'onnxruntime-common',
    '@ffmpeg-installer/ffmpeg',
    `@ffmpeg-installer/${binaries}`,
    '@ffprobe-installer/ffprobe',
    `@ffprobe-installer/${binaries}`,
  ];
}

/** Of those the ones that nothing is there of: npm installs binaries for its own system alone. */
export function missingPackages(target: Target, files: readonly PackedFile[]): string[] {
  return packagesOf(target).filter(
    (name) => !files.some(({ path }) => path.startsWith(`node_modules/${name}/`)),
  );
}

function isNeeded(name: string, path: string, { platform, arch }: Target): boolean {
  if (unneeded.test(path) || path.startsWith('node_modules/')) return /LICEN[CS]E/i.test(basename(path));
  if (name !== 'onnxruntime-node') return true;
  return !path.startsWith('bin/') || path.startsWith(`bin/napi-v6/${platform}/${arch}/`);
}

function fileAt(checkout: string, path: string): PackedFile {
  return { path, source: join(checkout, path), isProgram: programs.has(basename(path)) };
}

/** The app's own package.json: what Electron and `--version` read of ours. */
async function ownPackage(checkout: string): Promise<PackedFile> {
  const { name, version, description, license, author, desktopName, main } = JSON.parse(
    await readFile(join(checkout, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const own = {
    name,
    productName: 'Sewscribe',
    version,
    description,
    license,
    author,
    // By it a desktop of Linux knows which entry of its menu a window and its progress belong to.
    desktopName,
    type: 'module',
    main,
  };
  return { path: 'package.json', content: `${JSON.stringify(own, null, 2)}\n`, isProgram: false };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
