import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstalledModel } from '../store/installed.ts';
import { embeddedModelId } from '../store/resolve.ts';

/**
 * Where a person's own language model for a model lies, if there is one: beside an installed model, but with their data
 * for the embedded one, whose folder is a conversion in the cache and may be cleared.
 */
export function ownLanguageModel(model: InstalledModel, languageModelsFolder: string): string {
  const { id } = model.manifest;
  return id === embeddedModelId ? join(languageModelsFolder, `${id}.lm`) : join(model.folder, 'language.lm');
}

const shippedFolder = join(dirname(fileURLToPath(import.meta.url)), '../embedded/language');

/** The language model that ships with the app for a language (ISO 639-1), and the letters that it needs. */
export function shippedLanguageModel(language: string): { path: string; alphabet: string } | undefined {
  if (language !== 'en') return undefined;
  return { path: join(shippedFolder, 'english.lm'), alphabet: "abcdefghijklmnopqrstuvwxyz'" };
}

/** The punctuation model that ships with the app, for English. */
export const shippedPunctuationModel = join(shippedFolder, 'english-punctuation');
