import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findMediaTools } from '../../engine/media/tools.ts';
import { recitalFolder } from './cli.ts';
import { writeWav } from './wav.ts';

/** Makes media files of every kind out of clips laid on silence: what people bring, whole and broken. */

const run = promisify(execFile);

/** Runs the ffmpeg that the product finds. The bundled one of 2018 can do all that is asked for here. */
export async function ffmpeg(...args: string[]): Promise<void> {
  const { ffmpeg: tool } = await findMediaTools();
  await run(tool.path, ['-v', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1 << 26 });
}

/** The ffmpegs to try the product with: the one it finds and the bundled one, where they differ. */
export async function ffmpegsToTry(): Promise<string[]> {
  const { ffmpeg: found } = await findMediaTools();
  const { path: bundled } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
  return [...new Set([found.path, bundled])].filter((path) => existsSync(path));
}

export const clipPath = (clip: string) => join(recitalFolder, 'clips', `${clip}.flac`);

/** A clip's samples at 16 kHz, decoded without the product. */
export async function readClip(clip: string): Promise<Float32Array> {
  const { ffmpeg: tool } = await findMediaTools();
  const args = ['-v', 'error', '-i', clipPath(clip), '-ar', '16000', '-ac', '1', '-f', 'f32le', 'pipe:1'];
  const { stdout } = await run(tool.path, args, { encoding: 'buffer', maxBuffer: 1 << 26 });
  return new Float32Array(new Uint8Array(stdout).buffer);
}

export type PlacedClip = { clip: string; atMs: number };

/** What is said in the files made below. */
export const usualClips: PlacedClip[] = [
  { clip: 'austen-0880', atMs: 700 },
  { clip: 'rhasspy-2', atMs: 5000 },
];
export const usualLengthMs = 8500;

/** Clips on a floor of faint noise, as a WAV of 16 kHz. */
export async function writeSpeech(
  path: string,
  clips = usualClips,
  lengthMs = usualLengthMs,
): Promise<string> {
  const samples = new Float32Array(lengthMs * 16);
  let seed = 1;
  for (let i = 0; i < samples.length; i += 1) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    samples[i] = (seed / 0x7fffffff - 0.5) * 2e-4;
  }
  for (const { clip, atMs } of clips) {
    (await readClip(clip)).forEach((sample, i) => (samples[atMs * 16 + i] += sample));
  }
  await writeWav(path, samples);
  return path;
}

export type Recipe = {
  /** The file's name, which says what is special. */
  name: string;
  /** How much later than in the speech a player plays the clips (an encoder's delay included that no player knows). */
  laterMs?: [number, number];
  /** Makes the file out of a WAV of speech. */
  make: (speech: string, target: string, folder: string) => Promise<void>;
};

const encode =
  (...args: string[]): Recipe['make'] =>
  (speech, target) =>
    ffmpeg('-i', speech, ...args, target);

const withPicture =
  (...args: string[]): Recipe['make'] =>
  (speech, target) =>
    ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'color=black:s=64x64:r=25:d=10',
      '-i',
      speech,
      '-map',
      '0:v',
      '-map',
      '1:a',
      ...args,
      target,
    );

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];

const holeAfterFirst = (seconds: number, ...args: string[]) =>
  encode('-af', `aresample=44100,asetpts='PTS+gte(T,4.2)*${seconds}/TB'`, ...args);

const late =
  (seconds: number, ...args: string[]): Recipe['make'] =>
  async (speech, target) =>
    ffmpeg(
      ...['-f', 'lavfi', '-i', 'color=black:s=64x64:r=25:d=14', '-itsoffset', String(seconds), '-i', speech],
      ...['-map', '0:v', '-map', '1:a', '-ar', '44100', ...args, target],
    );

/** WAV's length fields set to what a recorder leaves that was never stopped. */
const waveLengths =
  (bytes: number): Recipe['make'] =>
  async (speech, target) => {
    const wave = await readFile(speech);
    wave.writeUInt32LE(Math.min(bytes + 36, 0xffffffff) >>> 0, 4);
    wave.writeUInt32LE(bytes, wave.indexOf('data') + 4);
    await writeFile(target, wave);
  };

