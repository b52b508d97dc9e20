import { cp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readReferenceCases } from '../../native-models/checkpoint/cases.ts';
import { openCheckpoint, type Checkpoint } from '../../native-models/checkpoint/checkpoint.ts';
import { randomCheckpoint, writeCheckpoint } from '../../native-models/checkpoint/random.ts';
import { shapes, type ShapeName } from '../../native-models/checkpoint/shapes.ts';
import { tensorShapes } from '../../native-models/checkpoint/tensorShapes.ts';
import type { TensorInfo } from '../../native-models/checkpoint/tensors.ts';
import { ModelError, modelManifest } from '../../native-models/model.ts';
import { convertCheckpoint, convertOpened } from '../../native-models/onnx/convert.ts';
import { compareWithReference, openSession, readFloats, runLogits, withTemporaryFolder } from './logits.ts';

const whole = join(import.meta.dirname, '../fixtures/sewd/micro-group-pos31-parametrized');

type Change = {
  config?: Readonly<Record<string, unknown>>;
  family?: string;
  /** What becomes of a tensor's name and shape; undefined where it is left out. */
  tensor?: (name: string, info: TensorInfo) => [name: string, info: TensorInfo] | undefined;
};

/** A whole checkpoint, changed in memory. */
async function changed<T>(
  { config, family, tensor }: Change,
  use: (checkpoint: Checkpoint) => Promise<T>,
): Promise<T> {
  const checkpoint = await openCheckpoint(whole);
  const { tensors } = checkpoint;
  const storedNames = new Map<string, string>();
  const infos = new Map<string, TensorInfo>();
  for (const [name, info] of tensors.tensors) {
    const kept = tensor ? tensor(name, info) : ([name, info] as const);
    if (!kept) continue;
    storedNames.set(kept[0], name);
    infos.set(...kept);
  }
  try {
    return await use({
      ...checkpoint,
      family: family ?? checkpoint.family,
      config: { ...(checkpoint.config as object), ...config },
      tensors: { ...tensors, tensors: infos, read: (name) => tensors.read(storedNames.get(name)!) },
    });
  } finally {
    await tensors.close();
  }
}

const convertChanged = (change: Change) =>
  withTemporaryFolder((folder) =>
    changed(change, (checkpoint) => convertOpened(checkpoint, folder, { id: 'changed' })),
  );

