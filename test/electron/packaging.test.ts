import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { createPackageWithOptions, statFile } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import config from '../../forge.config.ts';
import { bundleAll, checkout, entries } from '../../build/app.ts';
import {
  besideArchive,
  missingPackages,
  packagesOf,
  packedFiles,
  type PackedFile,
  type Target,
} from '../../build/appFiles.ts';
import { installerArguments } from '../../build/installers.ts';
import { mediaExtensions, transcriptExtensions } from '../../files/mediaNames.ts';

/** The list of files that would be packaged, for every platform, where no Electron can be had to put them into. */

const targets: Target[] = [
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
  { platform: 'darwin', arch: 'arm64' },
];
const here = targets[0];
const nameOf = ({ platform, arch }: Target) => `${platform}-${arch}`;

let folder: string;
let imports: Map<string, string[]>;
const lists = new Map<Target, PackedFile[]>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sewscribe bundles '));
  imports = await bundleAll(folder);
  for (const target of targets) lists.set(target, await packedFiles(checkout, target));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the main process reads later lies beside it. */
const isReadLater = (path: string) => /^electron\/[\w-]+-[A-Z0-9]{8}\.js$/.test(path);
const pathsOf = (target: Target) => lists.get(target)!.map(({ path }) => path);

test('every process and thread has its bundle, and a bundle imports only Node, Electron and what is packaged', () => {
  expect([...imports.keys()].filter((path) => !isReadLater(path)).sort()).toEqual(
    entries.map((entry) => entry.replace(/\.ts$/, entry.includes('preload') ? '.cjs' : '.js')).sort(),
  );
  const packaged = new Set(packagesOf(here));
  // Vite builds the page, which a packaged app has; the others make `ws` and `debug` faster or prettier, if they are there.
  const optional = new Set(['vite', 'bufferutil', 'utf-8-validate', 'supports-color']);
  for (const [bundle, names] of imports) {
    const others = names.filter(
      (name) =>
        !name.startsWith('node:') &&
        !builtinModules.includes(name) &&
        !packaged.has(name) &&
        !optional.has(name),
    );
    expect(others, bundle).toEqual(bundle.startsWith('electron/') && others.length > 0 ? ['electron'] : []);
  }
});

test('every file of ours that is started by its address is a bundle', async () => {
  const started: string[] = [];
  for (const room of ['engine', 'files', 'host', 'native-models']) {
    for (const path of await readdir(join(checkout, room), { recursive: true })) {
      if (!path.endsWith('.ts')) continue;
      const text = await readFile(join(checkout, room, path), 'utf8');
      if (!text.includes('import.meta.url')) continue;
      for (const [, address] of text.matchAll(/'(\.{1,2}\/[\w./-]+\.js)'/g)) {
        started.push(join(room, dirname(path), address).split(sep).join('/'));
      }
    }
  }
  const known = [
    'engine/main.js',
    'engine/modelWork/modelWork.worker.js',
    'engine/recognition/alignment.worker.js',
    'engine/recognition/beam/beam.worker.js',
    // Recognisers, and the punctuation network's process.
    'engine/recognition/recogniser.main.js',
  ];
  expect([...new Set(started)].sort()).toEqual(known);
  expect(started.filter((path) => !imports.has(path))).toEqual([]);
});

test('what is looked for when it is needed is there too', async () => {
  const engine = await readFile(join(folder, 'engine/main.js'), 'utf8');
  for (const name of ['@ffmpeg-installer/ffmpeg', '@ffprobe-installer/ffprobe']) {
    expect(engine).toContain(`"${name}"`);
    expect(pathsOf(here)).toContain(`node_modules/${name}/index.js`);
  }
  const packages = new Set(packagesOf(here));
  for (const name of packages) {
    const { dependencies = {} } = JSON.parse(
      await readFile(join(checkout, 'node_modules', name, 'package.json'), 'utf8'),
    ) as { dependencies?: Record<string, string> };
    // Those two are its installer's, which is not packaged.
    const needed = Object.keys(dependencies).filter((one) => !['adm-zip', 'global-agent'].includes(one));
    expect(
      needed.filter((one) => !packages.has(one)),
      name,
    ).toEqual([]);
  }
});

