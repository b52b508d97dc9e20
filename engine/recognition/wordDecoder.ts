import { stat } from 'node:fs/promises';
import { ownLanguageModel, shippedLanguageModel } from '../../native-models/language/files.ts';
import { ModelError } from '../../native-models/model.ts';
import type { Decoder, OwnWord } from '../contract.ts';
import { beamDecoder } from './beam/beamThread.ts';
import { greedyWords } from './ctc.ts';
import { canSpell } from './languageModel/spelledWords.ts';
import type { LoadedModel } from './recogniser.ts';
import type { WordDecoder } from './windowWords.ts';

export type Reading = {
  model: LoadedModel;
  /** Missing: a beam where there is a language model for the model, otherwise greedily. */
  decoder?: Decoder;
  /** A person's words, which only a beam listens for. */
  vocabulary?: readonly OwnWord[];
};

/**
 * How a model's words are read.
 * @param languageModelsFolder the person's own language models
 * @throws ModelError where a beam is asked for and no language model fits.
 */
export async function wordDecoder(
  { model, decoder, vocabulary = [] }: Reading,
  languageModelsFolder: string,
): Promise<WordDecoder> {
  const { manifest } = model;
  const greedy: WordDecoder = (piece, { channel }) =>
    Promise.resolve(greedyWords(piece, manifest, { channel }));
  if (decoder === 'greedy') return greedy;
  const languagePath = await languageModelFor(model, languageModelsFolder);
  if (languagePath !== null) return beamDecoder(languagePath, manifest, vocabulary);
  if (decoder === undefined) return greedy;
  throw new ModelError(
    `There is no language model for the model "${manifest.id}": leave --decoder away, or import one with "sewscribe models import-lm".`,
  );
}

/** What a person should know of a vocabulary that nothing listens for, a sentence; null where all is well. */
export async function vocabularyNotice(
  { model, decoder, vocabulary = [] }: Reading,
  languageModelsFolder: string,
): Promise<string | null> {
  if (vocabulary.length === 0 || decoder === 'greedy') return null;
  if ((await languageModelFor(model, languageModelsFolder)) !== null) return null;
  return `Your own words were not listened for: there is no language model for the model “${model.manifest.id}”.`;
}

/** A person's own one for the model, else the shipped one of its language; null where none fits. */
async function languageModelFor(model: LoadedModel, languageModelsFolder: string): Promise<string | null> {
  const { manifest } = model;
  if (manifest.wordDelimiterId === null) return null;
  const own = ownLanguageModel(model, languageModelsFolder);
  if (await isThere(own)) return own;
  for (const tag of manifest.languages) {
    const shipped = shippedLanguageModel(tag.split('-')[0]);
    if (shipped && canSpell(manifest, shipped.alphabet) && (await isThere(shipped.path))) return shipped.path;
  }
  return null;
}

const isThere = async (path: string) => (await stat(path).catch(() => undefined))?.isFile() === true;
