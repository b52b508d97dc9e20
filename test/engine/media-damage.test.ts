import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { RubbishFinder, type Packet } from '../../engine/media/rubbish.ts';
import { temporaryFolder } from '../support/cli.ts';
import { findClip, hear } from '../support/listening.ts';
import { ffmpeg, readClip, usualClips, writeSpeech } from '../support/media.ts';

/** Broken files: what can be read is read and lies in the right place, and the person is told what is missing. */

// Dozens of programs are started, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
afterAll(() => rm(folder, { recursive: true, force: true }));
const clips: Float32Array[] = [];
let speech = '';

beforeAll(async () => {
  speech = await writeSpeech(join(folder, 'speech.wav'));
  for (const { clip } of usualClips) clips.push(await readClip(clip));
  await mkdir(join(folder, 'broken'));
});

/** 4000 bytes of noise over the silence between the clips. */
function hole(bytes: Buffer): Buffer {
  const spoilt = Buffer.from(bytes);
  const start = Math.floor(bytes.length * 0.47);
  let state = 7;
  for (let i = start; i < start + 4000; i += 1) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    spoilt[i] = state >> 16;
  }
  return spoilt;
}

const zeros = (bytes: Buffer) => {
  const start = Math.floor(bytes.length * 0.47);
  return Buffer.from(bytes).fill(0, start, start + 4000);
};
const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);

type Row = {
  name: string;
  encode: string[];
  spoil: (bytes: Buffer) => Buffer;
  /** Which of the two clips are still there. */
  heard: number[];
  warning: RegExp;
  toleranceMs?: number;
};

