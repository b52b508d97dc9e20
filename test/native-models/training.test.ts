import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { frameGeometry } from '../../native-models/onnx/featureExtractor.ts';
import { modelCard } from '../../native-models/model.ts';
import { readSafetensorsNames } from './safetensorsNames.ts';
import { compareWithReference } from './logits.ts';

const golden = join(import.meta.dirname, '../fixtures/training-golden');
const embedded = join(import.meta.dirname, '../../native-models/embedded');

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

test('what the trainer saves converts to a graph with the trainer’s logits', async () => {
  const results = await compareWithReference(golden);
  expect(results.map(({ samples }) => samples)).toEqual([1360, 16000, 24240]);
  for (const { samples, frames, expectedFrames, difference } of results) {
    expect(frames, `${samples} samples`).toBe(expectedFrames);
    expect(difference, `${samples} samples`).toBeLessThan(2e-4);
  }
});

describe('the embedded model', () => {
  const folder = join(embedded, 'sew-d-embedded');

  test('has frames of 20 ms, each of which hears 65 ms', async () => {
    const config = await json<Parameters<typeof frameGeometry>[0]>(join(folder, 'config.json'));
    expect(frameGeometry(config)).toEqual({ hopSamples: 320, receptiveFieldSamples: 1040 });
  });

  test('is at most 30 MB, in half precision or with matrices in 8 bits, and holds no head of pre-training and no teacher', async () => {
    const bytes = await readFile(join(folder, 'model.safetensors'));
    expect(bytes.length).toBeLessThanOrEqual(30e6);
    const names = readSafetensorsNames(bytes);
    const inBytes = names.filter(({ dtype }) => dtype === 'I8').map(({ name }) => name);
    const scales = names.filter(({ dtype }) => dtype === 'F32').map(({ name }) => name);
    expect(scales.sort()).toEqual(inBytes.map((name) => `${name}_scale`).sort());
    expect(names.filter(({ dtype }) => !['F16', 'F32', 'I8'].includes(dtype))).toEqual([]);
    expect(names.filter(({ name }) => !/^(sew_d|lm_head)\./.test(name))).toEqual([]);
  });

  test('says who made it from what, and how wrong it is', async () => {
    const card = modelCard.parse(await json(join(embedded, 'embedded.json')));
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    expect(card.wordErrorRates?.length).toBeGreaterThan(0);
    for (const { percent } of card.wordErrorRates ?? []) expect(readme).toContain(String(percent));
    for (const source of ['LibriSpeech', 'Common Voice', 'speechocean762', 'Whisper base'])
      expect(readme).toContain(source);
  });
});
