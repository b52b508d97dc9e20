import { createReadStream } from 'node:fs';
import { writeFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ModelError } from '../model.ts';
import { readArpa } from './arpa.ts';
import { languageModelFile } from './files.ts';
import { packModel } from './packedModel.ts';

/**
 * Packs an ARPA file as the language model of an installed model; it takes the place of one that is there.
 * @returns the file that was written, and its n-grams of each order.
 * @throws ModelError where the file cannot be read as ARPA
 */
export async function importLanguageModel(
  arpaPath: string,
  model: { folder: string; languages: string[] },
): Promise<{ path: string; ngrams: [number, number, number] }> {
  const name = basename(arpaPath);
  const input = createReadStream(arpaPath, 'utf8');
  const read = await readArpa(createInterface({ input, crlfDelay: Infinity }), name).catch(
    (cause: unknown) => {
      if (cause instanceof ModelError) throw cause;
      throw new ModelError(`"${arpaPath}" cannot be read; check the path.`, { cause });
    },
  );
  const card = { name, languages: model.languages, licence: null, source: `Imported from ${name}` };
  const path = join(model.folder, languageModelFile);
  await writeFile(`${path}.part`, packModel(read, card));
  await rename(`${path}.part`, path);
  return { path, ngrams: [read.words.length, read.bigrams.keys.length, read.trigrams.keys.length] };
}
