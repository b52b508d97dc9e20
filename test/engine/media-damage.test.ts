import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { findClip, hear } from '../support/listening.ts';
import { ffmpeg, readClip, usualClips, writeSpeech } from '../support/media.ts';

/** Broken files: what can be read is read and lies in the right place, and the person is told what is missing. */

const folder = temporaryFolder();
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
    // Without any count of frames the rate decides, so it is kept even here by noise.
    encode: ['-af', 'aeval=val(0)+0.03*(random(0)-0.5),aformat=channel_layouts=mono', ...aac, '-f', 'adts'],
    spoil: hole,
    heard: [0, 1],
    warning: /damaged/,
    toleranceMs: 75,
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
