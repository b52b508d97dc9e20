import fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAdtsHeader, readMpegAudioHeader } from '../../engine/media/frameHeaders.ts';
import { readLogLine } from '../../engine/media/frameLog.ts';
import { readMp3Header, readWaveHeader } from '../../engine/media/headers.ts';
import { Mixer } from '../../engine/media/mix.ts';
import { Timeline, type Timed } from '../../engine/media/timeline.ts';

/** The decoder's parts that need no ffmpeg. */

describe('timeline', () => {
  const lay = (frames: Timed[]) => {
    const timeline = new Timeline<Timed>();
    return [...frames.flatMap((frame) => timeline.push(frame)), ...timeline.end()];
  };
  /** Frames of 1000 samples, each as much later than its place in a row as given. */
  const row = (later: (number | null)[]) =>
    later.map((by, i) => ({ startSample: by === null ? null : i * 1000 + by, samples: 1000 }));
  const starts = (frames: Timed[]) => lay(frames).map(({ startSample }) => startSample);
  const fill = (count: number, value: number | null) => new Array<number | null>(count).fill(value);

  test('time stamps that wander leave no seams', () => {
    const wandering = Array.from({ length: 40 }, (_, i) => 1000 + ((i * 37) % 300));
    const placed = starts(row(wandering));
    placed.slice(1).forEach((start, i) => expect(start - placed[i]).toBe(1000));
  });

  test('a hole stays, however long', () => {
    for (const hole of [400, 16_000, 172_800_000]) {
      const placed = starts(row([...fill(20, 0), ...fill(20, hole)]));
      expect(placed[19]).toBe(19_000);
      expect(placed[20]).toBe(20_000 + hole);
      expect(placed[39]).toBe(39_000 + hole);
    }
  });

  test('one stamp that is wrong changes nothing', () => {
    const placed = starts(row([...fill(20, 0), 500_000, ...fill(20, 0)]));
    expect(placed).toEqual(row(fill(41, 0)).map(({ startSample }) => startSample));
  });

  test('a short overlap is dropped, a clock set back goes on', () => {
    const overlap = lay(row([...fill(20, 0), ...fill(20, -3500)]));
    expect(overlap.slice(20, 24).map(({ skip }) => skip)).toEqual([1000, 1000, 1000, 500]);
    expect(overlap[39].startSample).toBe(39_000 - 3500);
    const setBack = starts(row([...fill(20, 90_000), ...fill(20, -20_000)]));
    expect(setBack).toEqual(row(fill(40, 90_000)).map(({ startSample }) => startSample));
  });

  test('a slow drift is followed', () => {
    const placed = starts(row(Array.from({ length: 4000 }, (_, i) => Math.round(i * 0.5))));
    expect(Math.abs(placed[3999] - (3_999_000 + 2000))).toBeLessThan(400);
  });

  test('frames without a time follow the one before', () => {
    expect(starts(row([100, ...fill(30, null)]))).toEqual(
      row(fill(31, 100)).map(({ startSample }) => startSample),
    );
  });

  test('in order, without overlap, none before the beginning, whatever the stamps say', () => {
    const frame = fc.record({
      startSample: fc.option(fc.integer({ min: -50_000, max: 500_000 }), { nil: null }),
      samples: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 60 }), (frames) => {
        const placed = lay(frames);
        expect(placed.map((one) => one.frame)).toEqual(frames);
        let end = 0;
        for (const { frame: laid, startSample, skip } of placed) {
          expect(Number.isInteger(startSample)).toBe(true);
          expect(skip).toBeGreaterThanOrEqual(0);
          expect(skip).toBeLessThanOrEqual(laid.samples);
          if (skip < laid.samples) expect(startSample).toBeGreaterThanOrEqual(end);
          end = Math.max(end, startSample + laid.samples - skip);
        }
      }),
    );
  });
});

describe('mixing', () => {
  const tone = (hertz: number, sign = 1) =>
    Float32Array.from({ length: 8000 }, (_, i) => sign * 0.5 * Math.sin((2 * Math.PI * hertz * i) / 16000));
  const level = (samples: Float32Array) =>
    Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

  test('a channel upside down is turned over, and left keeps its sign', () => {
    const mixer = new Mixer(2, 'stereo');
    const left = tone(300);
    const mixed = mixer.mix([left, tone(300, -1)]);
    mixed.forEach((sample, i) => expect(sample).toBeCloseTo(left[i], 5));
    expect(mixer.foundInverted).toBe(true);
  });

  test('different channels are left as they are', () => {
    const mixer = new Mixer(2, 'stereo');
    const mixed = mixer.mix([tone(300), tone(470)]);
    expect(mixed[100]).toBeCloseTo((tone(300)[100] + tone(470)[100]) / 2, 6);
    expect(mixer.foundInverted).toBe(false);
  });

  test('silence decides nothing, and an upright stretch turns a channel back', () => {
    const mixer = new Mixer(2, 'stereo');
    const silent = new Float32Array(8000);
    mixer.mix([silent, silent]);
    expect(level(mixer.mix([tone(300), tone(300, -1)]))).toBeGreaterThan(0.3);
    for (let i = 0; i < 8; i += 1) mixer.mix([tone(300), tone(300)]);
    expect(level(mixer.mix([tone(300), tone(300)]))).toBeGreaterThan(0.3);
  });

  test('the centre is heard, the low-frequency channel is not', () => {
    const silent = new Float32Array(8000);
    const only = (channel: number) => [0, 1, 2, 3, 4, 5].map((one) => (one === channel ? tone(300) : silent));
    const heard = [0, 1, 2, 3, 4, 5].map((channel) => level(new Mixer(6, '5.1').mix(only(channel))));
    expect(heard[3]).toBe(0);
    expect(heard[2]).toBeGreaterThan(heard[0]);
    expect(heard[0]).toBeGreaterThan(heard[4]);
    expect(heard[4]).toBeGreaterThan(0.03);
  });
});

