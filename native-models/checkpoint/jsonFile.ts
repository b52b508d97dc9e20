import { stat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { ModelError } from '../model.ts';
import { isFile } from './file.ts';

/** None of a checkpoint's JSON files comes near this; a model's vocabulary of 100,000 tokens has 2 MB. */
const longestJsonBytes = 64 << 20;

/**
 * Reads one of a checkpoint's JSON files and checks it.
 * @throws ModelError naming the file and the first field that is wrong.
 */
export async function readJsonFile<T>(folder: string, fileName: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(folder, fileName);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new ModelError(`${folder} has no ${fileName}: it is not a whole checkpoint.`);
  if (found.size > longestJsonBytes) throw new ModelError(`${path} is too long to be a checkpoint's file.`);
  let json: unknown;
  try {
    json = JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ModelError(`${path} is not valid JSON: download it again.`, { cause: error });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new ModelError(`${path} cannot be used (${field}${issue.message}).`);
}

/** As readJsonFile, but null where there is no such file. */
export async function readOptionalJsonFile<T>(
  folder: string,
  fileName: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  return (await isFile(join(folder, fileName))) ? readJsonFile(folder, fileName, schema) : null;
}
