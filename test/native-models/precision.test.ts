import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { editCounts } from '../../engine/recognition/editDistance.ts';
import { greedyWords } from '../../engine/recognition/ctc.ts';
import { logSoftmaxRows } from '../../engine/recognition/logSoftmax.ts';
import { fastestPrecision, isFastWithBytes } from '../../engine/recognition/precision.ts';
import { prepareSamples } from '../../engine/recognition/samples.ts';
import {
  graphFiles,
  modelManifest,
  precisions,
  type ModelManifest,
  type Precision,
} from '../../native-models/model.ts';
import { convertCheckpoint } from '../../native-models/onnx/convert.ts';
import { quantiseColumns } from '../../native-models/onnx/quantise.ts';
import { loadOnnxRuntime, type InferenceSession } from '../../native-models/onnxRuntime.ts';
import { readInstalledModel } from '../../native-models/store/installed.ts';
import { recitalFolder } from '../support/cli.ts';
import { readClip } from '../support/media.ts';
import { runLogits } from './logits.ts';

let folder: string;
let manifest: ModelManifest;
const sessions: Partial<Record<Precision, InferenceSession>> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sewscribe-precision-'));
  manifest = await convertCheckpoint(recitalFolder, folder, { id: 'recital', precisions });
  const { InferenceSession } = await loadOnnxRuntime();
  for (const precision of precisions) {
    sessions[precision] = await InferenceSession.create(join(folder, graphFiles(precision).graph), {
      intraOpNumThreads: 1,
      executionProviders: ['cpu'],
    });
  }
});

afterAll(async () => {
  for (const session of Object.values(sessions)) await session.release();
  await rm(folder, { recursive: true, force: true });
});

async function run(precision: Precision, samples: Float32Array) {
  const { data, dims } = await runLogits(sessions[precision]!, manifest, prepareSamples(samples, manifest));
  return { dims: [...dims], logits: data as Float32Array };
}

async function heard(precision: Precision, samples: Float32Array): Promise<string> {
  const { dims, logits } = await run(precision, samples);
  const [, frames, vocabularySize] = dims;
  const data = logSoftmaxRows(logits, vocabularySize);
  const piece = { frames, vocabularySize, data, startSample: 0, hopSamples: manifest.hopSamples };
  return greedyWords(piece, manifest, { channel: 0 })
    .map((word) => word.text)
    .join(' ');
}

describe('the graph in 8 bits', () => {
  test('hears what the one in single precision hears, up to a letter a clip', async () => {
    const [, ...rows] = (await readFile(join(recitalFolder, 'clips.tsv'), 'utf8')).trim().split('\n');
    const differing: string[] = [];
    for (const [clip] of rows.map((row) => row.split('\t'))) {
      const samples = await readClip(clip);
      const exact = await heard('float32', samples);
      const rounded = await heard('int8', samples);
      expect(exact.length, clip).toBeGreaterThan(15);
      if (editCounts([...exact], [...rounded]).errors > 1) differing.push(`${clip}: ${rounded}`);
    }
    expect(rows).toHaveLength(12);
    expect(differing).toEqual([]);
  });

  test.each([720, 721, 1040, 16000, 16321, 40000])('has as many frames over %i samples', async (length) => {
    const samples = Float32Array.from({ length }, (_, i) => Math.sin((i * i) / 9000));
    const exact = await run('float32', samples);
    const rounded = await run('int8', samples);
    expect(rounded.dims).toEqual(exact.dims);
    expect(rounded.logits.every(Number.isFinite)).toBe(true);
    // It is another graph: the same numbers would mean that nothing was rounded
    expect(rounded.logits).not.toEqual(exact.logits);
  });

  test('takes silence, whose values have no range', async () => {
    const { logits } = await run('int8', new Float32Array(8000));
    expect(logits.every(Number.isFinite)).toBe(true);
  });

  test('has its own files, in which the linear layers take a quarter', async () => {
    const files = precisions.flatMap((precision) => Object.values(graphFiles(precision)));
    expect((await readdir(folder)).sort()).toEqual([...files, 'model.json'].sort());
    const bytes = async (precision: Precision) =>
      (await stat(join(folder, graphFiles(precision).weights))).size;
    const { hidden_size: hidden, intermediate_size: intermediate, ...config } = await recitalConfig();
    const layer = 4 * hidden * hidden + 2 * hidden * intermediate;
    const linear = config.num_hidden_layers * layer + hidden * hidden * config.squeeze_factor;
    const saved = (await bytes('float32')) - (await bytes('int8'));
    expect(saved / (3 * linear)).toBeGreaterThan(0.9);
    expect(saved / (3 * linear)).toBeLessThan(1.1);
    expect((await stat(join(folder, graphFiles('int8').graph))).size).toBeLessThan(100_000);
  });
});