describe("ffmpeg's log", () => {
  const frame =
    '[Parsed_ashowinfo_2 @ 0x5566] [info] n:12 pts:-47 pts_time:-0.0029 pos:441 fmt:flt channels:6 chlayout:5.1(side) rate:16000 nb_samples:576 checksum:83 plane_checksums: [ 83 ]';
  test.each([
    [frame, { kind: 'frame', note: { pts: -47, samples: 576, channels: 6 } }],
    [
      frame.replace('pts:-47', 'pts:NOPTS'),
      { kind: 'frame', note: { pts: null, samples: 576, channels: 6 } },
    ],
    [frame.replace('pos:441 ', '').replace('5.1(side)', '6 channels (FL+FR)'), { kind: 'frame' }],
    [
      '[info]   Duration: 00:00:05.40, start: 0.069063, bitrate: 24 kb/s',
      { kind: 'start', seconds: 0.069063 },
    ],
    ['[info]   Duration: N/A, start: -0.002000, bitrate: N/A', { kind: 'start', seconds: -0.002 }],
    ['[mpegts @ 0x5] [verbose] Correcting start time by 1489089', { kind: 'correction', seconds: 1.489089 }],
    ['[verbose] Correcting start time of Input #0 by 20 us.', { kind: 'correction', seconds: 0.00002 }],
    ['[mp3float @ 0x55] [error] Header missing', { kind: 'error' }],
    ['[matroska,webm @ 0x56] [error] File ended prematurely', { kind: 'cut' }],
    ['[error] Error while decoding stream #0:0: Invalid data found', { kind: 'error' }],
  ])('%s', (line, expected) => {
    expect(readLogLine(line)).toMatchObject(expected);
  });

  test.each([
    '[info]     title           : [error] my n:1 pts:5 channels:2 nb_samples:9',
    '[info]     comment         : Duration: 1, start: 5',
    '[info]   Stream #0:0: Audio: mp3, 16000 Hz, mono, fltp, 24 kb/s',
    '',
  ])('nothing: %s', (line) => {
    expect(readLogLine(line)).toBeNull();
  });
});

describe('headers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headers-'));
  const wave = (dataBytes: number, present: number, after = '') => {
    const head = Buffer.alloc(44);
    head.write('RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1');
    head.writeUInt32LE(16000, 24);
    head.writeUInt32LE(32000, 28);
    head.write('\x02\0\x10\0data', 32, 'latin1');
    head.writeUInt32LE(dataBytes, 40);
    const path = join(folder, `${dataBytes}-${present}-${after.length}.wav`);
    writeFileSync(path, Buffer.concat([head, Buffer.alloc(present, 0x11), Buffer.from(after, 'latin1')]));
    return path;
  };

  test.each([
    ['as it should be', wave(32000, 32000), { durationMs: 1000, understated: false }],
    [
      'with a list behind',
      wave(32000, 32000, 'LIST\x08\0\0\0INFOabcd'),
      { durationMs: 1000, understated: false },
    ],
    ['never finished: 0', wave(0, 64000), { durationMs: 2000, understated: false }],
    ['never finished: endless', wave(0xffffffff, 64000), { durationMs: 2000, understated: false }],
    ['half written', wave(320000, 32000), { durationMs: 10000, understated: false }],
    ['gone on after the header was written', wave(3200, 32000), { durationMs: 1000, understated: true }],
  ])('WAV %s', async (_, path, expected) => {
    expect(await readWaveHeader(path)).toEqual(expected);
  });

  test('no WAV', async () => {
    const path = join(folder, 'no.wav');
    writeFileSync(path, 'RIFX of another kind');
    expect(await readWaveHeader(path)).toBeNull();
    expect(await readMp3Header(path)).toBeNull();
  });

  test.each([
    // 44.1 kHz, 128 kbit/s; 48 kHz, 320 kbit/s; MPEG-2, 16 kHz, 24 kbit/s; layer II, 48 kHz, 192 kbit/s
    [[0xff, 0xfb, 0x90, 0x00], 417],
    [[0xff, 0xfb, 0xe4, 0x00], 960],
    [[0xff, 0xf3, 0x38, 0xc0], 108],
    [[0xff, 0xfd, 0xa4, 0x00], 576],
  ])('MPEG audio frame %j', (bytes, length) => {
    expect(readMpegAudioHeader(Uint8Array.from(bytes))?.frameBytes).toBe(length);
  });

  test('an ADTS frame', () => {
    const header = Uint8Array.from([0xff, 0xf1, 0x50, 0x40, 0x1d, 0x1f, 0xfc]);
    expect(readAdtsHeader(header)).toEqual({ frameBytes: 232, longestBytes: 777 });
  });

  test('any bytes are read without a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        for (const length of [readMpegAudioHeader(bytes)?.frameBytes, readAdtsHeader(bytes)?.frameBytes]) {
          if (length !== undefined && length !== null) expect(length).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
