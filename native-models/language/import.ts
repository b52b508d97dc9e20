import { createReadStream } from 'node:fs';
import { mkdir, writeFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { ModelError } from '../model.ts';
import { readArpa } from './arpa.ts';
import { packModel } from './packedModel.ts';

/**
 * Packs an ARPA file as the language model for texts of some languages; it takes the place of one that is there.
 * @returns its n-grams of each order.
 * @throws ModelError where the file cannot be read as ARPA
 */
export async function importLanguageModel(
  arpaPath: string,
  to: { path: string; languages: string[] },
): Promise<{ ngrams: [number, number, number] }> {
  const name = basename(arpaPath);
  const input = createReadStream(arpaPath, 'utf8');
  const read = await readArpa(createInterface({ input, crlfDelay: Infinity }), name).catch(
    (cause: unknown) => {
      if (cause instanceof ModelError) throw cause;
      throw new ModelError(`"${arpaPath}" cannot be read; check the path.`, { cause });
    },
  );
  const card = { name, languages: to.languages, licence: null, source: `Imported from ${name}` };
  await mkdir(dirname(to.path), { recursive: true });
  await writeFile(`${to.path}.part`, packModel(read, card));
  await rename(`${to.path}.part`, to.path);
  return { ngrams: [read.words.length, read.bigrams.keys.length, read.trigrams.keys.length] };
}