/** Names a track's codec so that nothing knows it. */
const unknownTrack =
  (which: 'first' | 'last'): Recipe['make'] =>
  async (speech, target, folder) => {
    const plain = join(folder, `two-tracks-${which}.mp4`);
    await ffmpeg('-i', speech, '-map', '0:a', '-map', '0:a', '-ar', '44100', '-c:a', 'aac', plain);
    const bytes = await readFile(plain);
    for (const name of ['mp4a', 'esds']) {
      const index = bytes.indexOf('moov');
      const at = which === 'first' ? bytes.indexOf(name, index) : bytes.lastIndexOf(name);
      bytes.write('zzzz', at, 'latin1');
    }
    await writeFile(target, bytes);
  };

/** A cover picture that says it is a PNG and is not. */
const lyingCover: Recipe['make'] = async (speech, target, folder) => {
  const plain = join(folder, 'plain.mp3');
  await ffmpeg('-i', speech, '-ar', '44100', '-c:a', 'libmp3lame', '-id3v2_version', '0', plain);
  const jpeg = join(folder, 'cover.jpg');
  await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=200x200', '-frames:v', '1', jpeg);
  const picture = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), await readFile(jpeg)]);
  const frame = Buffer.alloc(10);
  frame.write('APIC', 0, 'latin1');
  frame.writeUInt32BE(picture.length, 4);
  const tag = Buffer.alloc(10);
  tag.write('ID3\x03\0\0', 0, 'latin1');
  const size = frame.length + picture.length;
  [21, 14, 7, 0].forEach((shift, i) => (tag[6 + i] = (size >> shift) & 0x7f));
  await writeFile(target, Buffer.concat([tag, frame, picture, await readFile(plain)]));
};

const stereoInverted = (...args: string[]) => encode('-af', 'pan=stereo|c0=c0|c1=-1*c0', ...args);

/** A webm as browsers record it: nobody went back to write its length. */
const webmWithoutLength: Recipe['make'] = async (speech, target) => {
  const { ffmpeg: tool } = await findMediaTools();
  const args = ['-v', 'error', '-i', speech, '-c:a', 'libopus', '-f', 'webm', 'pipe:1'];
  const { stdout } = await run(tool.path, args, { encoding: 'buffer', maxBuffer: 1 << 26 });
  await writeFile(target, stdout);
};

