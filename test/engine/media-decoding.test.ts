import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decode } from '../../engine/media/decode.ts';
import { mediaFingerprint } from '../../engine/media/fingerprint.ts';
import { PeakMeter } from '../../engine/media/peaks.ts';
import { probe } from '../../engine/media/probe.ts';
import { shotChanges } from '../../engine/media/shots.ts';
import { findMediaTools } from '../../engine/media/tools.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { childProcesses, findClip, hear, stretch } from '../support/listening.ts';
import { writeWav } from '../support/wav.ts';
import { ffmpeg, ffmpegsToTry, readClip, usualClips, writeSpeech } from '../support/media.ts';

/** Ranges, channels, tracks, stopping, memory: what a caller may ask of the decoder. */

// Dozens of programs are started, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const clips: Float32Array[] = [];
let speech = '';
let hour = '';

beforeAll(async () => {
  speech = await writeSpeech(at('speech.wav'));
  for (const { clip } of usualClips) clips.push(await readClip(clip));
  // One clip at 0, 65, 700 and 3000 s.
  const clip = join(projectFolder, 'test/fixtures/recital/clips/austen-0880.flac');
  hour = at('hour.flac');
  const delays = [0, 65, 700, 3000].map(
    (seconds, i) => `[${i}]aresample=16000,adelay=${seconds * 1000}[d${i}]`,
  );
  await ffmpeg(
    ...[0, 1, 2, 3].flatMap(() => ['-i', clip]),
    ...['-filter_complex', `${delays.join(';')};[d0][d1][d2][d3]amix=inputs=4:duration=longest`],
    ...['-compression_level', '0', hour],
  );
});

describe('a range is cut to the sample', () => {
  const rows: [string, string[]][] = [
    ['range.wav', []],
    ['range.mp3', ['-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '64k']],
    ['range-variable.mp3', ['-ar', '44100', '-c:a', 'libmp3lame', '-q:a', '3', '-write_xing', '0']],
    ['range.m4a', ['-ar', '44100', '-c:a', 'aac']],
    ['range.ogg', ['-ar', '44100', '-c:a', 'libvorbis']],
    ['range.webm', ['-c:a', 'libopus']],
    ['range.flac', []],
    ['range.ts', ['-ar', '44100', '-c:a', 'mp2']],
    ['range-hole.mkv', ['-af', "asetpts='PTS+gte(T,4.2)*1.5/TB'", '-c:a', 'flac']],
  ];
  test.each(rows)('%s', async (name, encode) => {
    await ffmpeg('-i', speech, ...encode, at(name));
    const whole = await hear(at(name));
    const part = await hear(at(name), { fromMs: 4737.5, toMs: 7200 });
    const from = Math.round(4737.5 * 16);
    const to = 7200 * 16;
    // In the one with a hole nothing is there until it ends.
    if (!name.includes('hole')) expect(part.blocks[0].startSample).toBe(from);
    expect(part.report.endMs).toBe(7200);
    const pattern = stretch(whole.blocks, 0, from, to - from);
    const { lateByMs, likeness } = findClip(part.blocks, pattern, 4737.5);
    expect(likeness).toBeGreaterThan(0.98);
    // Time stamps in whole milliseconds leave that much open.
    expect(Math.abs(lateByMs)).toBeLessThanOrEqual(/webm|mkv/.test(name) ? 1 : 1 / 16);
  });

  test('with a late start and an offset clock', async () => {
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'color=black:s=64x64:d=12', '-itsoffset', '3', '-i', speech],
      ...['-map', '0', '-map', '1', '-c:v', 'libx264', '-ar', '48000', '-c:a', 'aac', at('late.mp4')],
    );
    const { blocks } = await hear(at('late.mp4'), { fromMs: 7500, toMs: 11000 });
    const { lateByMs, likeness } = findClip(blocks, clips[1], usualClips[1].atMs + 3000);
    expect(likeness).toBeGreaterThan(0.95);
    expect(Math.abs(lateByMs)).toBeLessThan(2);
  });

  test('a range behind the end, and one of nothing', async () => {
    for (const range of [{ fromMs: 60_000 }, { fromMs: 1000, toMs: 1000 }]) {
      const { blocks, report } = await hear(speech, range);
      expect(blocks).toEqual([]);
      expect(report.warnings).toEqual([]);
    }
  });
});

test('clips lie right through an hour, of which little is held', async () => {
  const info = await probe(hour);
  const { blocks, report } = decode(info, { channels: 'mix' });
  const near = [0, 65, 700, 3000];
  const kept = [];
  for await (const block of blocks) {
    const seconds = block.startSample / 16000;
    if (near.some((start) => seconds > start - 3 && seconds < start + 5)) kept.push(block);
  }
  for (const seconds of near) {
    const { lateByMs, likeness } = findClip(kept, clips[0], seconds * 1000);
    expect(likeness).toBeGreaterThan(0.9);
    expect(Math.abs(lateByMs)).toBeLessThan(2);
  }
  expect((await report).endMs).toBeCloseTo(3_002_990, -1);
});

