import { createHash } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from './checkpoint.ts';
import { shapes, type ShapeName } from './shapes.ts';
import { tensorShapes } from './tensorShapes.ts';
import { vocabularyFrom } from './vocabulary.ts';

/** The published models' tokens, in their order. */
const tokens = ['<pad>', '<s>', '</s>', '<unk>', '|', ..."ETAOINHSRDLUMWCFGYPBVK'XJQZ"];

/**
 * A model of a published shape with made-up weights, for measuring how fast that shape is. The same seed gives the
 * same weights everywhere; they are scaled so that signals keep their size from layer to layer.
 */
export function randomCheckpoint(shape: ShapeName, seed: number): Checkpoint {
  const config = shapes[shape];
  const tensors = tensorShapes(config);
  return {
    origin: `${shape} with random weights`,
    family: config.model_type,
    config,
    doNormalize: true,
    languages: [],
    licence: null,
    tensors: {
      origin: `${shape} with random weights`,
      tensors: new Map([...tensors].map(([name, size]) => [name, { shape: size, dataType: 'F32' }])),
      read: (name) => Promise.resolve(randomValues(name, tensors.get(name)!, seed)),
      close: () => Promise.resolve(),
    },
    readVocabulary: () => Promise.resolve(vocabularyFrom(tokens, 0)),
  };
}

function randomValues(name: string, shape: readonly number[], seed: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const inputs = shape.length > 1 ? count / shape[0] : 1;
  const isScale = /(?:[nN]orm\.weight|weight_g)$/.test(name);
  // Uniform over plus or minus this: the variance a layer needs to keep its input's, or a little around 0 or 1
  const spread = name.endsWith('.bias') || isScale ? 0.2 : Math.sqrt(3 / inputs);
  const middle = isScale ? 1 : 0;
  const values = new Float32Array(count);
  let state = createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE(0) || 1;
  for (let i = 0; i < count; i++) {
    // Marsaglia's xorshift, 32 bits (Journal of Statistical Software 8/14, 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = middle + (state / 2 ** 31) * spread;
  }
  return values;
}

/**
 * Writes a checkpoint as a Hugging Face folder (config.json, vocab.json, preprocessor_config.json, model.safetensors),
 * one tensor at a time.
 */
export async function writeCheckpoint(checkpoint: Checkpoint, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const put = (name: string, value: unknown) =>
    writeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  const { tensors, read } = checkpoint.tensors;
  const { vocabulary } = await checkpoint.readVocabulary(tensors.get('lm_head.bias')!.shape[0], null);
  await put('config.json', checkpoint.config);
  await put('vocab.json', Object.fromEntries(vocabulary.map((token, id) => [token, id])));
  await put('preprocessor_config.json', { do_normalize: checkpoint.doNormalize, sampling_rate: 16000 });

  let end = 0;
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  for (const [name, { shape }] of tensors) {
    const begin = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = await open(join(folder, 'model.safetensors'), 'w');
  try {
    await file.writeFile(length);
    await file.writeFile(json);
    for (const name of tensors.keys()) {
      const values = await read(name);
      await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  } finally {
    await file.close();
  }
}
