import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { findClip, hear } from '../support/listening.ts';
import { ffmpegsToTry, readClip, soundRecipes, usualClips, writeSpeech } from '../support/media.ts';

/** Every kind of file that plays, with the ffmpeg of this machine and the bundled one: what is said is found, and
 * where a player plays it. */

// Dozens of programs are started, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
afterAll(() => rm(folder, { recursive: true, force: true }));
const clips: Float32Array[] = [];
const inverted = /cancel each other out/;

beforeAll(async () => {
  const speech = await writeSpeech(join(folder, 'speech.wav'));
  for (const { clip } of usualClips) clips.push(await readClip(clip));
  await mkdir(join(folder, 'made'));
  for (const recipe of soundRecipes) await recipe.make(speech, join(folder, 'made', recipe.name), folder);
});

const programs = await ffmpegsToTry();
/** What has nothing to decode is the same everywhere. */
const isPlain = (name: string) => /^(u8|s\d|f32|one-side|inverted\.wav)/.test(name);

describe.each(programs)('decoded by %s', (program) => {
  beforeAll(() => {
    vi.stubEnv('SEWSCRIBE_FFMPEG', program);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  const recipes = soundRecipes.filter(({ name }) => program === programs[0] || !isPlain(name));
  test.concurrent.each(recipes)('$name', async ({ name, laterMs = [0, 0] }) => {
    const { blocks, report, info } = await hear(join(folder, 'made', name));
    for (const [index, { atMs }] of usualClips.entries()) {
      const { lateByMs, likeness } = findClip(blocks, clips[index], atMs + laterMs[index]);
      expect(likeness).toBeGreaterThan(0.7);
      expect(Math.abs(lateByMs)).toBeLessThan(6);
    }
    expect(report.incomplete).toBe(false);
    expect(report.warnings.length).toBe(name.startsWith('inverted') ? 1 : 0);
    for (const warning of report.warnings) expect(warning).toMatch(inverted);
    if (name.startsWith('unknown')) {
      expect(info.tracks.map((track) => track.decodable)).toEqual(
        name === 'unknown-first.mp4' ? [false, true] : [true, false],
      );
    }
    if (name.startsWith('film')) expect(info.video).toMatchObject({ width: 64, height: 64, frameRate: 25 });
  });
});
