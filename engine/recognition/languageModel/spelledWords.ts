import type { NgramModel } from '../../../native-models/language/ngramModel.ts';
import type { ModelManifest } from '../../../native-models/model.ts';
import { tokenTable, type TokenTable } from '../tokens.ts';
import type { LexiconEntry } from './lexicon.ts';

/** Spells words in a model's tokens, whatever the case of its letters. */
export class Speller {
  readonly #ids = new Map<string, number>();

  constructor({ kinds, texts }: TokenTable) {
    texts.forEach((text, id) => {
      if (kinds[id] === 'text' && Array.from(text).length === 1) this.#ids.set(text.toLowerCase(), id);
    });
  }

  /** @returns token ids; null where the model has no token for a letter. */
  spell(word: string): number[] | null {
    const ids = Array.from(word.toLowerCase(), (letter) => this.#ids.get(letter));
    return ids.includes(undefined) ? null : (ids as number[]);
  }
}

/** The words of a language model that can be spelled in a model's letters. */
export function spelledWords(language: NgramModel, speller: Speller): LexiconEntry[] {
  const entries: LexiconEntry[] = [];
  language.words.forEach((text, word) => {
    if (word === language.startId || word === language.unknownId) return;
    const tokens = speller.spell(text);
    if (tokens?.length)
      entries.push({ tokens: Uint16Array.from(tokens), word, log: language.unigramLog(word), bonus: 0 });
  });
  return entries;
}

/** Whether a model has a token for each of some letters. */
export function canSpell(manifest: ModelManifest, letters: string): boolean {
  return new Speller(tokenTable(manifest)).spell(letters) !== null;
}
