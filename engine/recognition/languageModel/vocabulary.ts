import { noWord, type NgramModel } from '../../../native-models/language/ngramModel.ts';
import type { ModelManifest } from '../../../native-models/model.ts';
import type { OwnWord } from '../../contract.ts';
import { spellings } from '../spelling.ts';
import type { LexiconEntry } from './lexicon.ts';
import type { Speller } from './spelledWords.ts';

/** How likely each word of a person's vocabulary is held to be at least (natural logarithm), and what it gains at least. */
export type VocabularyWeights = { leastLog: number; leastBonus: number };

/** Tuned on held-out speakers (docs/language.md). */
export const defaultVocabularyWeights: VocabularyWeights = { leastLog: -6, leastBonus: 2 };

/** Ways to say a phrase that are tried. */
const mostReadings = 6;

/** A written word and the spoken ones that it stands for. */
type Unit = { text: string; spoken: string[] };

/**
 * The entries of a person's words and phrases. A word that the language model lacks becomes reachable, also the single
 * ones of a phrase; all are held to be likelier than they would be otherwise. What cannot be spelled in the model's
 * letters is left out.
 */
export function vocabularyEntries(
  vocabulary: readonly OwnWord[],
  { language, speller, manifest }: { language: NgramModel; speller: Speller; manifest: ModelManifest },
  weights: VocabularyWeights = defaultVocabularyWeights,
): LexiconEntry[] {
  const ids = new Map(language.words.map((word, id) => [word, id]));
  const idOf = (word: string) => ids.get(word.toLowerCase()) ?? language.unknownId;
  const entry = (units: Unit[]): LexiconEntry[] => {
    const spoken = units.flatMap((unit) => unit.spoken);
    const tokens = spelledOut(spoken, speller, manifest.wordDelimiterId);
    if (!tokens) return [];
    const [word = noWord, ...further] = spoken.map(idOf);
    const log = spoken.reduce((sum, each) => sum + language.unigramLog(idOf(each)), 0);
    // All unknown words share one probability, which is far more than one of them has.
    const wanted = weights.leastLog * spoken.length - log;
    const bonus = isUnknown(spoken) ? wanted : Math.max(weights.leastBonus, wanted);
    const written = units.map((unit) => ({ text: unit.text, words: unit.spoken.length }));
    return [{ tokens, word, further, log, bonus, written }];
  };
  const isUnknown = (spoken: string[]) => spoken.every((each) => idOf(each) === language.unknownId);
  const whole = vocabulary.flatMap((own) => readings(own, manifest));
  const genitives = whole.map(genitive).filter((units) => units !== null);
  const parts = whole
    .filter((units) => units.length > 1)
    .flatMap((units) => units.filter(({ spoken }) => isUnknown(spoken)).map((unit) => [unit]));
  return [...parts, ...genitives, ...whole].flatMap(entry);
}

/** The ways to say a phrase, each as its written words with what is said for them. */
function readings({ text, soundsLike }: OwnWord, manifest: ModelManifest): Unit[][] {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  if (soundsLike !== undefined) {
    const sounds = spellings(soundsLike, manifest).at(0)?.split(' ') ?? [];
    return sounds.length < words.length ? [] : [shared(words, sounds)];
  }
  return words.reduce<Unit[][]>(
    (heads, word) =>
      heads
        .flatMap((head) =>
          spellings(word, manifest).map((spelling) => [...head, { text: word, spoken: spelling.split(' ') }]),
        )
        .slice(0, mostReadings),
    [[]],
  );
}

/** "Ada Lovelace's"; null for what ends in an s. */
function genitive(units: Unit[]): Unit[] | null {
  const { text, spoken } = units.at(-1) ?? { text: '', spoken: [] };
  if (!/[^s\P{L}]$/iu.test(text) || spoken.length === 0) return null;
  const last = { text: `${text}'s`, spoken: [...spoken.slice(0, -1), `${spoken.at(-1)}'S`] };
  return [...units.slice(0, -1), last];
}

/** One sound for each written word, and the rest for the last one. */
function shared(words: string[], sounds: string[]): Unit[] {
  const last = words.length - 1;
  return words.map((text, place) => ({
    text,
    spoken: place < last ? [sounds[place]] : sounds.slice(last),
  }));
}

function spelledOut(spoken: string[], speller: Speller, delimiterId: number | null): number[] | null {
  if (spoken.length === 0 || (spoken.length > 1 && delimiterId === null)) return null;
  const tokens: number[] = [];
  for (const word of spoken) {
    const letters = speller.spell(word);
    if (!letters?.length) return null;
    if (tokens.length > 0) tokens.push(delimiterId!);
    tokens.push(...letters);
  }
  return tokens;
}
