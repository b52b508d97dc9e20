import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { shippedLanguageModel } from '../../native-models/language/files.ts';
import { NgramModel } from '../../native-models/language/ngramModel.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import type { OwnWord } from '../contract.ts';

/** Shorter ones are seldom names, and too easily heard everywhere. */
const leastLetters = 3;

/**
 * Words of a person's hand that nobody knows: no language model, and not their own vocabulary. What they have in
 * common with all that was typed is left out: marks, figures, a genitive's ending.
 *
 * @returns as they were written most often, the most frequent first
 */
export async function proposedWords(
  document: TranscriptDocument,
  vocabulary: readonly OwnWord[],
): Promise<{ text: string; count: number }[]> {
  const own = new Set(vocabulary.flatMap(({ text }) => text.toLowerCase().split(/\s+/u)));
  const found = new Map<string, Map<string, number>>();
  for (const item of document.items) {
    if (item.kind !== 'word' || item.origin !== 'person') continue;
    const text = item.text.replace(/^[^\p{L}\p{N}]+|(?:['’]s)?[^\p{L}\p{N}]*$/gu, '');
    if (text.length < leastLetters || !/^[\p{L}\p{M}'’-]+$/u.test(text) || own.has(text.toLowerCase()))
      continue;
    const spellings = found.get(text.toLowerCase()) ?? new Map<string, number>();
    found.set(text.toLowerCase(), spellings.set(text, (spellings.get(text) ?? 0) + 1));
  }
  if (found.size === 0) return [];
  const known = await knownWords();
  return [...found]
    .filter(([word]) => !word.split('-').every((part) => known.has(part.replaceAll('’', "'"))))
    .map(([, spellings]) => {
      const [[text]] = [...spellings].sort(([, a], [, b]) => b - a);
      return { text, count: [...spellings.values()].reduce((sum, count) => sum + count, 0) };
    })
    .sort((a, b) => b.count - a.count);
}

let reading: Promise<ReadonlySet<string>> | undefined;

/** The English language model's words; read at the first use. */
function knownWords(): Promise<ReadonlySet<string>> {
  return (reading ??= readWords());
}

async function readWords(): Promise<ReadonlySet<string>> {
  const { path } = shippedLanguageModel('en')!;
  return new Set(new NgramModel(await readFile(path), basename(path)).words);
}
