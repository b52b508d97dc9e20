import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSafetensors } from '../../native-models/checkpoint/safetensors.ts';
import { ModelError } from '../../native-models/model.ts';
import { safetensorsFile } from './archives.ts';
import { withTemporaryFolder } from './logits.ts';

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
    ['I8', Int8Array.of(7, -9), [7, -9]],
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