describe('what cannot be converted is refused by its name', () => {
  const without = (text: string): Change => ({
    tensor: (name, info) => (name.includes(text) ? undefined : [name, info]),
  });
  const reshaped = (text: string, shape: number[]): Change => ({
    tensor: (name, info) => [name, name.includes(text) ? { ...info, shape } : info],
  });
  test.each<[string, Change, RegExp]>([
    ['another family', { family: 'whisper' }, /type "whisper" cannot be converted \(supported: sew-d/],
    ['a family with an odd name', { family: 'constructor' }, /type "constructor"/],
    ['a convolution in the encoder', { config: { conv_kernel_size: 3 } }, /conv_kernel_size 3/],
    ['adapters', { config: { add_adapter: true } }, /add_adapter/],
    ['adapters in the attention', { config: { adapter_attn_dim: 16 } }, /adapter_attn_dim/],
    ['an unknown activation', { config: { hidden_act: 'xielu' } }, /hidden_act "xielu".*known are gelu/],
    [
      'an activation with weights of its own',
      { config: { feat_extract_activation: 'prelu' } },
      /feat_extract_activation "prelu"/,
    ],
    [
      'an activation that is an object’s own',
      { config: { hidden_act: 'toString' } },
      /hidden_act "toString"/,
    ],
    [
      'heads that do not divide',
      { config: { num_attention_heads: 5 } },
      /hidden_size 32, not a multiple of num_attention_heads 5/,
    ],
    [
      'groups that do not divide',
      { config: { num_conv_pos_embedding_groups: 5 } },
      /num_conv_pos_embedding_groups 5/,
    ],
    ['heads of another size', { config: { attention_head_size: 7 } }, /attention_head_size/],
    ['a single bucket', { config: { position_buckets: 1 } }, /position_buckets 1/],
    ['an unknown norm', { config: { feat_extract_norm: 'batch' } }, /feat_extract_norm/],
    [
      'convolutions of several lengths',
      { config: { conv_kernel: [10] } },
      /conv_dim, conv_kernel and conv_stride/,
    ],
    ['a size that is none', { config: { hidden_size: -4 } }, /hidden_size/],
    ['a size beyond reason', { config: { intermediate_size: 1e12 } }, /intermediate_size/],
    ['no head', without('lm_head'), /only pre-trained: it has no lm_head/],
    [
      'a missing matrix',
      without('layer.1.attention.self.key_proj.weight'),
      /has no tensor sew_d\.encoder\.encoder\.layer\.1\.attention\.self\.key_proj\.weight/,
    ],
    ['a missing weight norm', without('original0'), /original0/],
    [
      'a matrix of another shape',
      reshaped('layer.0.intermediate.dense.weight', [32, 96]),
      /layer\.0\.intermediate\.dense\.weight has the shape \[32, 96\], but config\.json asks for \[96, 32\]/,
    ],
    [
      'a head of another size',
      reshaped('lm_head.weight', [31, 32]),
      /lm_head\.weight has the shape \[31, 32\]/,
    ],
    ['more layers than there are', { config: { num_hidden_layers: 4 } }, /layer\.3/],
  ])('%s', async (_, change, message) => {
    const outcome = convertChanged(change);
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toThrow(ModelError);
  });
});

test('null settings are the defaults', async () => {
  const nulls = {
    conv_kernel_size: null,
    adapter_attn_dim: null,
    attention_head_size: null,
    hidden_act: null,
  };
  await expect(convertChanged({ config: nulls })).resolves.toMatchObject({ family: 'sew-d' });
});

test('tensors may come without the base model’s name before them, and with others between them', async () => {
  const samples = new Float32Array(3000).map((_, i) => Math.sin(i / 5));
  const logits = async (change: Change) =>
    withTemporaryFolder(async (folder) => {
      const manifest = await changed(change, (checkpoint) => convertOpened(checkpoint, folder, { id: 'x' }));
      const session = await openSession(folder);
      const { data } = await runLogits(session, manifest, samples);
      await session.release();
      return [...(data as Float32Array)];
    });
  const bare = await logits({ tensor: (name, info) => [name.replace(/^sew_d\./, ''), info] });
  expect(bare).toEqual(await logits({}));
  expect(bare.every(Number.isFinite)).toBe(true);
});

test('the manifest says what a recogniser needs', async () => {
  await withTemporaryFolder(async (folder) => {
    const progress: number[] = [];
    const manifest = await convertCheckpoint(whole, folder, {
      id: 'micro',
      name: 'Micro',
      onProgress: (fraction) => progress.push(fraction),
    });
    expect(manifest).toMatchObject({
      id: 'micro',
      name: 'Micro',
      family: 'sew-d',
      sampleRateHz: 16000,
      doNormalize: true,
      hopSamples: 320,
      receptiveFieldSamples: 400,
      minimumSamples: 720,
      blankId: 0,
      wordDelimiterId: 4,
      specialIds: [0, 1, 2, 3],
    });
    expect(manifest.vocabulary.slice(4, 7)).toEqual(['|', 'E', 'T']);
    const written: unknown = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    expect(modelManifest.parse(written)).toEqual(manifest);
    expect((await readdir(folder)).sort()).toEqual(['model.json', 'model.onnx', 'model.onnx.data']);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(progress.length).toBeGreaterThan(20);
  });
});

test('a cancelled conversion stops and leaves no model.json', async () => {
  await withTemporaryFolder(async (folder) => {
    const controller = new AbortController();
    const outcome = convertCheckpoint(whole, folder, {
      id: 'micro',
      signal: controller.signal,
      onProgress: (fraction) => {
        if (fraction > 0.3) controller.abort(new Error('enough'));
      },
    });
    await expect(outcome).rejects.toThrow('enough');
    expect(await readdir(folder)).not.toContain('model.json');
  });
});

describe('models of published shapes with random weights', () => {
  test.each<[ShapeName, number]>([
    ['sew-d-tiny', 24_127_423],
    ['sew-d-mid', 78_816_063],
    ['sew-d-base-plus', 177_003_711],
    ['sew-tiny', 40_725_311],
    ['sew-mid', 78_553_919],
    ['wav2vec2-base', 94_396_320],
    ['wav2vec2-large', 315_461_792],
  ])('%s has as many parameters as the reference', (name, parameters) => {
    const sizes = [...tensorShapes(shapes[name]).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(parameters);
  });

  test('are the same for the same seed, and in a folder, and give finite logits', async () => {
    const name = 'sew_d.encoder.encoder.layer.3.attention.self.key_proj.weight';
    const values = await randomCheckpoint('sew-d-tiny', 5).tensors.read(name);
    expect(await randomCheckpoint('sew-d-tiny', 5).tensors.read(name)).toEqual(values);
    expect((await randomCheckpoint('sew-d-tiny', 6).tensors.read(name))[0]).not.toBe(values[0]);

    await withTemporaryFolder(async (folder) => {
      const written = join(folder, 'written');
      await writeCheckpoint(randomCheckpoint('sew-d-tiny', 5), written);
      const checkpoint = await openCheckpoint(written);
      expect(await checkpoint.tensors.read(name)).toEqual(values);
      await checkpoint.tensors.close();

      const manifest = await convertCheckpoint(written, join(folder, 'model'), { id: 'random' });
      expect(manifest.parameters).toBe(24_127_423);
      const session = await openSession(join(folder, 'model'));
      const samples = new Float32Array(8000).map((_, i) => Math.sin(i / 3) * Math.sin(i / 700));
      const logits = await runLogits(session, manifest, samples);
      await session.release();
      const data = logits.data as Float32Array;
      expect(logits.dims).toEqual([1, 24, 32]);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(0.1);
    });
  });
});

describe('reference cases', () => {
  test('are listed with where their files lie', async () => {
    const [first] = await readReferenceCases(whole);
    expect(first).toMatchObject({ samples: 16000, frames: 49, vocabularySize: 32 });
    expect((await stat(first.samplesPath)).size).toBe(4 * first.samples);
    expect((await readFloats(first.logitsPath)).length).toBe(first.frames * first.vocabularySize);
  });

  test.each([
    ['a file that is missing', { input: 'other.f32' }, /other\.f32 is missing/],
    ['a file of another length', { samples: 7 }, /should hold 7 numbers/],
    ['a file elsewhere', { input: '/etc/passwd' }, /cases\.json cannot be used/],
    ['a file far above', { input: '../../x.f32' }, /cases\.json cannot be used/],
  ])('%s', async (_, change, message) => {
    await withTemporaryFolder(async (folder) => {
      await cp(whole, folder, { recursive: true });
      const { cases } = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8')) as { cases: object[] };
      await writeFile(join(folder, 'cases.json'), JSON.stringify({ cases: [{ ...cases[0], ...change }] }));
      await expect(readReferenceCases(folder)).rejects.toThrow(message);
    });
  });

  test('tell a wrong model from a right one', async () => {
    await withTemporaryFolder(async (folder) => {
      await cp(whole, folder, { recursive: true });
      const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
      await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, layer_norm_eps: 0.01 }));
      const [{ difference }] = await compareWithReference(folder);
      expect(difference).toBeGreaterThan(1e-3);
    });
  });
});
