import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReferenceCases } from '../../native-models/checkpoint/cases.ts';
import { openCheckpoint } from '../../native-models/checkpoint/checkpoint.ts';
import { graphFiles, ModelError, precisions, type ModelManifest } from '../../native-models/model.ts';
import { convertCheckpoint, convertOpened } from '../../native-models/onnx/convert.ts';
import { planModel, supportedFamilies } from '../../native-models/onnx/families.ts';
import { loadOnnxRuntime } from '../../native-models/onnxRuntime.ts';
import { clipPath } from '../support/recitalMedia.ts';
import { sewscribe, temporaryFolder } from '../support/cli.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';
import { normalised, readFloats, runLogits } from './logits.ts';

/** What the families are beyond their logits, which parity.test.ts compares with the reference's. */

const goldenFolder = (name: string) => join(import.meta.dirname, 'golden', name);

async function withConverted<T>(
  name: string,
  use: (folder: string, manifest: ModelManifest) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sewscribe-families-'));
  try {
    return await use(folder, await convertCheckpoint(goldenFolder(name), folder, { id: name, precisions }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the families of the published recognisers', () => {
  expect([...supportedFamilies].sort()).toEqual(
    ['data2vec-audio', 'hubert', 'sew', 'sew-d', 'unispeech', 'unispeech-sat', 'wav2vec2', 'wavlm'].sort(),
  );
});

describe('frames, as transformers counts them', () => {
  const published = { hopSamples: 320, receptiveFieldSamples: 400, minimumSamples: 400 };
  test.each([
    ...['wav2vec2', 'hubert', 'data2vec-audio', 'unispeech', 'unispeech-sat', 'wavlm'].map(
      (family) => [family, {}, published] as const,
    ),
    ['sew', {}, { ...published, minimumSamples: 720 }],
    ['sew-d', {}, { ...published, minimumSamples: 720 }],
    ['sew', { squeeze_factor: 4 }, { ...published, minimumSamples: 1360 }],
    // Three convolutions of stride 2 behind the encoder, each over three steps
    [
      'wav2vec2',
      { add_adapter: true },
      { hopSamples: 2560, receptiveFieldSamples: 4880, minimumSamples: 400 },
    ],
    [
      'wavlm',
      { add_adapter: true, num_adapter_layers: 2, adapter_kernel_size: 5 },
      { hopSamples: 1280, receptiveFieldSamples: 4240, minimumSamples: 400 + 6 * 320 },
    ],
  ] as const)('%s %j', (family, config, expected) => {
    expect(planModel(family, config, 'x')).toMatchObject(expected);
  });
});

describe('what cannot be converted is refused by its name', () => {
  test.each([
    ['sew', { add_adapter: true }, /config\.json has add_adapter/],
    ['hubert', { add_adapter: true }, /config\.json has add_adapter/],
    ['wav2vec2', { num_attention_heads: 7 }, /hidden_size 768, not a multiple of num_attention_heads 7/],
    ['wavlm', { num_conv_pos_embedding_groups: 7 }, /not a multiple of num_conv_pos_embedding_groups 7/],
    ['wavlm', { num_buckets: 3 }, /num_buckets/],
    ['wav2vec2', { conv_stride: [5] }, /conv_dim, conv_kernel and conv_stride must be of one length/],
    ['wav2vec2', { feat_extract_norm: 'batch' }, /feat_extract_norm/],
    ['sew', { squeeze_factor: 0 }, /squeeze_factor/],
    ['wav2vec2-bert', {}, /type "wav2vec2-bert" cannot be converted \(supported: sew-d, sew, wav2vec2/],
  ])('%s %j', (family, config, message) => {
    const plan = () => planModel(family, config, 'x');
    expect(plan).toThrow(message);
    expect(plan).toThrow(ModelError);
  });

  test('a checkpoint whose tensors are of another family', async () => {
    const checkpoint = await openCheckpoint(goldenFolder('wav2vec2-base'));
    await expect(
      convertOpened({ ...checkpoint, family: 'wavlm' }, join(tmpdir(), 'sewscribe-never'), { id: 'x' }),
    ).rejects.toThrow(/has no tensor wavlm\.feature_extractor|has no lm_head|has no tensor wavlm\./);
    await checkpoint.tensors.close();
  });
});

describe('in 8 bits every family gives about what it gives in single precision', () => {
  test.each([
    'sew-layer',
    'wav2vec2-base',
    'wav2vec2-large',
    'wav2vec2-languages',
    'wav2vec2-adapter',
    'hubert-batch-norm',
    'data2vec-audio',
    'unispeech-large',
    'unispeech-sat-base',
    'wavlm-large',
  ])('%s', async (name) => {
    const { InferenceSession } = await loadOnnxRuntime();
    await withConverted(name, async (folder, manifest) => {
      const session = await InferenceSession.create(join(folder, graphFiles('int8').graph), {
        intraOpNumThreads: 1,
        executionProviders: ['cpu'],
      });
      for (const { samplesPath, logitsPath, frames } of await readReferenceCases(goldenFolder(name))) {
        const samples = normalised(await readFloats(samplesPath));
        const { data, dims } = await runLogits(session, manifest, samples);
        expect(dims).toEqual([1, frames, manifest.vocabulary.length]);
        const expected = await readFloats(logitsPath);
        // The error beside the logits' own size, as powers; these tiny models round worse than the published ones
        const power = (values: Float32Array) => values.reduce((sum, x) => sum + x * x, 0);
        const error = power(expected.map((x, i) => x - (data as Float32Array)[i])) / power(expected);
        expect(error).toBeLessThan(0.01);
        expect(error).toBeGreaterThan(0);
      }
      await session.release();
    });
  });
});

describe('from the catalogue to a transcript, by the command line', () => {
  const home = temporaryFolder();
  let mirror: HubMirror;
  const run = (...args: string[]) => sewscribe(args, { home, environment: { SEWSCRIBE_HUB: mirror.url } });

  beforeAll(async () => {
    mirror = await startHubMirror({
      models: {
        'asapp/sew-tiny-100k-ft-ls100h': goldenFolder('sew-published-frames'),
        'facebook/wav2vec2-base-960h': goldenFolder('wav2vec2-published-frames'),
        'someone/characters': goldenFolder('wav2vec2-scripts'),
      },
    });
  });
  afterAll(() => mirror.close());

  test.each([
    ['sew-tiny', 'sew', 'sew-tiny'],
    ['wav2vec2-base', 'wav2vec2', 'wav2vec2-base'],
    ['someone/characters', 'wav2vec2', 'characters'],
  ])(
    '%s',
    async (reference, family, id) => {
      const installed = await run('models', 'install', reference, '--id', id, '--json');
      expect(installed.exitCode).toBe(0);
      expect(JSON.parse(installed.stdout)).toMatchObject({ id, family });
      const options = ['--model', id, '--format', 'json', '--output', '-', '--to', '1'];
      // Words of random weights are no words: what a language model makes of them tells nothing and takes long
      options.push('--decoder', 'greedy');
      const { exitCode, stdout } = await run('transcribe', clipPath('cv1-1'), ...options);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        format: 'sewscribe-transcript',
        model: { id, device: 'cpu' },
      });
    },
    180_000,
  );
});
