import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ModelError, type ModelManifest } from '../model.ts';
import { readJsonFile, readOptionalJsonFile } from './jsonFile.ts';

const tokenId = z.number().int().min(0).max(10_000_000);
/** A token as tokenizer files write it: the text, or an object with its text. */
const tokenText = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .transform((token) => (typeof token === 'string' ? token : token.content));
const tokenIds = z.record(z.string(), tokenId);
const tokenFields = z.looseObject({
  pad_token: tokenText.nullish(),
  bos_token: tokenText.nullish(),
  eos_token: tokenText.nullish(),
  unk_token: tokenText.nullish(),
  word_delimiter_token: tokenText.nullish(),
  target_lang: z.string().nullish(),
  added_tokens_decoder: z
    .record(
      z.string().regex(/^\d{1,8}$/),
      z.looseObject({ content: z.string(), special: z.boolean().nullish() }),
    )
    .nullish(),
});

/** What tokenizers call them where no file says it. */
const usualTokens = {
  pad_token: ['<pad>', '[PAD]'],
  bos_token: ['<s>', '[BOS]'],
  eos_token: ['</s>', '[EOS]'],
  unk_token: ['<unk>', '[UNK]'],
} as const;

/** The language of the adapter in models for many languages as they are published. */
const publishedLanguage = 'eng';

export type Vocabulary = Pick<
  ModelManifest,
  'vocabulary' | 'blankId' | 'wordDelimiterId' | 'specialIds' | 'vocabularySha256'
>;

/**
 * Reads vocab.json and what the tokenizer's other files add to it.
 * @param size how many tokens the model's head has; ids that no file names become special tokens.
 * @param padTokenId config.json's `pad_token_id`, which the model was trained with as CTC's blank.
 * @throws ModelError where vocab.json is missing or does not fit the model.
 */
export async function readVocabulary(
  folder: string,
  size: number,
  padTokenId: number | null,
): Promise<Vocabulary> {
  const added = await readOptionalJsonFile(folder, 'added_tokens.json', tokenIds);
  const special = await readOptionalJsonFile(folder, 'special_tokens_map.json', tokenFields);
  const tokenizer = await readOptionalJsonFile(folder, 'tokenizer_config.json', tokenFields);
  const ids = await readTokenIds(folder, tokenizer?.target_lang ?? publishedLanguage);

  const vocabulary: (string | undefined)[] = new Array<string | undefined>(size).fill(undefined);
  const name = (token: string, id: number) => {
    if (id >= size) {
      throw new ModelError(
        `${folder}: vocab.json gives "${token}" the id ${id}, but the model knows only ${size} tokens.`,
      );
    }
    if (vocabulary[id] !== undefined && vocabulary[id] !== token) {
      throw new ModelError(
        `${folder}: vocab.json gives the id ${id} to both "${vocabulary[id]}" and "${token}".`,
      );
    }
    vocabulary[id] = token;
  };
  for (const [token, id] of Object.entries(ids)) name(token, id);
  // Tokens that a tokenizer adds by itself may lie beyond the head: they are never said.
  for (const [token, id] of Object.entries(added ?? {})) if (id < size) vocabulary[id] ??= token;
  const decoder = Object.entries(tokenizer?.added_tokens_decoder ?? {});
  for (const [id, { content }] of decoder) if (Number(id) < size) vocabulary[Number(id)] ??= content;

  const token = (field: keyof typeof usualTokens) => {
    const named = tokenizer?.[field] ?? special?.[field];
    const texts = named === undefined || named === null ? usualTokens[field] : [named];
    return texts.map((text) => vocabulary.indexOf(text)).find((id) => id >= 0) ?? -1;
  };
  const blankId = padTokenId ?? Math.max(0, token('pad_token'));
  if (blankId >= size) {
    throw new ModelError(
      `${folder}: config.json names the token ${blankId} as blank, but the model knows only ${size}.`,
    );
  }
  const delimiter = tokenizer?.word_delimiter_token ?? '|';
  const wordDelimiterId = [delimiter, '|', ' '].map((text) => vocabulary.indexOf(text)).find((id) => id >= 0);

  const specials = new Set([
    blankId,
    token('pad_token'),
    token('bos_token'),
    token('eos_token'),
    token('unk_token'),
    ...decoder.filter(([, { special }]) => special).map(([id]) => Number(id)),
    ...vocabulary.flatMap((text, id) => (text === undefined ? [id] : [])),
  ]);
  return {
    ...vocabularyFrom(
      vocabulary.map((text, id) => text ?? `<${id}>`),
      blankId,
    ),
    wordDelimiterId: wordDelimiterId ?? null,
    specialIds: [...specials]
      .filter((id) => id >= 0 && id < size && id !== wordDelimiterId)
      .sort((a, b) => a - b),
  };
}

/** vocab.json, or in a model for many languages the part of it that its weights are for. */
async function readTokenIds(folder: string, language: string): Promise<Record<string, number>> {
  const stored = await readJsonFile(
    folder,
    'vocab.json',
    z.union([tokenIds, z.record(z.string(), tokenIds)]),
  );
  const isOne = (record: typeof stored): record is Record<string, number> =>
    Object.values(record).every((value) => typeof value === 'number');
  if (isOne(stored)) return stored;
  if (Object.hasOwn(stored, language)) return stored[language];
  throw new ModelError(
    `${folder}: vocab.json has ${Object.keys(stored).length} languages but not "${language}", which tokenizer_config.json should name as target_lang.`,
  );
}

/** A vocabulary with the usual special tokens. */
export function vocabularyFrom(vocabulary: string[], blankId: number): Vocabulary {
  const ids = (tokens: string[]) => tokens.map((token) => vocabulary.indexOf(token)).filter((id) => id >= 0);
  return {
    vocabulary,
    blankId,
    wordDelimiterId: ids(['|', ' '])[0] ?? null,
    specialIds: [...new Set([blankId, ...ids(['<pad>', '<s>', '</s>', '<unk>'])])].sort((a, b) => a - b),
    vocabularySha256: createHash('sha256').update(JSON.stringify(vocabulary)).digest('hex'),
  };
}