const mp3 = ['-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '64k'];
const aac = ['-ar', '44100', '-c:a', 'aac', '-b:a', '64k'];

const rows: Row[] = [
  { name: 'hole.mp3', encode: mp3, spoil: hole, heard: [0, 1], warning: /damaged at 00:00:0[345]/ },
  { name: 'zeros.mp3', encode: mp3, spoil: zeros, heard: [0, 1], warning: /damaged at 00:00:0[345]/ },
  {
    name: 'hole-variable.mp3',
    encode: ['-ar', '44100', '-c:a', 'libmp3lame', '-q:a', '4'],
    spoil: hole,
    heard: [0, 1],
    warning: /damaged at 00:00:0[345]/,
    // A variable rate leaves a guess.
    toleranceMs: 75,
  },
  {
    name: 'hole.aac',
    encode: [...aac, '-f', 'adts'],
    spoil: hole,
    // The ffmpeg of 2018 ends at the hole; how later ones go on is tested below.
    heard: [0],
    warning: /damaged/,
  },
  {
    name: 'hole.m4a',
    encode: [...aac, '-movflags', '+faststart'],
    spoil: hole,
    heard: [0, 1],
    warning: /damaged at/,
  },
  {
    name: 'half.mp3',
    encode: mp3,
    spoil: half,
    heard: [0],
    warning: /breaks off at 00:00:04.*promises 00:00:08.5/,
  },
  { name: 'half.flac', encode: [], spoil: half, heard: [0], warning: /breaks off at .*promises 00:00:08.5/ },
  {
    name: 'half.wav',
    encode: [],
    spoil: half,
    heard: [0],
    warning: /breaks off at 00:00:04.2.*promises 00:00:08.5/,
  },
  { name: 'half.mkv', encode: aac, spoil: half, heard: [0], warning: /breaks off at 00:00:0[34]/ },
  {
    // Its reader says that the file ends before the last frames have come.
    name: 'half-of-two.mka',
    encode: ['-map', '0', '-map', '0', '-c:a', 'libopus'],
    spoil: half,
    heard: [0],
    warning: /breaks off at 00:00:0[345].*promises 00:00:08.5/,
  },
  {
    name: 'half.mp4',
    encode: [...aac, '-movflags', '+faststart'],
    spoil: half,
    heard: [0],
    warning: /breaks off at 00:00:0[34]/,
  },
];

test.each(rows)('$name', async ({ name, encode, spoil, heard, warning, toleranceMs = 30 }) => {
  const whole = join(folder, name);
  const broken = join(folder, 'broken', name);
  await ffmpeg('-i', speech, ...encode, whole);
  await writeFile(broken, spoil(await readFile(whole)));
  const { blocks, report } = await hear(broken);
  for (const index of heard) {
    const { lateByMs, likeness } = findClip(blocks, clips[index], usualClips[index].atMs);
    expect(likeness).toBeGreaterThan(0.7);
    expect(Math.abs(lateByMs)).toBeLessThan(toleranceMs);
  }
  expect(report.incomplete).toBe(true);
  expect(report.warnings).toHaveLength(1);
  expect(report.warnings[0]).toMatch(warning);
  expect(report.warnings[0]).toContain(`“${name}”`);
});

describe('the time that rubbish held', () => {
  const frameBytes = 400;
  const adtsFrames = (count: number) => {
    const file = new Uint8Array(count * frameBytes).map((_, i) => (i * 7) & 0x7f);
    const header = [0xff, 0xf1, 0x50, 0x40, frameBytes >> 3, ((frameBytes & 7) << 5) | 0x1f];
    for (let at = 0; at < file.length; at += frameBytes) file.set(header, at);
    return file;
  };
  const packet = (ptsSeconds: number, bytes: number): Packet => ({
    ptsSeconds,
    durationSeconds: 0.02,
    bytes,
  });
  const finderOn = (kind: 'mp3' | 'adts', file: Uint8Array) =>
    new RubbishFinder(kind, 0, (position, length) =>
      Promise.resolve(file.subarray(position, position + length)),
    );

  test('ADTS: rubbish that ffmpeg skips without a word', async () => {
    const file = adtsFrames(100);
    file.fill(0x55, 40 * frameBytes, 50 * frameBytes);
    const finder = finderOn('adts', file);
    for (let i = 0; i < 90; i += 1) await finder.push(packet(i * 0.02, frameBytes));
    expect(finder.zones).toHaveLength(1);
    expect(finder.zones[0]).toMatchObject({
      bytes: 10 * frameBytes,
      countedFrames: 0,
      averageAfter: frameBytes,
    });
    expect(finder.zones[0].endPtsSeconds).toBeCloseTo(0.8, 6);
    expect(finder.end).toBe(file.length);
  });

  test('ADTS: a length spoilt so that it swallows what follows', async () => {
    const file = adtsFrames(100);
    file.fill(0x55, 40 * frameBytes, 41 * frameBytes);
    const finder = finderOn('adts', file);
    for (let i = 0; i < 40; i += 1) await finder.push(packet(i * 0.02, frameBytes));
    await finder.push(packet(0.8, 20 * frameBytes));
    for (let i = 41; i < 81; i += 1) await finder.push(packet(i * 0.02, frameBytes));
    expect(finder.zones).toMatchObject([{ bytes: 20 * frameBytes, countedFrames: 1 }]);
  });

  test('MP3: rubbish in one packet with a frame, and a tag between two recordings', async () => {
    const size = 365;
    const file = new Uint8Array(100 * size);
    // 44.1 kHz, 112 kbit/s
    for (let at = 0; at < file.length; at += size) file.set([0xff, 0xfb, 0x80, 0xc0], at);
    file.fill(0x55, 40 * size, 50 * size);
    file.set(new TextEncoder().encode('ID3'), 70 * size);
    const finder = finderOn('mp3', file);
    const sizes = [
      ...new Array<number>(40).fill(size),
      11 * size,
      ...new Array<number>(19).fill(size),
      5 * size,
    ];
    for (const [i, bytes] of sizes.entries()) await finder.push(packet(i * 0.02, bytes));
    await finder.push(packet(2, size));
    expect(finder.zones).toMatchObject([{ bytes: 11 * size, countedFrames: 1, averageBefore: size }]);
  });
});

test('recordings joined as files are not taken for damage', async () => {
  const tagged = join(folder, 'tagged.mp3');
  await ffmpeg('-i', speech, ...mp3, '-metadata', `comment=${'tag '.repeat(3000)}`, tagged);
  const joined = join(folder, 'joined.mp3');
  const bytes = await readFile(tagged);
  await writeFile(joined, Buffer.concat([bytes, bytes]));
  const { report, blocks } = await hear(joined);
  expect(report).toMatchObject({ warnings: [], incomplete: false });
  expect(findClip(blocks, clips[0], 8500 + 75 + usualClips[0].atMs).likeness).toBeGreaterThan(0.7);
});
