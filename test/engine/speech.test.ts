import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../engine/media/types.ts';
import type { SpeechWindow } from '../../engine/speech/types.ts';
import { chunkSamples, VoiceDetector } from '../../engine/speech/vad.ts';
import { speechWindows, type WindowOptions } from '../../engine/speech/windows.ts';
import { projectFolder } from '../support/cli.ts';
import { readClip } from '../support/media.ts';
import { loadOnnxRuntime } from '../../native-models/onnxRuntime.ts';

/** Voice activity and the windows that the recogniser gets. */

const second = 16000;
const clips = new Map<string, Float32Array>();
const clipNames = [
  ...['grid-bbbm2p', 'grid-bbwgzn', 'grid-brbg2n', 'austen-0880', 'austen-0890', 'librispeech-1'],
  ...['librispeech-2', 'librispeech-3', 'rhasspy-1', 'rhasspy-2', 'cv1-1', 'cv1-2'],
];

beforeAll(async () => {
  for (const name of clipNames) clips.set(name, await readClip(name));
});

const clip = (name: string) => clips.get(name)!;
const silence = (seconds: number) => new Float32Array(Math.round(seconds * second));

function noise(seconds: number, amplitude: number): Float32Array {
  let state = 5;
  return silence(seconds).map(() => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state / 0x7fffffff - 0.5) * 2 * amplitude;
  });
}