type Config = Record<'hidden_size' | 'intermediate_size' | 'num_hidden_layers' | 'squeeze_factor', number>;

const recitalConfig = async () =>
  JSON.parse(await readFile(join(recitalFolder, 'config.json'), 'utf8')) as Config;

describe('which graphs a model has', () => {
  test('a very small one has single precision alone', async () => {
    const small = await mkdtemp(join(folder, 'small-'));
    try {
      expect((await convertCheckpoint(recitalFolder, small, { id: 'small' })).precisions).toEqual([
        'float32',
      ]);
      expect((await readdir(small)).sort()).toEqual(['model.json', 'model.onnx', 'model.onnx.data']);
    } finally {
      await rm(small, { recursive: true });
    }
  });

  test('a manifest that does not say is one of single precision', () => {
    const { precisions: said, ...older } = manifest;
    expect(said).toEqual(['float32', 'int8']);
    expect(modelManifest.parse(older).precisions).toEqual(['float32']);
  });

  test('a model without a file of its 8-bit graph is damaged', async () => {
    const weights = join(folder, graphFiles('int8').weights);
    const content = await readFile(weights);
    await rm(weights);
    try {
      await expect(readInstalledModel(folder)).rejects.toThrow(/its model\.int8\.onnx\.data is missing/);
    } finally {
      await writeFile(weights, content);
    }
    await expect(readInstalledModel(folder)).resolves.toMatchObject({ folder });
  });
});

describe('which graph a recogniser loads', () => {
  afterEach(() => vi.unstubAllEnvs());
  const both = { precisions: [...precisions] };
  const floats = { precisions: ['float32' as const] };

  test.each([
    { wish: 'int8', model: both, device: 'cpu' as const, loaded: 'int8' },
    { wish: 'float32', model: both, device: 'cpu' as const, loaded: 'float32' },
    { wish: 'int8', model: floats, device: 'cpu' as const, loaded: 'float32' },
    { wish: '', model: floats, device: 'cpu' as const, loaded: 'float32' },
    { wish: '', model: both, device: 'cuda' as const, loaded: 'float32' },
  ])('$loaded for SEWSCRIBE_PRECISION="$wish" on $device', ({ wish, model, device, loaded }) => {
    vi.stubEnv('SEWSCRIBE_PRECISION', wish);
    expect(fastestPrecision(model, device)).toBe(loaded);
  });

  test('a wish that is none is told', () => {
    vi.stubEnv('SEWSCRIBE_PRECISION', 'int4');
    expect(() => fastestPrecision(both, 'cpu')).toThrow(
      'SEWSCRIBE_PRECISION is "int4"; it can be float32 or int8.',
    );
  });

  test.each([
    ['VNNI with AVX-512', 'processor\t: 0\nflags\t\t: fpu avx512f avx512_vnni\nbugs\t\t: a\n', true],
    ['VNNI with AVX2', 'flags\t\t: fpu avx2 avx_vnni sse', true],
    ['AMX', 'flags\t\t: amx_int8', true],
    ['neither', 'flags\t\t: fpu avx2 avx512f avx_vnni_int16\n', false],
    ['a name that looks like it', 'model name\t: amx_int8\nflags\t\t: fpu\n', false],
    ['an ARM processor', 'Features\t: fp asimd asimddp i8mm\n', false],
    ['nothing said', '', false],
  ])('a processor with %s', (_, description, expected) => {
    expect(isFastWithBytes(description)).toBe(expected);
  });
});

test('a matrix in 8 bits is within half a step of what it was', () => {
  const sizes = fc.record({
    inputs: fc.integer({ min: 1, max: 9 }),
    outputs: fc.integer({ min: 1, max: 9 }),
  });
  const matrices = sizes.chain(({ inputs, outputs }) =>
    fc.record({
      inputs: fc.constant(inputs),
      outputs: fc.constant(outputs),
      weight: fc.float32Array({
        noNaN: true,
        min: -1000,
        max: 1000,
        minLength: inputs * outputs,
        maxLength: inputs * outputs,
      }),
    }),
  );
  fc.assert(
    fc.property(matrices, ({ inputs, outputs, weight }) => {
      const { values, scales } = quantiseColumns(weight, inputs, outputs);
      for (let output = 0; output < outputs; output++) {
        for (let input = 0; input < inputs; input++) {
          const back = values[input * outputs + output] * scales[output];
          const error = Math.abs(back - weight[output * inputs + input]);
          expect(error).toBeLessThanOrEqual(0.5001 * scales[output]);
        }
      }
    }),
  );
});
