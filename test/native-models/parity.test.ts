import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DistanceTable } from '../../native-models/onnx/distances.ts';
import { distanceBuckets } from '../../native-models/onnx/gatedBias.ts';
import { embeddingIndex, embeddingIndices } from '../../native-models/onnx/positions.ts';
import { compareWithReference } from './logits.ts';

/** Others who build on the converter are promised 1e-3. The reference itself is up to 5e-5 from double precision here. */
const largestDifference = 2e-4;

const golden = join(import.meta.dirname, 'golden');
const published = join(import.meta.dirname, '../fixtures/sewd');

async function checkpointFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
}

describe('the converted graph gives the reference implementation’s logits', async () => {
  const folders = [...(await checkpointFolders(published)), ...(await checkpointFolders(golden))];

  test.each(folders.map((folder) => [folder.split('/').slice(-1)[0], folder]))('%s', async (_, folder) => {
    const results = await compareWithReference(folder);
    expect(results.length).toBeGreaterThan(0);
    for (const { samples, frames, expectedFrames, difference } of results) {
      expect(frames, `${samples} samples`).toBe(expectedFrames);
      expect(difference, `${samples} samples`).toBeLessThan(largestDifference);
    }
  });
});

type Runs = [distance: number, value: number][];
type Setting = { buckets: number; maximum: number; runs: Runs };

const unrolled = (runs: Runs, far: number) =>
  Array.from({ length: 2 * far + 1 }, (_, i) => runs.findLast(([distance]) => distance <= i - far)![1]);

const tabulated = ({ reach, indices }: DistanceTable, far: number) =>
  Array.from({ length: 2 * far + 1 }, (_, i) => indices[Math.min(Math.max(i - far, -reach), reach) + reach]);

describe('distances use the reference implementation’s relative embeddings', async () => {
  const { far, settings } = JSON.parse(await readFile(join(golden, 'positions.json'), 'utf8')) as {
    far: number;
    settings: Setting[];
  };

  test.each(settings)('$buckets buckets, $maximum positions', ({ buckets, maximum, runs }) => {
    const expected = unrolled(runs, far);
    const actual = expected.map((_, i) => embeddingIndex(i - far, { buckets, maximum }));
    expect(actual).toEqual(expected);
    expect(tabulated(embeddingIndices({ buckets, maximum }), far)).toEqual(expected);
  });
});

describe('distances fall into the reference implementation’s buckets', async () => {
  const { far, settings } = JSON.parse(await readFile(join(golden, 'buckets.json'), 'utf8')) as {
    far: number;
    settings: { buckets: number; longest: number; runs: Runs }[];
  };

  test.each(settings)('$buckets buckets up to $longest', ({ buckets, longest, runs }) => {
    expect(tabulated(distanceBuckets(buckets, longest), far)).toEqual(unrolled(runs, far));
  });
});