/** Everything that plays, with where its clips must be found. */
export const soundRecipes: Recipe[] = [
  { name: 'u8.wav', make: encode('-c:a', 'pcm_u8') },
  { name: 's16-8kHz.wav', make: encode('-ar', '8000') },
  { name: 's16-11025Hz.wav', make: encode('-ar', '11025') },
  { name: 's24-96kHz.wav', make: encode('-ar', '96000', '-c:a', 'pcm_s24le') },
  { name: 's32-48kHz.wav', make: encode('-ar', '48000', '-c:a', 'pcm_s32le') },
  { name: 'f32-192kHz.wav', make: encode('-ar', '192000', '-c:a', 'pcm_f32le') },
  { name: 'telephone-mulaw.wav', make: encode('-ar', '8000', '-c:a', 'pcm_mulaw') },
  { name: 'length-0.wav', make: waveLengths(0) },
  { name: 'length-endless.wav', make: waveLengths(0xffffffff) },
  { name: 'length-too-short.wav', make: waveLengths(16000) },
  { name: 'constant.mp3', make: encode('-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '96k') },
  {
    name: 'variable-without-header.mp3',
    make: encode('-ar', '44100', '-c:a', 'libmp3lame', '-q:a', '2', '-write_xing', '0'),
    // Nothing tells a player of the encoder's delay then.
    laterMs: [25, 25],
  },
  { name: 'lying-cover.mp3', make: lyingCover },
  { name: 'aac.m4a', make: encode('-ar', '44100', '-c:a', 'aac') },
  { name: 'vorbis.ogg', make: encode('-ar', '44100', '-c:a', 'libvorbis') },
  { name: 'opus.opus', make: encode('-c:a', 'libopus') },
  { name: 'plain.flac', make: encode('-ar', '48000') },
  { name: 'adts.aac', make: encode('-ar', '48000', '-c:a', 'aac'), laterMs: [21, 21] },
  { name: 'wma.wma', make: encode('-ar', '44100', '-c:a', 'wmav2'), laterMs: [46, 46] },
  { name: 'flac.mkv', make: encode('-ar', '44100', '-c:a', 'flac') },
  { name: 'film.mp4', make: withPicture(...h264, '-ar', '48000', '-c:a', 'aac') },
  { name: 'film.mov', make: withPicture(...h264, '-ar', '48000', '-c:a', 'pcm_s16le') },
  {
    name: 'film.avi',
    make: withPicture('-c:v', 'mpeg4', '-ar', '44100', '-c:a', 'libmp3lame'),
    laterMs: [25, 25],
  },
  {
    name: 'film.mpg',
    make: withPicture('-c:v', 'mpeg2video', '-ar', '48000', '-c:a', 'mp2'),
    laterMs: [10, 10],
  },
  { name: 'film.ts', laterMs: [21, 21], make: withPicture(...h264, '-ar', '48000', '-c:a', 'aac') },
  {
    name: 'film.webm',
    laterMs: [5, 5],
    make: withPicture('-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus'),
  },
  { name: 'without-length.webm', laterMs: [5, 5], make: webmWithoutLength },
  { name: 'unknown-first.mp4', make: unknownTrack('first') },
  { name: 'unknown-last.mp4', make: unknownTrack('last') },
  {
    name: 'surround-5.1.mkv',
    make: encode('-af', 'pan=5.1|FC=c0', '-ar', '48000', '-c:a', 'ac3'),
    laterMs: [5, 5],
  },
  { name: 'surround-7.1.flac', make: encode('-af', 'pan=7.1|FC=0.5*c0|FL=0.2*c0|FR=0.2*c0', '-ar', '48000') },
  { name: 'one-side.wav', make: encode('-af', 'pan=stereo|c0=0*c0|c1=c0') },
  { name: 'inverted.wav', make: stereoInverted() },
  { name: 'inverted.mp3', make: stereoInverted('-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '96k') },
  { name: 'late-1.5s.mp4', make: late(1.5, ...h264, '-c:a', 'aac'), laterMs: [1500, 1500] },
  { name: 'late-4.2s.mp4', make: late(4.2, ...h264, '-c:a', 'aac'), laterMs: [4200, 4200] },
  { name: 'late-1.5s.mkv', make: late(1.5, ...h264, '-c:a', 'flac'), laterMs: [1500, 1500] },
  { name: 'late-1.5s.ts', make: late(1.5, ...h264, '-c:a', 'mp2'), laterMs: [1500, 1500] },
  {
    name: 'late-without-picture.m4a',
    make: (speech, target) =>
      ffmpeg('-itsoffset', '1.5', '-i', speech, '-ar', '44100', '-c:a', 'aac', target),
    laterMs: [1500, 1500],
  },
  { name: 'hole-1.5s.mkv', make: holeAfterFirst(1.5, '-c:a', 'flac'), laterMs: [0, 1500] },
  { name: 'hole-10s.mkv', make: holeAfterFirst(10, '-c:a', 'libvorbis'), laterMs: [0, 10000] },
  { name: 'hole-10s.mp4', make: holeAfterFirst(10, '-c:a', 'aac'), laterMs: [0, 10000] },
  { name: 'hole-10s.ts', make: holeAfterFirst(10, '-c:a', 'mp2'), laterMs: [11, 10011] },
  { name: 'hole-3h.mkv', make: holeAfterFirst(10800, '-c:a', 'flac'), laterMs: [0, 10_800_000] },
];

/** File names that programs trip over, as far as this system allows them. */
export const oddNames = [
  'two words.wav',
  'it\'s “quoted” "twice".wav',
  'a:b.wav',
  'concat:x.wav',
  'data:talk.wav',
  '-lead.wav',
  '%03d.wav',
  'emoji 🎤🗣️.wav',
  'line\nbreak.wav',
  'nfd-e\u0301te\u0301.wav',
  'percent %20 #hash?query&x=1;y|z*[1].wav',
  `${'long'.repeat(59)}.wav`,
].filter((name) => process.platform !== 'win32' || !/[:"\n*?|]/.test(name));
