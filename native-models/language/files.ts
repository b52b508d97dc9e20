import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The name of a person's language model in the folder of the model that it is for. */
export const languageModelFile = 'language.lm';

const shippedFolder = join(dirname(fileURLToPath(import.meta.url)), '../embedded/language');

/** The language model that ships with the app for a language (ISO 639-1), and the letters that it needs. */
export function shippedLanguageModel(language: string): { path: string; alphabet: string } | undefined {
  if (language !== 'en') return undefined;
  return { path: join(shippedFolder, 'english.lm'), alphabet: "abcdefghijklmnopqrstuvwxyz'" };
}

/** The punctuation model that ships with the app, for English. */
export const shippedPunctuationModel = join(shippedFolder, 'english-punctuation');
