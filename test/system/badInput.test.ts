import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { recitalFolder, sewscribe, temporaryFolder, type CommandResult } from '../support/cli.ts';
import { clipPath, clipText } from '../support/recitalMedia.ts';

/**
 * Bad input, places that cannot be written, and full disks. Root reads and writes everything, so the rows run without
 * the two capabilities that let it; tmpfs in a mount name space of their own are the full and the read-only disk.
 */

const home = temporaryFolder();
const folder = join(home, 'input');
const withoutPrivileges = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];

const ffmpeg = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: folder });

beforeAll(async () => {
  for (const tool of ['setpriv', 'unshare', 'mount', 'ffmpeg', 'mkfifo']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`]);
    } catch {
      throw new Error(`test:system needs ${tool}; on Debian: apt-get install util-linux coreutils ffmpeg`);
    }
  }
  if (process.getuid?.() !== 0)
    throw new Error('test:system needs root, to mount a small disk and to drop privileges');

  mkdirSync(folder);
  const clip = clipPath('cv1-1');
  writeFileSync(join(folder, 'zero.mp3'), '');
  writeFileSync(join(folder, 'text.mp3'), 'These are only words.\n'.repeat(300));
  mkdirSync(join(folder, 'folder.wav'));
  execFileSync('mkfifo', [join(folder, 'pipe.wav')]);
  ffmpeg('-f', 'lavfi', '-i', 'color=black:s=64x64:r=25:d=2', 'picture only.mp4');
  ffmpeg('-i', clip, '-c:a', 'aac', 'whole.mp4');
  copyFileSync(join(folder, 'whole.mp4'), join(folder, 'no moov.mp4'));
  truncateSync(join(folder, 'no moov.mp4'), Math.floor(statSync(join(folder, 'no moov.mp4')).size * 0.6));
  ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '0.01', 'blink.wav');
  ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono', '-t', '3600', 'hour of silence.flac');
  ffmpeg(
    '-i',
    clip,
    '-i',
    clipPath('librispeech-1'),
    '-filter_complex',
    '[0][1]concat=n=2:v=0:a=1,apad=pad_dur=4',
    'breaks off.flac',
  );
  truncateSync(
    join(folder, 'breaks off.flac'),
    Math.floor(statSync(join(folder, 'breaks off.flac')).size * 0.6),
  );
  for (const name of oddNames) copyFileSync(clip, join(folder, name));
  copyFileSync(clip, join(folder, 'unreadable.flac'));
  chmodSync(join(folder, 'unreadable.flac'), 0o000);
  mkdirSync(join(folder, 'closed'));
  chmodSync(join(folder, 'closed'), 0o555);
  const imported = await sewscribe(['models', 'import', recitalFolder, '--id', 'recital'], { home });
  expect(imported).toMatchObject({ exitCode: 0 });
});

const oddNames = [
  'with spaces.flac',
  `quo'te "s".flac`,
  'emoji 🎙️.flac',
  '-lead.flac',
  'a:b.flac',
  '100%03d.flac',
  'line\nbreak.flac',
  'concat:x.flac',
  `${'long '.repeat(48)}.flac`,
];

const run = (args: string[], wrap: string[] = withoutPrivileges): Promise<CommandResult> =>
  sewscribe(['transcribe', '--model', 'recital', ...args], { home, cwd: folder, wrap });

/** One sentence for a person, and nothing half-written in any folder of the test. */
function expectSentence({ stderr }: CommandResult, says: RegExp): void {
  expect(stderr).toMatch(says);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(6);
  expect(stderr).not.toMatch(/\n\s+at |Error:/);
}
const leftovers = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.part$|\.srt$/.test(name));

test.each([
  { name: 'missing.wav', exitCode: 3, says: /missing\.wav.*does not exist/ },
  { name: 'folder.wav', exitCode: 3, says: /folder\.wav.*no media/ },
  { name: 'zero.mp3', exitCode: 3, says: /zero\.mp3.*empty/ },
  { name: 'text.mp3', exitCode: 3, says: /text\.mp3.*not a media file/ },
  { name: 'picture only.mp4', exitCode: 3, says: /picture only\.mp4.*no audio track/ },
  { name: 'no moov.mp4', exitCode: 3, says: /no moov\.mp4.*breaks off/ },
  { name: 'unreadable.flac', exitCode: 3, says: /unreadable\.flac.*may not|unreadable\.flac.*permission/i },
  { name: 'pipe.wav', exitCode: 3, says: /pipe\.wav.*named pipe/ },
])('$name exits with $exitCode and one sentence', async ({ name, exitCode, says }) => {
  const result = await run([name]);
  expect(result).toMatchObject({ exitCode, stdout: '' });
  expectSentence(result, says);
  expect(leftovers()).toEqual([]);
});

test.each(['blink.wav', 'hour of silence.flac'])('%s has no words, which is no error', async (name) => {
  const result = await run([name, '--output', '-']);
  expect(result).toMatchObject({ exitCode: 0, stdout: '' });
  expect(result.stderr).toMatch(/no speech was found/);
});

test('a file that breaks off gives the text up to there, names the time, and exits with 1', async () => {
  const result = await run(['breaks off.flac', '--output', '-', '--case', 'lower']);
  expect(result.exitCode).toBe(1);
  expect(result.stdout.replace(/\n/g, ' ').toUpperCase()).toContain(clipText('cv1-1').slice(0, 30));
  expect(result.stderr).toMatch(/breaks off.*at \d\d:\d\d:\d/);
});

test.each(oddNames)('a file of the name %j is read and its text written beside it', async (name) => {
  const result = await run(['--', name]);
  expect(result).toMatchObject({ exitCode: 0 });
  accessSync(join(folder, name.replace(/\.flac$/, '.srt')));
  execFileSync('rm', ['--', name.replace(/\.flac$/, '.srt')], { cwd: folder });
});

test('an output folder that may not be written to is found before anything is recognised', async () => {
  const result = await run(['with spaces.flac', '--output-dir', 'closed']);
  expect(result).toMatchObject({ exitCode: 6, stdout: '' });
  expectSentence(result, /closed.*may not write there/);
  expect(leftovers()).toEqual([]);
});

/** Runs in a mount name space with a disk of its own at `disk`, and tells what lies there in the end. */
function onDisk(mountOptions: string, prepare: string, args: string[]): Promise<CommandResult> {
  mkdirSync(join(folder, 'disk'), { recursive: true });
  const script = `mount -t tmpfs -o ${mountOptions} tmpfs disk && ${prepare} && { "$@"; code=$?; echo "left: $(ls -A disk | tr '\\n' ' ')"; exit $code; }`;
  return run(args, ['unshare', '-m', 'sh', '-c', script, 'sh']);
}

test('a full disk: one sentence, and nothing half-written', async () => {
  const fill = 'dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null; true';
  const result = await onDisk('size=64k', fill, ['with spaces.flac', '--output-dir', 'disk']);
  expect(result).toMatchObject({ exitCode: 6, stdout: 'left: filler \n' });
  expectSentence(result, /with spaces\.srt.*the disk is full/);
});

test('a read-only disk: one sentence', async () => {
  const result = await onDisk('size=64k', 'mount -o remount,ro tmpfs disk', [
    'with spaces.flac',
    '--output-dir',
    'disk',
  ]);
  expect(result).toMatchObject({ exitCode: 6, stdout: 'left: \n' });
  expectSentence(result, /with spaces\.srt.*read-only/);
});

test.each([
  ['serve', '--port', '0'],
  ['transcribe', 'with spaces.flac', '--output', '-'],
])('a read-only disk where all is kept, for %s: one sentence', async (...args) => {
  mkdirSync(join(folder, 'disk'), { recursive: true });
  const result = await sewscribe(args, {
    home: join(folder, 'disk/not there/home'),
    cwd: folder,
    wrap: ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o ro tmpfs disk && exec "$@"', 'sh'],
  });
  expect(result).toMatchObject({ exitCode: 6 });
  expectSentence(result, /the disk is read-only/);
});

test('a full disk where the unfinished job is kept: one sentence', async () => {
  const small = join(folder, 'disk');
  const fill = `mkdir -p disk/models && cp -r "${join(home, 'models/recital')}" disk/models/ && dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null; true`;
  mkdirSync(small, { recursive: true });
  const script = `mount -t tmpfs -o size=8m tmpfs disk && ${fill} && exec "$@"`;
  const result = await sewscribe(['transcribe', 'with spaces.flac', '--model', 'recital', '--output', '-'], {
    home: small,
    cwd: folder,
    wrap: ['unshare', '-m', 'sh', '-c', script, 'sh'],
  });
  expect(result).toMatchObject({ exitCode: 6 });
  expectSentence(result, /the disk is full/);
});

test('standard output on a full disk: one sentence', async () => {
  const result = await sewscribe(['transcribe', 'with spaces.flac', '--model', 'recital', '--output', '-'], {
    home,
    cwd: folder,
    wrap: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'],
  });
  expect(result).toMatchObject({ exitCode: 6 });
  expectSentence(result, /standard output.*the disk is full/);
});

test('an ffmpeg that is ended from outside is not blamed on the file, and no part is taken for the whole', async () => {
  const dying = join(folder, 'dying ffmpeg');
  writeFileSync(
    dying,
    '#!/bin/sh\n[ "$1" = -version ] && exec ffmpeg -version\nffmpeg "$@" | head -c 90000\nkill -9 $$\n',
  );
  chmodSync(dying, 0o755);
  const result = await sewscribe(['transcribe', 'breaks off.flac', '--model', 'recital', '--format', 'vtt'], {
    home,
    cwd: folder,
    environment: { SEWSCRIBE_FFMPEG: dying },
  });
  expect(result).toMatchObject({ exitCode: 3 });
  expectSentence(result, /ended from outside while it read .*breaks off\.flac/);
  expect(readdirSync(folder)).not.toContain('breaks off.vtt');
});
