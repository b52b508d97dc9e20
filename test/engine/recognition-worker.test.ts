import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { alignInWorker } from '../../engine/recognition/alignInWorker.ts';
import { alignWords } from '../../engine/recognition/alignment.ts';
import { manifestOf, recitalClips, recitalManifest } from './recitalFixtures.ts';

const clip = recitalClips[0];
const words = clip.text.split(' ').map((text) => ({ text }));

describe('alignment in a worker thread', () => {
  test('gives what alignment itself gives, several at once and one after another', async () => {
    const expected = alignWords([clip.logProbabilities], words, recitalManifest);
    const align = () => alignInWorker([clip.logProbabilities], words, recitalManifest);
    expect(await Promise.all([align(), align(), align()])).toEqual([expected, expected, expected]);
    expect(await align()).toEqual(expected);
  });

  test('sends only what an array shows, and only pieces that matter', async () => {
    const { data } = clip.logProbabilities;
    const larger = new Float32Array(data.length + 64);
    larger.set(data, 32);
    const view = { ...clip.logProbabilities, data: larger.subarray(32, 32 + data.length) };
    const far = { ...clip.logProbabilities, startSample: 16000 * 60 };
    expect(await alignInWorker([view, far], words, recitalManifest, { toMs: 3000 })).toEqual(
      alignWords([clip.logProbabilities], words, recitalManifest, { toMs: 3000 }),
    );
  });

  test('hands an error on, and works afterwards', async () => {
    const other = manifestOf(['<pad>', 'A']);
    await expect(alignInWorker([clip.logProbabilities], words, other)).rejects.toThrow(/32 tokens a frame/);
    expect(await alignInWorker([clip.logProbabilities], words, recitalManifest)).toHaveLength(words.length);
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const running = alignInWorker([clip.logProbabilities], words, recitalManifest, {
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(
      alignInWorker([clip.logProbabilities], words, recitalManifest, { signal: controller.signal }),
    ).rejects.toThrow('enough');
    expect(await alignInWorker([clip.logProbabilities], words, recitalManifest)).toHaveLength(words.length);
  });

  test('runs under tsx as the command line does, and lets the process end', async () => {
    const script = `
      const { register } = await import('tsx/esm/api');
      register();
      const { alignInWorker } = await import('./engine/recognition/alignInWorker.ts');
      const { recitalClips, recitalManifest } = await import('./test/engine/recitalFixtures.ts');
      const [{ logProbabilities }] = recitalClips;
      const aligned = await alignInWorker([logProbabilities], [{ text: 'bin' }], recitalManifest, { toMs: 500 });
      process.stdout.write(aligned[0].spoken);`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 50_000,
    });
    expect((await run).stdout).toBe('BIN');
  });
});
