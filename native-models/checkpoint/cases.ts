import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ModelError } from '../model.ts';
import { readJsonFile } from './jsonFile.ts';

/** An input with the logits that the model's reference implementation gives for it. */
export type ReferenceCase = {
  samples: number;
  frames: number;
  vocabularySize: number;
  /** Raw 16 kHz mono float32, before normalisation. */
  samplesPath: string;
  /** float32 [frames, vocabularySize] */
  logitsPath: string;
};

const fileName = z
  .string()
  .regex(/^(?:\.\.\/)?[A-Za-z0-9][\w.-]*$/, 'must name a file in or just above the folder');
const casesFile = z.looseObject({
  cases: z.array(
    z.looseObject({
      samples: z.number().int().positive(),
      frames: z.number().int().positive(),
      vocab: z.number().int().positive(),
      input: fileName,
      logits: fileName,
    }),
  ),
});

/**
 * Reads cases.json beside a checkpoint: reference inputs and logits, both little-endian float32 files.
 * @throws ModelError where the list or one of its files is missing, or a file's length is not what the list says.
 */
export async function readReferenceCases(folder: string): Promise<ReferenceCase[]> {
  const { cases } = await readJsonFile(folder, 'cases.json', casesFile);
  return Promise.all(
    cases.map(async ({ samples, frames, vocab, input, logits }) => {
      await checkLength(join(folder, input), samples);
      await checkLength(join(folder, logits), frames * vocab);
      return {
        samples,
        frames,
        vocabularySize: vocab,
        samplesPath: join(folder, input),
        logitsPath: join(folder, logits),
      };
    }),
  );
}

async function checkLength(path: string, floats: number): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new ModelError(`${path} is missing, though cases.json names it.`);
  if (found.size !== 4 * floats) {
    throw new ModelError(`${path} should hold ${floats} numbers, but it has ${found.size} bytes.`);
  }
}