function joined(...parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Speech without a pause worth the name: clips with their quiet ends cut off. */
function unbroken(seconds: number): Float32Array {
  const trimmed = ['austen-0890', 'librispeech-1', 'librispeech-2', 'cv1-1', 'rhasspy-1'].map((name) => {
    const samples = clip(name);
    const loud = 0.05 * samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const first = samples.findIndex((sample) => Math.abs(sample) > loud);
    const last = samples.findLastIndex((sample) => Math.abs(sample) > loud);
    return samples.slice(first, last);
  });
  const parts: Float32Array[] = [];
  for (let i = 0, length = 0; length < seconds * second; i += 1) {
    parts.push(trimmed[i % trimmed.length]);
    length += parts[i].length;
  }
  return joined(...parts).slice(0, seconds * second);
}

async function* blocksOf(
  channels: Float32Array[],
  startSample = 0,
  size = 16384,
): AsyncGenerator<AudioBlock> {
  for (let at = 0; at < channels[0].length; at += size) {
    yield {
      startSample: startSample + at,
      channels: channels.map((samples) => samples.slice(at, at + size)),
    };
  }
}

async function windowsOf(
  blocks: AsyncIterable<AudioBlock>,
  options?: WindowOptions,
): Promise<SpeechWindow[]> {
  const windows: SpeechWindow[] = [];
  for await (const window of speechWindows(blocks, options)) windows.push(window);
  return windows;
}

/** What every window promises, whatever the sound. */
function checkWindows(windows: SpeechWindow[], channels: Float32Array[]): void {
  const ends = new Map<number, number>();
  windows.forEach((window, index) => {
    const { channel, startSample, endSample, samplesStart, samples } = window;
    expect(endSample).toBeGreaterThan(startSample);
    expect(startSample).toBeGreaterThanOrEqual(ends.get(channel) ?? 0);
    ends.set(channel, endSample);
    expect(samplesStart).toBeLessThanOrEqual(startSample);
    expect(samplesStart + samples.length).toBeGreaterThanOrEqual(endSample);
    expect(samples.length).toBeLessThanOrEqual(20 * second);
    const original = channels[channel].slice(samplesStart, samplesStart + samples.length);
    expect(Buffer.from(samples.buffer).equals(Buffer.from(original.buffer))).toBe(true);
    if (index > 0) expect(startSample).toBeGreaterThanOrEqual(windows[index - 1].startSample);
  });
}

/** From the first word to the last: as GRID states it, elsewhere all that is a tenth as loud as the loudest. */
async function spokenPart(name: string): Promise<[number, number]> {
  if (name.startsWith('grid-')) {
    const file = join(projectFolder, 'test/media', `${name.slice(5)}.align`);
    const words = (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => /\d/.test(line) && !/ sil\s*$/.test(line));
    const perUnit = second / 25000;
    return [Number(words[0].split(' ')[0]) * perUnit, Number(words.at(-1)!.split(' ')[1]) * perUnit];
  }
  const samples = clip(name);
  const loud = 0.1 * samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const isLoud = (sample: number) => Math.abs(sample) > loud;
  return [samples.findIndex(isLoud), samples.findLastIndex(isLoud)];
}

const covers = (windows: SpeechWindow[], from: number, to: number, channel = 0) =>
  windows.some((one) => one.channel === channel && one.startSample <= from && one.endSample >= to);

describe('voice detector', () => {
  test('says what the original network says, chunk by chunk', async () => {
    const speech = joined(
      silence(0.3),
      clip('librispeech-3'),
      noise(1, 0.05),
      clip('grid-bbbm2p'),
      clip('rhasspy-1'),
    );
    const samples = speech.slice(0, Math.floor(speech.length / chunkSamples) * chunkSamples);
    const file = join(projectFolder, 'engine/speech/silero/silero_vad_v5.onnx');
    const { InferenceSession, Tensor } = await loadOnnxRuntime();
    const original = await InferenceSession.create(await readFile(file), { intraOpNumThreads: 1 });
    const expected: number[] = [];
    let state = new Tensor('float32', new Float32Array(256), [2, 1, 128]);
    for (let at = 0; at < samples.length; at += chunkSamples) {
      const input = new Float32Array(576);
      if (at > 0) input.set(samples.subarray(at - 64, at));
      input.set(samples.subarray(at, at + chunkSamples), 64);
      const answer = await original.run({
        input: new Tensor('float32', input, [1, 576]),
        state,
        sr: new Tensor('int64', BigInt64Array.of(16000n), []),
      });
      expected.push((answer.output.data as Float32Array)[0]);
      state = answer.stateN as typeof state;
    }
    const detector = new VoiceDetector();
    // In two pieces, since what it remembers must carry over.
    const cut = 77 * chunkSamples;
    const found = [
      ...(await detector.detect(samples.slice(0, cut))),
      ...(await detector.detect(samples.slice(cut))),
    ];
    expect(found).toHaveLength(expected.length);
    expect(Math.max(...expected)).toBeGreaterThan(0.9);
    expect(Math.min(...expected)).toBeLessThan(0.1);
    found.forEach((probability, i) => expect(Math.abs(probability - expected[i])).toBeLessThan(1e-5));
  });

  test('refuses half a chunk', async () => {
    await expect(new VoiceDetector().detect(new Float32Array(600))).rejects.toThrow(RangeError);
  });
});

describe('windows', () => {
  test.each(clipNames)('%s: no word is lost', async (name) => {
    const samples = joined(silence(2), clip(name), silence(2));
    const windows = await windowsOf(blocksOf([samples]));
    checkWindows(windows, [samples]);
    expect(windows).toHaveLength(1);
    const [first, last] = await spokenPart(name);
    expect(covers(windows, 2 * second + first, 2 * second + last)).toBe(true);
    // And not much else.
    expect(windows[0].endSample - windows[0].startSample).toBeLessThan(clip(name).length + second);
  });

  test.each([
    ['a hundredth as loud', (samples: Float32Array) => samples.map((sample) => sample * 0.01)],
    [
      'in noise',
      (samples: Float32Array) => samples.map((sample, i) => sample + noiseBed[i % noiseBed.length] * 0.03),
    ],
    [
      'clipped',
      (samples: Float32Array) => samples.map((sample) => Math.max(-0.1, Math.min(0.1, sample * 3))),
    ],
    ['upside down', (samples: Float32Array) => samples.map((sample) => -sample)],
  ])('speech %s', async (_, change) => {
    const samples = change(joined(silence(3), clip('librispeech-3'), silence(3)));
    const windows = await windowsOf(blocksOf([samples]));
    checkWindows(windows, [samples]);
    const heard = windows.reduce((sum, one) => sum + overlap(one, 3.3 * second, 7.5 * second), 0);
    expect(heard).toBeGreaterThan(4 * second);
  });

  test('a long silence ends a window, a short one does not', async () => {
    const apart = (seconds: number) =>
      joined(clip('librispeech-1'), silence(seconds), clip('librispeech-2'), silence(1));
    expect(await windowsOf(blocksOf([apart(0.7)]))).toHaveLength(1);
    const windows = await windowsOf(blocksOf([apart(4)]));
    expect(windows).toHaveLength(2);
    expect(windows[1].startSample - windows[0].endSample).toBeGreaterThan(2.5 * second);
  });

  test('a minute of speech with pauses is cut in them', async () => {
    // GRID's clips have long silences at their ends.
    const names = clipNames.slice(3);
    const samples = joined(...Array.from({ length: 16 }, (_, i) => joined(clip(names[i % 9]), silence(0.6))));
    const windows = await windowsOf(blocksOf([samples]));
    checkWindows(windows, [samples]);
    expect(windows.length).toBeGreaterThan(2);
    for (const window of windows.slice(0, -1)) {
      expect(window.endSample - window.startSample).toBeGreaterThan(8 * second);
      // Where it was cut, nothing is said.
      const around = samples.slice(window.endSample - 400, window.endSample + 400);
      expect(around.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeLessThan(0.1);
    }
  });

  test('speech without a pause is cut where it is quiet, without a gap, with more context', async () => {
    const samples = unbroken(70);
    const windows = await windowsOf(blocksOf([samples]));
    checkWindows(windows, [samples]);
    expect(windows.length).toBeGreaterThanOrEqual(4);
    const mean = samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / samples.length;
    windows.slice(1).forEach((window, i) => {
      expect(window.startSample - windows[i].endSample).toBeLessThan(0.7 * second);
      const around = samples.slice(window.startSample - 256, window.startSample + 256);
      expect(around.reduce((sum, sample) => sum + Math.abs(sample), 0) / 512).toBeLessThan(mean);
      expect(window.startSample - window.samplesStart).toBeGreaterThanOrEqual(0.4 * second);
    });
  });

  test('a hole in time ends a window, and its sides do not see each other', async () => {
    const first = joined(silence(0.5), clip('austen-0880'));
    const afterHole = clip('austen-0890');
    async function* holed() {
      yield* blocksOf([first]);
      yield* blocksOf([afterHole], 100 * second);
    }
    const windows = await windowsOf(holed());
    expect(windows).toHaveLength(2);
    expect(windows[0].samplesStart + windows[0].samples.length).toBeLessThanOrEqual(first.length);
    expect(windows[1].samplesStart).toBeGreaterThanOrEqual(100 * second);
    expect(windows[1].samples).toEqual(
      afterHole.slice(
        windows[1].samplesStart - 100 * second,
        windows[1].samplesStart - 100 * second + windows[1].samples.length,
      ),
    );
  });

  test('two channels, each with its own, in the order in which they begin', async () => {
    const left = joined(clip('librispeech-1'), silence(6), clip('cv1-1'), silence(3));
    const right = joined(silence(5), clip('rhasspy-1'), silence(20)).slice(0, left.length);
    const padded = joined(right, silence(Math.max(0, (left.length - right.length) / second)));
    const windows = await windowsOf(blocksOf([left, padded]));
    checkWindows(windows, [left, padded]);
    expect(windows.map(({ channel }) => channel)).toEqual([0, 1, 0]);
  });

  test.each([
    ['10 ms', () => clip('austen-0880').slice(8000, 8160)],
    ['nothing', () => silence(0)],
    ['ten minutes of silence', () => silence(600)],
    ['a minute of faint noise', () => noise(60, 0.002)],
  ])('%s: no words, no fault', async (_, make) => {
    expect((await windowsOf(blocksOf([make()]))).length).toBeLessThanOrEqual(1);
  });

  test('whatever the size of the blocks', async () => {
    const samples = joined(silence(1), clip('austen-0890'), silence(3), clip('cv1-2'), silence(0.3));
    const usual = await windowsOf(blocksOf([samples]));
    for (const size of [517, 4000, 100_000]) {
      const windows = await windowsOf(blocksOf([samples], 0, size));
      expect(windows.map(({ startSample }) => startSample)).toEqual(
        usual.map(({ startSample }) => startSample),
      );
      expect(windows.map(({ endSample }) => endSample)).toEqual(usual.map(({ endSample }) => endSample));
    }
  });

  test('goes on after a finished window as if it had never stopped', async () => {
    const samples = joined(
      ...Array.from({ length: 14 }, (_, i) => joined(clip(clipNames[i % 12]), silence(0.5))),
    );
    const whole = await windowsOf(blocksOf([samples]));
    const finished = whole[1].endSample;
    const from = Math.max(0, finished - 2 * second);
    const rest = await windowsOf(blocksOf([samples.slice(from)], from), { fromSample: finished });
    checkWindows(rest, [samples]);
    expect(rest).toHaveLength(whole.length - 2);
    rest.forEach((window, i) => {
      expect(Math.abs(window.startSample - whole[i + 2].startSample)).toBeLessThanOrEqual(2 * chunkSamples);
      expect(Math.abs(window.endSample - whole[i + 2].endSample)).toBeLessThanOrEqual(2 * chunkSamples);
    });
    expect(rest[0].startSample).toBeGreaterThanOrEqual(finished);
    expect(rest[0].samplesStart).toBeLessThan(rest[0].startSample);
  });

  test('without voice detection everything is heard', async () => {
    const samples = joined(noise(5, 0.01), unbroken(40), noise(5, 0.01));
    const windows = await windowsOf(blocksOf([samples]), { vad: 'off' });
    checkWindows(windows, [samples]);
    expect(windows[0].startSample).toBe(0);
    windows.slice(1).forEach((window, i) => expect(window.startSample).toBe(windows[i].endSample));
    expect(windows.at(-1)!.endSample).toBe(samples.length);
  });

  test('an hour holds no more than a minute', async () => {
    const minute = joined(unbroken(40), silence(20));
    async function* hour() {
      for (let i = 0; i < 20; i += 1) yield* blocksOf([minute], i * minute.length);
    }
    let count = 0;
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const window of speechWindows(hour())) {
      count += window.samples.length > 0 ? 1 : 0;
      if (count % 10 === 0) global.gc?.();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(count).toBeGreaterThan(40);
    // Twenty minutes are 77 MB.
    expect(most).toBeLessThan(60e6);
  });
});

const noiseBed = noise(10, 1);

function overlap(window: SpeechWindow, from: number, to: number): number {
  return Math.max(0, Math.min(window.endSample, to) - Math.max(window.startSample, from));
}
