import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPytorchBin } from '../../native-models/checkpoint/pytorchBin.ts';
import { ModelError } from '../../native-models/model.ts';
import { pickle, storedZip, torchFile } from './archives.ts';
import { withTemporaryFolder } from './logits.ts';

/** Every tensor of such a file, by its name. */
async function readAll(file: Buffer): Promise<Record<string, number[]>> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'pytorch_model.bin');
    await writeFile(path, file);
    const source = await openPytorchBin(path);
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
const six = bytes(Float32Array.of(1, 2, 3, 4, 5, 6));
const floats = (elements: number) => pickle.storage('FloatStorage', '0', elements);
const oneTensor = (tensor: Buffer) => torchFile(pickle.program(pickle.map({ x: tensor })), { 0: six });

describe('tensors are read', () => {
  test.each([
    ['whole', pickle.tensor(floats(6), 0, [2, 3], [3, 1]), [1, 2, 3, 4, 5, 6]],
    ['from an offset', pickle.tensor(floats(6), 2, [3], [1]), [3, 4, 5]],
    ['transposed', pickle.tensor(floats(6), 0, [3, 2], [1, 3]), [1, 4, 2, 5, 3, 6]],
    ['with gaps', pickle.tensor(floats(6), 1, [2], [3]), [2, 5]],
    ['repeated', pickle.tensor(floats(6), 3, [2, 2], [0, 1]), [4, 5, 4, 5]],
    ['a scalar', pickle.tensor(floats(6), 5, [], []), [6]],
    ['empty', pickle.tensor(floats(6), 0, [0, 3], [3, 1]), []],
    ['with an axis of one and any stride', pickle.tensor(floats(6), 0, [1, 2], [999, 1]), [1, 2]],
  ])('%s', async (_, tensor, expected) => {
    expect(await readAll(oneTensor(tensor))).toEqual({ x: expected });
  });

  test.each([
    ['DoubleStorage', Float64Array.of(0.5, -3), [0.5, -3]],
    ['HalfStorage', Uint16Array.of(0x3c00, 0xc100), [1, -2.5]],
    ['BFloat16Storage', Uint16Array.of(0x3f80, 0xc020), [1, -2.5]],
    ['LongStorage', BigInt64Array.of(7n, -9n), [7, -9]],
    ['IntStorage', Int32Array.of(7, -9), [7, -9]],
    ['ShortStorage', Int16Array.of(7, -9), [7, -9]],
    ['CharStorage', Int8Array.of(7, -9), [7, -9]],
    ['ByteStorage', Uint8Array.of(7, 255), [7, 255]],
    ['BoolStorage', Uint8Array.of(1, 0), [1, 0]],
  ])('of %s', async (type, numbers, expected) => {
    const tensor = pickle.tensor(pickle.storage(type, '0', 2), 0, [2], [1]);
    const file = torchFile(pickle.program(pickle.map({ x: tensor })), { 0: bytes(numbers) });
    expect(await readAll(file)).toEqual({ x: expected });
  });

  test('parameters, ordered dictionaries with state, and what is no tensor beside them', async () => {
    const parameter = pickle.call(
      pickle.global('torch._utils', '_rebuild_parameter'),
      pickle.tuple(pickle.tensor(floats(6), 0, [1], [1]), Buffer.from([0x88]), Buffer.from(')')),
    );
    const ordered = Buffer.concat([
      pickle.call(pickle.global('collections', 'OrderedDict'), Buffer.from(')')),
      Buffer.from('('),
      pickle.text('p'),
      parameter,
      pickle.text('step'),
      pickle.number(3),
      Buffer.from('u'),
      pickle.map({ _metadata: pickle.map({}) }),
      Buffer.from('b'),
    ]);
    expect(await readAll(torchFile(pickle.program(ordered), { 0: six }))).toEqual({ p: [1] });
  });

  test('out of an archive in the 64-bit form', async () => {
    const tensor = pickle.tensor(floats(6), 0, [6], [1]);
    const file = torchFile(pickle.program(pickle.map({ x: tensor })), { 0: six }, { wide: true });
    expect(await readAll(file)).toEqual({ x: [1, 2, 3, 4, 5, 6] });
  });
});

describe('names that are not part of weights are refused by name', () => {
  const run = (module: string, name: string) =>
    pickle.call(pickle.global(module, name), pickle.tuple(pickle.text('touch /tmp/run')));
  test.each([
    ['os', 'system'],
    ['builtins', 'eval'],
    ['torch', 'load'],
    ['torch._utils', '_rebuild_tensor_v3'],
    ['__builtin__', 'getattr'],
    ['toString', 'constructor'],
  ])('%s.%s', async (module, name) => {
    const file = torchFile(pickle.program(pickle.map({ x: run(module, name) })), { 0: six });
    await expect(readAll(file)).rejects.toThrow(`"${module}.${name}"`);
    await expect(readAll(file)).rejects.toThrow(ModelError);
  });

  test('however the name is given', async () => {
    const named = Buffer.concat([pickle.text('os'), pickle.text('system'), Buffer.from([0x93])]);
    await expect(readAll(torchFile(pickle.program(named)))).rejects.toThrow('"os.system"');
  });
});