test('ffmpeg waits while the consumer does', async () => {
  const { blocks } = decode(await probe(hour), { channels: 'mix' });
  await blocks.next();
  const before = process.memoryUsage().arrayBuffers;
  await setTimeout(700);
  // The hour is 190 MB of samples, and ffmpeg would have read all of it several times over.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6);
  await blocks.return(undefined);
});

describe('stopping', () => {
  const ffmpegName: unknown = expect.stringMatching(/^ffmpeg/);

  test('the signal ends ffmpeg and the iteration', async () => {
    const stop = new AbortController();
    const info = await probe(hour);
    const { blocks, report } = decode(info, { channels: 'mix', signal: stop.signal });
    await blocks.next();
    expect(await childProcesses()).toContainEqual(ffmpegName);
    stop.abort(new Error('enough'));
    await expect(blocks.next()).rejects.toThrow('enough');
    await expect(report).rejects.toThrow('enough');
    expect(await childProcesses()).not.toContainEqual(ffmpegName);
  });

  test('a consumer that leaves early takes ffmpeg with it', async () => {
    const { blocks, report } = decode(await probe(hour), { channels: 'mix' });
    for await (const block of blocks) if (block.startSample > 16000) break;
    expect(await childProcesses()).not.toContainEqual(ffmpegName);
    expect((await report).incomplete).toBe(false);
  });

  test('a signal that was given before', async () => {
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(decode(await probe(speech), { channels: 'mix', signal }).blocks.next()).rejects.toThrow(
      'never mind',
    );
    await expect(probe(speech, signal)).rejects.toThrow('never mind');
  });
});

describe('channels and tracks', () => {
  test('two people, a channel each', async () => {
    await ffmpeg('-i', speech, '-af', 'pan=stereo|c0=c0|c1=0*c0', at('left.wav'));
    await ffmpeg('-i', speech, '-af', 'adelay=300,pan=stereo|c0=0*c0|c1=c0', at('right.wav'));
    await ffmpeg('-i', at('left.wav'), '-i', at('right.wav'), '-filter_complex', '[0][1]amix', at('two.wav'));
    const { blocks } = await hear(at('two.wav'), { channels: 'split' });
    expect(blocks[0].channels).toHaveLength(2);
    expect(findClip(blocks, clips[0], usualClips[0].atMs, 0)).toMatchObject({ lateByMs: 0 });
    expect(findClip(blocks, clips[0], usualClips[0].atMs + 300, 1)).toMatchObject({ lateByMs: 0 });
    expect(findClip(blocks, clips[0], usualClips[0].atMs, 1).likeness).toBeLessThan(0.5);
  });

  test('six channels, split in their order', async () => {
    await ffmpeg('-i', speech, '-af', 'pan=5.1|FR=c0', '-ar', '48000', at('six.flac'));
    const { blocks } = await hear(at('six.flac'), { channels: 'split' });
    expect(blocks[0].channels).toHaveLength(6);
    expect(findClip(blocks, clips[0], usualClips[0].atMs, 1).likeness).toBeGreaterThan(0.95);
  });

  test('twelve channels, which no layout names', async () => {
    const mono = (await hear(speech)).blocks;
    const samples = new Float32Array(8500 * 16 * 12);
    stretch(mono, 0, 0, 8500 * 16).forEach((sample, i) => (samples[i * 12 + 9] = sample));
    await writeWav(at('twelve.wav'), samples, { channels: 12 });
    const { blocks } = await hear(at('twelve.wav'), { channels: 'split' });
    expect(blocks[0].channels).toHaveLength(12);
    expect(findClip(blocks, clips[0], usualClips[0].atMs, 9).likeness).toBeGreaterThan(0.95);
    const mixed = await hear(at('twelve.wav'));
    expect(findClip(mixed.blocks, clips[0], usualClips[0].atMs).likeness).toBeGreaterThan(0.9);
  });

  test('the second track, and what is known of both', async () => {
    await ffmpeg(
      ...[
        '-f',
        'lavfi',
        '-i',
        'sine=300:d=8',
        '-i',
        speech,
        '-map',
        '0',
        '-map',
        '1',
        '-ar',
        '48000',
        '-c:a',
        'aac',
      ],
      ...[
        '-metadata:s:a:0',
        'language=ger',
        '-metadata:s:a:1',
        'language=eng',
        '-metadata:s:a:1',
        'title=Talk\nof two',
      ],
      at('tracks.mkv'),
    );
    const { blocks, info } = await hear(at('tracks.mkv'), { track: 2 });
    expect(info.tracks).toMatchObject([
      { number: 1, language: 'ger', title: null, codec: 'aac', channels: 1, sampleRateHz: 48000 },
      { number: 2, language: 'eng', decodable: true },
    ]);
    expect(info.tracks[1].title).toMatch(/^Talk\s*of two$/);
    expect(findClip(blocks, clips[0], usualClips[0].atMs + 21).likeness).toBeGreaterThan(0.9);
  });

  test('of several tracks the one that the file calls its default, and one that is asked for', async () => {
    const target = at('default.mkv');
    const isDefault = ['-disposition:a:0', '0', '-disposition:a:1', 'default'];
    const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono'];
    const maps = ['-map', '1:a', '-map', '0:a', '-shortest'];
    await ffmpeg('-i', speech, ...silence, ...maps, '-c:a', 'flac', ...isDefault, target);
    const { blocks, info } = await hear(target);
    expect(info.tracks).toMatchObject([{ isDefault: false }, { isDefault: true }]);
    expect(findClip(blocks, clips[0], usualClips[0].atMs).likeness).toBeGreaterThan(0.9);
    const { blocks: silent } = await hear(target, { track: 1 });
    expect(silent.every(({ channels }) => channels.every((one) => one.every((sample) => sample === 0)))).toBe(
      true,
    );
  });

  test('AMR, which the ffmpeg here may be unable to write', async () => {
    const { blocks } = await hear(join(projectFolder, 'test/fixtures/media/austen-0880.amr'));
    const { lateByMs, likeness } = findClip(blocks, clips[0], 0);
    expect(likeness).toBeGreaterThan(0.4);
    expect(Math.abs(lateByMs)).toBeLessThan(12);
  });

  test('10 ms of sound', async () => {
    await ffmpeg('-i', speech, '-t', '0.01', at('short.wav'));
    const { blocks, report } = await hear(at('short.wav'));
    expect(blocks.map((block) => block.channels[0].length)).toEqual([160]);
    expect(report).toEqual({ endMs: 10, warnings: [], incomplete: false });
  });
});

