import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ModelError } from '../model.ts';
import { firstWordId } from './wordFeatures.ts';

/** What `model.json` beside the graph of a punctuation model says. */
const description = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  languages: z.array(z.string()),
  licence: z.string(),
  source: z.string(),
  /** How many words before and behind a word the network looks at. */
  leftContextWords: z.number().int().min(0),
  rightContextWords: z.number().int().min(0),
  /** Words between spaces, the most frequent first. */
  vocabulary: z.string(),
  /** Words with capitals inside: `{"mcgregor": "McGregor"}` */
  forms: z.record(z.string(), z.string()),
});

export type PunctuationModel = {
  /** The folder with the graph, `model.onnx`. */
  folder: string;
  id: string;
  leftContextWords: number;
  rightContextWords: number;
  /** The vocabulary's words and their ids. */
  vocabulary: ReadonlyMap<string, number>;
  /** Words in small letters that have capitals inside, as they are written. */
  forms: ReadonlyMap<string, string>;
};

/** @throws ModelError where the folder holds none */
export async function readPunctuationModel(folder: string): Promise<PunctuationModel> {
  const path = join(folder, 'model.json');
  try {
    const { id, leftContextWords, rightContextWords, vocabulary, forms } = description.parse(
      JSON.parse(await readFile(path, 'utf8')),
    );
    const ids = vocabulary.split(' ').map((word, place) => [word, place + firstWordId] as const);
    return {
      folder,
      id,
      leftContextWords,
      rightContextWords,
      vocabulary: new Map(ids),
      forms: new Map(Object.entries(forms)),
    };
  } catch (cause) {
    throw new ModelError(`The punctuation model "${path}" cannot be read: install Sewscribe again.`, {
      cause,
    });
  }
}
