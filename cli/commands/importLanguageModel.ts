import { folders } from '../../files/folders.ts';
import { importLanguageModel } from '../../native-models/language/import.ts';
import { resolveModel } from '../../native-models/store/resolve.ts';
import { CommandFailure, exitCodes } from '../failures.ts';

/** `sewscribe models import-lm` */
export async function importLm(file: string, options: { for: string; json?: boolean }): Promise<void> {
  const { folder, manifest } = await resolveModel(options.for, folders());
  if (manifest.wordDelimiterId === null) {
    throw new CommandFailure(
      `The model "${manifest.id}" writes no gaps between words, so no language model can be used with it.`,
      exitCodes.model,
    );
  }
  const { path, ngrams } = await importLanguageModel(file, { folder, languages: manifest.languages });
  if (options.json) process.stdout.write(`${JSON.stringify({ model: manifest.id, path, ngrams })}\n`);
  else {
    process.stderr.write(
      `The model "${manifest.id}" now reads with "${file}" (${ngrams.join(', ')} n-grams of 1, 2, 3 words).\n`,
    );
  }
}