describe('what is no whole file of weights is refused in a sentence', () => {
  const tensor = pickle.tensor(floats(6), 0, [6], [1]);
  const good = oneTensor(tensor);
  const cases: [string, Buffer, RegExp][] = [
    ['nothing', Buffer.alloc(0), /not a whole file/],
    ['another file', Buffer.from('<!DOCTYPE html><html>'), /not a file of PyTorch weights/],
    ['a placeholder of Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /Git LFS/],
    [
      'the old layout',
      Buffer.from('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.', 'latin1'),
      /PyTorch before 1\.6/,
    ],
    ['an archive without a pickle', storedZip({ 'archive/readme': six }), /no data\.pkl/],
    [
      'a compressed archive',
      torchFile(pickle.program(pickle.map({ x: tensor })), { 0: six }, { method: 8 }),
      /compressed/,
    ],
    ['its first half', good.subarray(0, good.length / 2), /not a whole file/],
    [
      'a big-endian file',
      storedZip({
        'a/data.pkl': pickle.program(pickle.map({ x: tensor })),
        'a/data/0': six,
        'a/byteorder': Buffer.from('big'),
      }),
      /big-endian/,
    ],
    ['no tensors', torchFile(pickle.program(pickle.map({ x: pickle.number(1) }))), /no weights by name/],
    ['a missing storage', torchFile(pickle.program(pickle.map({ x: tensor }))), /numbers of x are missing/],
    [
      'a storage cut short',
      torchFile(pickle.program(pickle.map({ x: tensor })), { 0: six.subarray(0, 20) }),
      /cut off/,
    ],
    ['a tensor beyond its storage', oneTensor(pickle.tensor(floats(6), 3, [4], [1])), /beyond/],
    ['a stride beyond its storage', oneTensor(pickle.tensor(floats(6), 0, [2, 2], [2 ** 40, 1])), /beyond/],
    [
      'a tensor of absurd size',
      oneTensor(pickle.tensor(floats(6), 0, [2 ** 26, 2 ** 26], [0, 0])),
      /damaged/,
    ],
    [
      'a tensor that repeats without end',
      oneTensor(pickle.tensor(floats(6), 0, [2 ** 30], [0])),
      /larger than/,
    ],
    [
      'a storage said to be absurdly big',
      oneTensor(pickle.tensor(floats(2 ** 50), 0, [2 ** 50], [1])),
      /cut off/,
    ],
    ['shape and strides that do not fit', oneTensor(pickle.tensor(floats(6), 0, [2, 3], [1])), /damaged/],
    ['a pickle without an end', torchFile(pickle.map({ x: tensor }), { 0: six }), /damaged/],
    ['marks without end', torchFile(pickle.program(Buffer.alloc(1_000_000, '('))), /damaged/],
    [
      'lists in lists in lists',
      torchFile(pickle.program(Buffer.concat(Array<Buffer>(200_000).fill(Buffer.from(']2a'))))),
      /no weights|damaged/,
    ],
    ['a list in itself', torchFile(pickle.program(Buffer.from(']q\x00h\x00a'))), /no weights/],
    [
      'a text longer than the file',
      torchFile(pickle.program(Buffer.from('X\xff\xff\xff\xff', 'latin1'))),
      /damaged/,
    ],
    ['a number too long', torchFile(pickle.program(Buffer.from('\x8a\xff', 'latin1'))), /damaged/],
    ['an unknown instruction', torchFile(pickle.program(Buffer.from('!'))), /damaged/],
    ['a memo that was not filled', torchFile(pickle.program(Buffer.from('h\x07'))), /damaged/],
    ['an empty stack', torchFile(pickle.program()), /damaged/],
  ];
  test.each(cases)('%s', async (_, file, message) => {
    const outcome = readAll(file);
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toThrow(ModelError);
  });

  test('entries that overlap', async () => {
    const file = Buffer.from(good);
    // the second entry's place in the directory becomes the first one's
    const last = file.lastIndexOf('PK\x01\x02');
    file.writeUInt32LE(0, last + 42);
    await expect(readAll(file)).rejects.toThrow(/overlaps|cut off|damaged/);
  });

  test('cut off anywhere', async () => {
    for (let length = 0; length < good.length; length += 7) {
      await expect(readAll(good.subarray(0, length)), `${length} bytes`).rejects.toThrow(ModelError);
    }
  });

  test('any byte changed: weights or a sentence, never anything else', async () => {
    const byte = fc.nat({ max: 255 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), byte), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const file = Buffer.from(good);
          for (const [at, value] of changes) file[at] = value;
          await readAll(file).catch((error: unknown) => expect(error).toBeInstanceOf(ModelError));
        },
      ),
      { numRuns: 400, seed: 7 },
    );
  });

  test('any instructions at all: weights or a sentence, never anything else', async () => {
    const instruction = fc.constantFrom(
      ...[...'.(012NK!MJXTU])}tlaesuqrhjcRbQ'].map((c) => c.charCodeAt(0)),
      0x85,
      0x86,
      0x87,
      0x88,
      0x89,
      0x8a,
      0x8c,
      0x93,
      0x94,
      0x95,
      0x81,
      0,
      1,
      10,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(instruction, { maxLength: 60 }), async (program) => {
        await readAll(torchFile(Buffer.from([0x80, 2, ...program, 0x2e]), { 0: six })).catch(
          (error: unknown) => expect(error).toBeInstanceOf(ModelError),
        );
      }),
      { numRuns: 400, seed: 11 },
    );
  });
});
