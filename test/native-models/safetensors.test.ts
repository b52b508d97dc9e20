import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../native-models/checkpoint/checkpoint.ts';
import { openSafetensors } from '../../native-models/checkpoint/safetensors.ts';
import { ModelError, modelFiles } from '../../native-models/model.ts';
import { convertCheckpoint } from '../../native-models/onnx/convert.ts';
import { quantiseColumns } from '../../native-models/onnx/quantise.ts';
import { rowsInBytes, safetensorsFile } from './archives.ts';
import { compareWithReference, withTemporaryFolder } from './logits.ts';

async function readAll(file: Buffer): Promise<Record<string, number[]>> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'model.safetensors');
    await writeFile(path, file);
    const source = await openSafetensors(path);
    try {
      const values: Record<string, number[]> = {};
      for (const name of source.tensors.keys()) values[name] = [...(await source.read(name))];
      return values;
    } finally {
      await source.close();
    }
  });
}

const bytes = (numbers: { buffer: ArrayBufferLike }) => new Uint8Array(numbers.buffer);
const tensor = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('numbers of every type are read', () => {
  test.each([
    ['F64', Float64Array.of(0.5, -3), [0.5, -3]],
    ['F32', Float32Array.of(0.5, -3), [0.5, -3]],
    ['F16', Uint16Array.of(0x3c00, 0xc100), [1, -2.5]],
    ['F16', Uint16Array.of(0x0001, 0x7bff), [2 ** -24, 65504]],
    ['F16', Uint16Array.of(0x8000, 0xfc00), [-0, -Infinity]],
    ['BF16', Uint16Array.of(0x3f80, 0xc020), [1, -2.5]],
    ['I64', BigInt64Array.of(7n, -9n), [7, -9]],
    ['I32', Int32Array.of(7, -9), [7, -9]],
    ['I16', Int16Array.of(7, -9), [7, -9]],
    ['U8', Uint8Array.of(7, 255), [7, 255]],
    ['BOOL', Uint8Array.of(1, 0), [1, 0]],
  ])('%s', async (dtype, numbers, expected) => {
    const data = bytes(numbers);
    expect(await readAll(safetensorsFile({ x: tensor(dtype, [2], 0, data.length) }, data))).toEqual({
      x: expected,
    });
  });

  test('several tensors, in any order, with metadata', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      b: tensor('F32', [1, 2], 4, 12),
      a: tensor('F32', [], 0, 4),
      none: tensor('F32', [0, 5], 12, 12),
    };
    const file = safetensorsFile(header, bytes(Float32Array.of(1, 2, 3)));
    expect(await readAll(file)).toEqual({ a: [1], b: [2, 3], none: [] });
  });
});