describe('beside the decoder', () => {
  test('peaks: a byte for each 10 ms, zeros in a hole', async () => {
    await ffmpeg('-i', speech, '-af', "asetpts='PTS+gte(T,4.2)*100/TB'", '-c:a', 'flac', at('peaks.mkv'));
    const { blocks, report } = await hear(at('peaks.mkv'));
    const meter = new PeakMeter();
    const pieces: Uint8Array[] = [];
    for (const block of blocks) pieces.push(...meter.add(block));
    pieces.push(...meter.end());
    const peaks = Buffer.concat(pieces);
    expect(peaks.length).toBe(Math.ceil(report.endMs / 10));
    const loudest = (fromMs: number, toMs: number) => Math.max(...peaks.subarray(fromMs / 10, toMs / 10));
    expect(loudest(700, 3000)).toBeGreaterThan(30);
    expect(loudest(4500, 104_000)).toBe(0);
    expect(loudest(105_000, 107_000)).toBeGreaterThan(30);
  });

  test('a fingerprint goes with the sound, not with the name', async () => {
    await mkdir(at('elsewhere'));
    await copyFile(speech, at('elsewhere/other name.wav'));
    const original = await mediaFingerprint(speech);
    expect(await mediaFingerprint(at('elsewhere/other name.wav'))).toBe(original);
    const bytes = new Uint8Array(300_000);
    const prints = new Set<string>();
    for (const changed of [0, 150_000, 299_999]) {
      bytes.fill(0);
      bytes[changed] = 1;
      await writeFile(at('bytes.bin'), bytes);
      prints.add(await mediaFingerprint(at('bytes.bin')));
    }
    expect(prints.size).toBe(3);
  });
});

test.each(await ffmpegsToTry())('changes of the picture are found where they are, by %s', async (program) => {
  vi.stubEnv('SEWSCRIBE_FFMPEG', program);
  const pictures = ['red', 'white', 'blue'].flatMap((color) => [
    '-f',
    'lavfi',
    '-i',
    `color=${color}:s=160x90:r=10:d=2`,
  ]);
  const film = at(`film ${basename(dirname(program))}.mkv`);
  const joined = ['-filter_complex', '[0][1][2]concat=n=3:v=1[v]', '-map', '[v]', '-map', '3'];
  await ffmpeg(...pictures, '-i', speech, ...joined, '-c:v', 'mpeg4', '-c:a', 'flac', film);
  expect(await shotChanges(film)).toEqual([2000, 4000]);
  expect(await shotChanges(speech)).toEqual([]);
  vi.unstubAllEnvs();
});

test('a named ffmpeg that does not run is passed over', async () => {
  vi.stubEnv('SEWSCRIBE_FFMPEG', '');
  const usual = await findMediaTools();
  vi.stubEnv('SEWSCRIBE_FFMPEG', speech);
  expect((await findMediaTools()).ffmpeg).toEqual(usual.ffmpeg);
  vi.unstubAllEnvs();
});
