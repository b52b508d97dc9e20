import * as z from 'zod';
import { ModelError } from '../model.ts';
import { checkPieces, openFile } from './file.ts';
import { numberTypes, toFloat32, type NumberType } from './numbers.ts';
import { withRowScales } from './rowScales.ts';
import { elementCount, type TensorSource } from './tensors.ts';

const typeNames: Record<string, NumberType> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const offset = z.number().int().min(0);
const entry = z.object({
  dtype: z.string(),
  shape: z.array(offset).max(16),
  data_offsets: z.tuple([offset, offset]),
});

/** The format's own limit on the header's length. */
const longestHeaderBytes = 100_000_000;

/**
 * Opens a safetensors file: an eight-byte length, a JSON header, then the tensors' bytes. Those in
 * 8 bits have scales beside them, as `withRowScales` says.
 * @throws ModelError where the file is damaged.
 */
export async function openSafetensors(path: string): Promise<TensorSource> {
  const file = await openFile(path);
  try {
    const damaged = `${path} is not a whole safetensors file: download it again.`;
    if (file.sizeBytes < 8) throw new ModelError(damaged);
    const headerBytes = Number(new DataView((await file.read(0, 8)).buffer).getBigUint64(0, true));
    if (headerBytes > longestHeaderBytes || 8 + headerBytes > file.sizeBytes) throw new ModelError(damaged);

    let parsed: [name: string, z.infer<typeof entry>][];
    try {
      const json: unknown = JSON.parse(Buffer.from(await file.read(8, headerBytes)).toString('utf8'));
      const entries = Object.entries(z.record(z.string(), z.unknown()).parse(json));
      parsed = entries
        .filter(([name]) => name !== '__metadata__')
        .map(([name, value]) => [name, entry.parse(value)]);
    } catch (error) {
      throw new ModelError(damaged, { cause: error });
    }

    const dataBegin = 8 + headerBytes;
    const tensors = new Map<string, { shape: number[]; dataType: string; begin: number; end: number }>();
    for (const [name, { dtype, shape, data_offsets: offsets }] of parsed) {
      const bytes = elementCount(shape, name, path) * (numberTypes[typeNames[dtype]] ?? NaN);
      if (!Number.isNaN(bytes) && offsets[1] - offsets[0] !== bytes) {
        throw new ModelError(`${path} is damaged: the length of ${name} does not fit its shape.`);
      }
      tensors.set(name, {
        shape,
        dataType: dtype,
        begin: dataBegin + offsets[0],
        end: dataBegin + offsets[1],
      });
    }
    checkPieces(
      path,
      file.sizeBytes,
      [...tensors].map(([name, { begin, end }]) => ({ name, begin, end })),
    );

    return withRowScales({
      origin: path,
      tensors,
      async read(name) {
        const { dataType, begin, end } = tensors.get(name)!;
        const type = typeNames[dataType];
        if (!type) throw new ModelError(`${path}: ${name} is stored as ${dataType}, which cannot be read.`);
        return toFloat32(await file.read(begin, end - begin), type);
      },
      close: () => file.close(),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}
