import { rm, stat } from 'node:fs/promises';
import { folders } from '../../files/folders.ts';
import { ownLanguageModel } from '../../native-models/language/files.ts';
import { importLanguageModel } from '../../native-models/language/import.ts';
import { resolveModel } from '../../native-models/store/resolve.ts';
import { CommandFailure, exitCodes } from '../failures.ts';

/** `sewscribe models import-lm` */
export async function importLm(file: string, options: { for: string; json?: boolean }): Promise<void> {
  const model = await resolveModel(options.for, folders());
  const { manifest } = model;
  if (manifest.wordDelimiterId === null) {
    throw new CommandFailure(
      `The model "${manifest.id}" writes no gaps between words, so no language model can be used with it.`,
      exitCodes.model,
    );
  }
  const path = ownLanguageModel(model, folders().languageModels);
  const { ngrams } = await importLanguageModel(file, { path, languages: manifest.languages });
  if (options.json) process.stdout.write(`${JSON.stringify({ model: manifest.id, path, ngrams })}\n`);
  else {
    process.stderr.write(
      `The model "${manifest.id}" now reads with "${file}" (${ngrams.join(', ')} n-grams of 1, 2, 3 words).\n`,
    );
  }
}

/** `sewscribe models remove-lm` */
export async function removeLm(id: string, options: { json?: boolean }): Promise<void> {
  const model = await resolveModel(id, folders());
  const { manifest } = model;
  const path = ownLanguageModel(model, folders().languageModels);
  if (!(await stat(path).catch(() => undefined))) {
    throw new CommandFailure(`The model "${manifest.id}" has no language model of yours.`, exitCodes.model);
  }
  await rm(path);
  if (options.json) process.stdout.write(`${JSON.stringify({ model: manifest.id, removed: path })}\n`);
  else process.stderr.write(`The model "${manifest.id}" reads with what it came with again.\n`);
}