describe.each(targets.map((target) => [nameOf(target), target] as const))('%s', (_name, target) => {
  test('has its own binaries and no other platform’s', () => {
    const { platform, arch } = target;
    const paths = pathsOf(target);
    const runtime = paths.filter((path) => path.startsWith('node_modules/onnxruntime-node/bin/'));
    const own = `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}/`;
    expect(runtime.filter((path) => !path.startsWith(own))).toEqual([]);
    expect(runtime).toContain(`${own}onnxruntime_binding.node`);
    expect(runtime.some((path) => /libonnxruntime|onnxruntime\.dll/.test(path))).toBe(true);
    const others = targets.map(nameOf).filter((other) => other !== nameOf(target) && other !== 'win32-x64');
    expect(paths.filter((path) => others.some((other) => path.includes(`-installer/${other}/`)))).toEqual([]);
  });

  test('has what a recording needs, and nothing of a checkout', () => {
    const paths = pathsOf(target);
    expect(paths).toEqual(
      expect.arrayContaining([
        'package.json',
        'LICENSE',
        'THIRD-PARTY.md',
        'engine/speech/silero/silero_vad_sequence.onnx',
        'native-models/embedded/embedded.json',
        'native-models/embedded/sew-d-embedded/model.safetensors',
        'native-models/embedded/language/english.lm',
        'native-models/embedded/language/english-punctuation/model.json',
        'native-models/embedded/language/english-punctuation/model.onnx',
        'native-models/embedded/speakers/model.onnx',
      ]),
    );
    expect(paths.filter((path) => /\.(d\.ts|map|md)$|^(test|docs|bench)\//.test(path))).toEqual([
      'THIRD-PARTY.md',
      ...paths.filter((path) => path.startsWith('native-models/embedded/') && path.endsWith('.md')),
    ]);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

test('an app whose binaries are not installed is not made', () => {
  expect(missingPackages(here, lists.get(here)!)).toEqual([]);
  const { platform, arch } = targets[1];
  const others = ['@ffmpeg-installer', '@ffprobe-installer'].map((scope) => `${scope}/${platform}-${arch}`);
  expect(missingPackages(targets[1], lists.get(here)!)).toEqual(others);
});

test('on this machine ffmpeg and ffprobe come with their run bit, and the whole stays below 300 MB', async () => {
  const files = lists.get(here)!;
  expect(files.filter(({ isProgram }) => isProgram).map(({ path }) => path)).toEqual([
    'node_modules/@ffmpeg-installer/linux-x64/ffmpeg',
    'node_modules/@ffprobe-installer/linux-x64/ffprobe',
  ]);
  let bytes = 0;
  for (const { source } of files) if (source) bytes += (await stat(source)).size;
  for (const bundle of imports.keys()) bytes += (await stat(join(folder, bundle))).size;
  console.log(
    `The app without Electron: ${(bytes / 1e6).toFixed(0)} MB in ${files.length + imports.size} files.`,
  );
  expect(bytes).toBeLessThan(300e6);
});

test('in the archive is only what Electron itself reads; what is started or opened lies beside it', async () => {
  const app = join(folder, 'app');
  const paths = [...pathsOf(here), ...imports.keys(), 'dist/renderer/index.html'];
  for (const path of paths) {
    await mkdir(dirname(join(app, path)), { recursive: true });
    await writeFile(join(app, path), path);
  }
  const archive = join(folder, 'app.asar');
  await createPackageWithOptions(app, archive, besideArchive);
  const inside = paths.filter((path) => {
    const found = statFile(archive, path);
    return 'size' in found && !found.unpacked;
  });
  expect(inside.filter((path) => !isReadLater(path)).sort()).toEqual([
    'LICENSE',
    'THIRD-PARTY.md',
    'electron/icons/icon.png',
    'electron/icons/tray.png',
    'electron/icons/trayTemplate.png',
    'electron/icons/trayTemplate@2x.png',
    'electron/main.js',
    'electron/preload.cjs',
    'package.json',
  ]);
  const later = [...imports.keys()].filter(isReadLater);
  expect(later.length).toBeGreaterThan(0);
  expect(inside.filter(isReadLater).sort()).toEqual(later.sort());
});

test('Forge takes nothing of the checkout but what our script makes', () => {
  const { ignore, asar } = config.packagerConfig;
  expect(asar).toBe(besideArchive);
  expect(
    ['', '/package.json', '/node_modules', '/electron', '/.git'].filter((path) => !ignore(path)),
  ).toEqual(['', '/package.json']);
});

type Installers = {
  fileAssociations: { ext: string[] }[];
  linux: { executableName: string; mimeTypes: string[] };
};
const readInstallers = async () =>
  JSON.parse(await readFile(join(checkout, 'build/installers.json'), 'utf8')) as Installers;

test('installers open what the app can read; a Mac’s app says the same of itself', async () => {
  const { fileAssociations, linux } = await readInstallers();
  const [recordings, subtitles] = fileAssociations;
  expect(recordings.ext.filter((extension) => !mediaExtensions.includes(extension))).toEqual([]);
  expect(subtitles.ext.filter((extension) => !transcriptExtensions.includes(extension))).toEqual([]);
  // An installer leaves the app as Forge made it.
  const { CFBundleDocumentTypes: types } = config.packagerConfig.extendInfo;
  expect(types.map(({ CFBundleTypeExtensions: extensions }) => extensions)).toEqual(
    fileAssociations.map(({ ext }) => ext),
  );
  // Linux goes by types alone.
  expect(linux.mimeTypes.filter((type) => !/^(audio|video)\//.test(type))).toEqual([
    'application/x-subrip',
    'text/vtt',
  ]);
});

test('the app begins with a bundle, which Forge asks the checkout for; a window of Linux belongs to its entry', async () => {
  const { linux } = await readInstallers();
  const own = lists.get(here)!.find(({ path }) => path === 'package.json')!;
  const { main } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { main: string };
  expect([...imports.keys()]).toContain(main);
  expect(JSON.parse(own.content!)).toMatchObject({
    main,
    author: 'Sewscribe contributors',
    desktopName: `${linux.executableName}.desktop`,
  });
});

test('a deb is made where its maker’s page is known; updates come from where nobody else can be', () => {
  const without = installerArguments(here, {});
  expect(without).toEqual(
    expect.arrayContaining(['--prepackaged', join('out', 'Sewscribe-linux-x64'), 'AppImage']),
  );
  expect(without).not.toContain('deb');
  const known = installerArguments(here, { SEWSCRIBE_HOMEPAGE: 'https://example.com/' });
  expect(known).toEqual(
    expect.arrayContaining(['AppImage', 'deb', '-c.extraMetadata.homepage=https://example.com/']),
  );
  const address = (SEWSCRIBE_UPDATES: string) => installerArguments(here, { SEWSCRIBE_UPDATES });
  expect(address('https://example.com/')).toContain('-c.publish.url=https://example.com/');
  expect(address('')).toEqual(without);
  for (const other of ['http://example.com/', 'example.com', 'file:///tmp']) {
    expect(() => address(other)).toThrow('https://');
  }
});