describe('numbers in 8 bits have a scale for each index of the first dimension', () => {
  const scaled = (shape: number[], numbers: number[], scales: number[]) =>
    safetensorsFile(
      {
        x: tensor('I8', shape, 4 * scales.length, 4 * scales.length + numbers.length),
        x_scale: tensor('F32', [scales.length], 0, 4 * scales.length),
      },
      Buffer.concat([bytes(Float32Array.from(scales)), bytes(Int8Array.from(numbers))]),
    );

  test.each([
    ['a matrix', [2, 3], [1, -2, 3, 127, 0, -127], [0.5, 2], [0.5, -1, 1.5, 254, 0, -254]],
    ['a convolution', [2, 1, 2], [4, -4, 1, 3], [0.25, 1], [1, -1, 1, 3]],
    ['a list', [2], [7, -9], [0.5, 3], [3.5, -27]],
    ['a matrix without rows', [0, 3], [], [], []],
    ['rows without numbers', [2, 0], [], [1, 1], []],
  ])('%s', async (_, shape, numbers, scales, expected) => {
    // No tensor x_scale: it is not one of the model's
    expect(await readAll(scaled(shape, numbers, scales))).toEqual({ x: expected });
  });

  test('a tensor that is only named as scales are is one of the model’s', async () => {
    const header = { x: tensor('F32', [1], 0, 4), x_scale: tensor('F32', [1], 4, 8) };
    const file = safetensorsFile(header, bytes(Float32Array.of(1, 2)));
    expect(await readAll(file)).toEqual({ x: [1], x_scale: [2] });
  });

  test.each<[string, object | undefined, number[], RegExp]>([
    ['are missing', undefined, [], /x is stored in 8 bits, but its scales, x_scale, are missing\.$/],
    [
      'are too many',
      tensor('F32', [3], 4, 16),
      [1, 1, 1],
      /x_scale is F32 with the shape \[3\] and does not fit x, which needs F32 with the shape \[2\]\.$/,
    ],
    ['are a matrix', tensor('F32', [2, 1], 4, 12), [1, 1], /x_scale is F32 with the shape \[2, 1\]/],
    ['are one number', tensor('F32', [], 4, 8), [1], /x_scale is F32 with the shape \[\]/],
    ['are no floats', tensor('I32', [2], 4, 12), [1, 1], /x_scale is I32 with the shape \[2\]/],
    [
      'are infinite',
      tensor('F32', [2], 4, 12),
      [1, Infinity],
      /x_scale holds a scale that is no finite number/,
    ],
    ['are no numbers', tensor('F32', [2], 4, 12), [NaN, 1], /x_scale holds a scale that is no finite number/],
  ])('refused where they %s', async (_, scale, scales, message) => {
    const header = { x: tensor('I8', [2, 2], 0, 4), ...(scale && { x_scale: scale }) };
    const file = safetensorsFile(
      header,
      Buffer.concat([Buffer.alloc(4, 1), bytes(Float32Array.from(scales))]),
    );
    const outcome = readAll(file);
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toThrow(ModelError);
  });

  test('a single number in 8 bits has no rows and is refused', async () => {
    const header = { x: tensor('I8', [], 0, 1), x_scale: tensor('F32', [1], 4, 8) };
    const file = safetensorsFile(header, bytes(Float32Array.of(1, 1)));
    await expect(readAll(file)).rejects.toThrow(/which has no rows to scale/);
  });

  const numbers = fc.float({ noNaN: true, min: -1000, max: 1000 });
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }))
    .chain(([rows, length]) =>
      fc.tuple(
        fc.constant(rows),
        fc.constant(length),
        fc.array(numbers, { minLength: rows * length, maxLength: rows * length }),
      ),
    );

  test('any matrix comes back within half a step of its row', async () => {
    await fc.assert(
      fc.asyncProperty(matrices, async ([rows, length, given]) => {
        const { numbers, scales } = rowsInBytes(Float32Array.from(given), rows);
        const { x } = await readAll(scaled([rows, length], [...numbers], [...scales]));
        // A row of the smallest floats has a scale that has lost its digits
        x.forEach((value, i) => {
          const scale = scales[Math.floor(i / length)];
          if (scale > 1e-36) expect(Math.abs(value - given[i])).toBeLessThanOrEqual(0.50001 * scale);
        });
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  test('the graph in 8 bits has the whole numbers that are stored, also under the scale of the queries', () => {
    const row = fc.tuple(
      fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 8, maxLength: 8 }),
      fc.constantFrom(-127, 127),
      fc.float({ noNaN: true, min: Math.fround(1e-20), max: Math.fround(1e20) }),
      fc.float({ noNaN: true, min: Math.fround(0.01), max: 1 }),
    );
    fc.assert(
      fc.property(row, ([others, peak, scale, factor]) => {
        const stored = [...others, peak];
        const weights = Float32Array.from(stored, (number) => Math.fround(number * scale) * factor);
        const { values } = quantiseColumns(weights, stored.length, 1);
        expect([...values].map((value) => value + 0)).toEqual(stored.map((value) => value + 0));
      }),
    );
  });
});

describe('a checkpoint in 8 bits', () => {
  const golden = join(import.meta.dirname, '../fixtures/training-golden');

  /** The golden checkpoint with its matrices in 8 bits, or with the same values in 32. */
  async function store(folder: string, inBytes: boolean): Promise<void> {
    await cp(golden, folder, { recursive: true });
    const { tensors: source } = await openCheckpoint(golden);
    const header: Record<string, object> = {};
    const parts: Uint8Array[] = [];
    let end = 0;
    const add = (name: string, dtype: string, shape: readonly number[], data: Uint8Array) => {
      header[name] = tensor(dtype, [...shape], end, end + data.length);
      parts.push(data);
      end += data.length;
    };
    for (const [name, { shape }] of source.tensors) {
      const values = await source.read(name);
      if (shape.length < 2) {
        add(name, 'F32', shape, bytes(values));
        continue;
      }
      const { numbers, scales } = rowsInBytes(values, shape[0]);
      const rowLength = values.length / shape[0];
      if (inBytes) {
        add(name, 'I8', shape, bytes(numbers));
        add(`${name}_scale`, 'F32', [shape[0]], bytes(scales));
      } else {
        const exact = Float32Array.from(numbers, (n, i) => n * scales[Math.floor(i / rowLength)]);
        add(name, 'F32', shape, bytes(exact));
      }
    }
    await source.close();
    await writeFile(join(folder, 'model.safetensors'), safetensorsFile(header, Buffer.concat(parts)));
  }

  test('converts to logits close to those of the one in floats', async () => {
    const differences = await withTemporaryFolder(async (folder) => {
      await store(folder, true);
      return (await compareWithReference(folder)).map(({ difference }) => difference);
    });
    expect(differences).toHaveLength(3);
    for (const difference of differences) {
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(0.1);
    }
  });

  test('converts to the very weights and parameters of its values in floats', async () => {
    await withTemporaryFolder(async (folder) => {
      const results = [];
      for (const inBytes of [true, false]) {
        const [stored, converted] = ['stored', 'converted'].map((kind) => join(folder, `${kind}-${inBytes}`));
        await store(stored, inBytes);
        const { parameters } = await convertCheckpoint(stored, converted, { id: 'stored' });
        results.push({ parameters, weights: await readFile(join(converted, modelFiles.weights)) });
      }
      expect(results[0].parameters).toBe(results[1].parameters);
      expect(results[0].weights.equals(results[1].weights)).toBe(true);
    });
  });
});

describe('a damaged file is refused in a sentence', () => {
  const data = bytes(Float32Array.of(1, 2));
  const x = tensor('F32', [2], 0, 8);
  const good = safetensorsFile({ x }, data);
  const longHeader = Buffer.alloc(16);
  longHeader.writeBigUInt64LE(2n ** 62n);
  const cases: [string, Buffer, RegExp][] = [
    ['nothing', Buffer.alloc(0), /not a whole safetensors file/],
    ['a header longer than the file', longHeader, /not a whole/],
    ['a header that is no JSON', safetensorsFile('{"x":', data), /not a whole/],
    ['a header that is a list', safetensorsFile('[]', data), /not a whole/],
    ['a header nested without end', safetensorsFile('['.repeat(1_000_000), data), /not a whole/],
    [
      'a tensor without a shape',
      safetensorsFile({ x: { dtype: 'F32', data_offsets: [0, 8] } }, data),
      /not a whole/,
    ],
    ['a negative size', safetensorsFile({ x: tensor('F32', [-2], 0, 8) }, data), /not a whole/],
    [
      'a size beyond numbers',
      safetensorsFile({ x: tensor('F32', [2 ** 40, 2 ** 40], 0, 8) }, data),
      /impossible shape/,
    ],
    [
      'a length that does not fit the shape',
      safetensorsFile({ x: tensor('F32', [3], 0, 8) }, data),
      /does not fit its shape/,
    ],
    ['offsets turned round', safetensorsFile({ x: tensor('F32', [2], 8, 0) }, data), /does not fit/],
    ['a tensor beyond the end', safetensorsFile({ x: tensor('F32', [2], 4, 12) }, data), /beyond its end/],
    ['tensors that overlap', safetensorsFile({ x, y: tensor('F32', [1], 4, 8) }, data), /overlaps/],
    [
      'numbers of an unknown type',
      safetensorsFile({ x: tensor('F8_E4M3', [8], 0, 8) }, data),
      /x is stored as F8_E4M3/,
    ],
    ['a placeholder of Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /Git LFS/],
  ];
  test.each(cases)('%s', async (_, file, message) => {
    const outcome = readAll(file);
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toThrow(ModelError);
  });

  test('cut off anywhere', async () => {
    for (let length = 0; length < good.length; length++) {
      await expect(readAll(good.subarray(0, length)), `${length} bytes`).rejects.toThrow(ModelError);
    }
  });

  test('any byte changed: weights or a sentence, never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), async (at, value) => {
        const file = Buffer.from(good);
        file[at] = value;
        await readAll(file).catch((error: unknown) => expect(error).toBeInstanceOf(ModelError));
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
