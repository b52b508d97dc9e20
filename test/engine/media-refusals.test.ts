import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decode } from '../../engine/media/decode.ts';
import { mediaFingerprint } from '../../engine/media/fingerprint.ts';
import { probe } from '../../engine/media/probe.ts';
import { SourceError } from '../../engine/media/types.ts';
import { temporaryFolder } from '../support/cli.ts';
import { hear } from '../support/listening.ts';
import { ffmpeg, oddNames, writeSpeech } from '../support/media.ts';

/** What cannot be transcribed: one sentence that names the file, and no other file or address is touched. */

// Dozens of programs are started, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
afterAll(() => rm(folder, { recursive: true, force: true }));
const speech = join(folder, 'speech.wav');
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  await writeSpeech(speech);
});

type Row = { name: string; make?: (path: string) => Promise<unknown>; sentence: RegExp };

const rows: Row[] = [
  { name: 'missing.mp4', sentence: /“missing.mp4” does not exist/ },
  { name: 'a folder.mp4', make: (path) => mkdir(path), sentence: /is a folder/ },
  { name: 'empty.mp3', make: (path) => writeFile(path, ''), sentence: /empty \(0 bytes\)/ },
  {
    name: 'text.mp3',
    make: (path) => writeFile(path, 'These are words, and no sound at all.\n'.repeat(400)),
    sentence: /“text.mp3” is not a media file/,
  },
  {
    name: 'rubbish.m4a',
    make: (path) =>
      writeFile(
        path,
        Uint8Array.from({ length: 9000 }, (_, i) => (i * i * 31 + i) & 0x7f),
      ),
    sentence: /is not a media file/,
  },
  {
    name: 'silent film.mp4',
    make: (path) => ffmpeg('-f', 'lavfi', '-i', 'color=black:s=64x64:d=1', '-c:v', 'libx264', path),
    sentence: /“silent film.mp4” has no audio track/,
  },
  {
    name: 'picture.png',
    make: (path) => ffmpeg('-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', path),
    sentence: /“picture.png”/,
  },
  {
    name: 'no index.mp4',
    make: async (path) => {
      await ffmpeg('-i', speech, '-ar', '44100', '-c:a', 'aac', path);
      await truncate(path, Math.floor((await readFile(path)).length * 0.7));
    },
    sentence: /“no index.mp4” breaks off before its index was written/,
  },
  {
    name: 'playlist.m3u8',
    make: (path) =>
      writeFile(path, '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nspeech.wav\n#EXT-X-ENDLIST\n'),
    sentence: /is a playlist/,
  },
  {
    name: 'playlist.mp3',
    make: (path) =>
      writeFile(path, '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n'),
    sentence: /playlist.mp3/,
  },
  {
    name: 'concat.wav',
    make: (path) => writeFile(path, 'ffconcat version 1.0\nfile speech.wav\n'),
    sentence: /concat.wav/,
  },
];

describe('refused with one sentence', () => {
  test.each(rows)('$name', async ({ name, make, sentence }) => {
    await make?.(at(name));
    const error: unknown = await probe(at(name)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SourceError);
    const { message } = error as SourceError;
    expect(message).toMatch(sentence);
    expect(message).toContain(name);
    expect(message).toMatch(/^[^\n]*[.;:][^\n]*\.$/);
  });

  test('a named pipe, without waiting for someone to write into it', async () => {
    const pipe = at('pipe.wav');
    execFileSync('mkfifo', [pipe]);
    await expect(probe(pipe)).rejects.toThrow(/“pipe.wav” is a named pipe/);
  });

  test('a device', async () => {
    await expect(probe('/dev/zero')).rejects.toThrow(/“zero” is a device/);
  });
});

describe('between probing and decoding', () => {
  test('the file is gone', async () => {
    const path = at('gone.wav');
    await copyFile(speech, path);
    const info = await probe(path);
    await rm(path);
    const { blocks, report } = decode(info, { channels: 'mix' });
    await expect(blocks.next()).rejects.toThrow(/“gone.wav” does not exist/);
    await expect(report).rejects.toThrow(SourceError);
  });

  test('the file has become rubbish', async () => {
    const path = at('spoilt.flac');
    await ffmpeg('-i', speech, path);
    const info = await probe(path);
    await writeFile(path, 'fLaC and nothing that belongs to it'.repeat(100));
    await expect(decode(info, { channels: 'mix' }).blocks.next()).rejects.toThrow(/“spoilt.flac” is damaged/);
  });

  test('a track is asked for that is not there', async () => {
    const info = await probe(speech);
    await expect(decode(info, { channels: 'mix', track: 2 }).blocks.next()).rejects.toThrow(
      /no audio track 2/,
    );
  });
});

describe('odd file names are names and nothing else', () => {
  const named = at('named');
  const short = at('short.wav');

  beforeAll(async () => {
    await ffmpeg('-i', speech, '-t', '0.5', short);
    await mkdir(named);
  });

  test.each(oddNames)('%s', async (name) => {
    const path = join(named, name);
    await copyFile(short, path);
    const { report } = await hear(path);
    expect(report).toEqual({ endMs: 500, warnings: [], incomplete: false });
  });
});

// Other systems refuse such names.
if (process.platform === 'linux')
  test('a name whose bytes are no UTF-8, in a folder with such a name', async () => {
    const short = at('plain.wav');
    await ffmpeg('-i', speech, '-t', '0.5', short);
    const bytes = (text: string) => Buffer.from(text, 'latin1');
    const odd = Buffer.concat([Buffer.from(folder), bytes('/caf\xe9')]);
    await mkdir(odd);
    await copyFile(short, Buffer.concat([odd, bytes('/stra\xdfe.wav')]));
    const shown = join(folder, 'caf\ufffd', 'stra\ufffde.wav');
    const { info, report } = await hear(shown);
    expect(report).toEqual({ endMs: 500, warnings: [], incomplete: false });
    expect(info.path).toBe(shown);
    expect(await mediaFingerprint(shown)).toBe(await mediaFingerprint(short));
    await expect(probe(join(folder, 'nothing\ufffd.wav'))).rejects.toThrow(/does not exist/);
  });
