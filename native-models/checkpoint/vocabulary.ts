import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ModelError, type ModelManifest } from '../model.ts';
import { readJsonFile, readOptionalJsonFile } from './jsonFile.ts';

const tokenId = z.number().int().min(0).max(10_000_000);
/** A token as tokenizer files write it: the text, or an object with its text. */
const tokenText = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .transform((token) => (typeof token === 'string' ? token : token.content));
const tokenFields = z.looseObject({
  pad_token: tokenText.nullish(),
  bos_token: tokenText.nullish(),
  eos_token: tokenText.nullish(),
  unk_token: tokenText.nullish(),
  word_delimiter_token: tokenText.nullish(),
  added_tokens_decoder: z
    .record(
      z.string().regex(/^\d{1,8}$/),
      z.looseObject({ content: z.string(), special: z.boolean().nullish() }),
    )
    .nullish(),
});

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
  const ids = await readJsonFile(folder, 'vocab.json', z.record(z.string(), tokenId));
  const added = await readOptionalJsonFile(folder, 'added_tokens.json', z.record(z.string(), tokenId));
  const special = await readOptionalJsonFile(folder, 'special_tokens_map.json', tokenFields);
  const tokenizer = await readOptionalJsonFile(folder, 'tokenizer_config.json', tokenFields);

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

  const token = (field: 'pad_token' | 'bos_token' | 'eos_token' | 'unk_token', usual: string) =>
    vocabulary.indexOf(tokenizer?.[field] ?? special?.[field] ?? usual);
  const blankId = padTokenId ?? Math.max(0, token('pad_token', '<pad>'));
  if (blankId >= size) {
    throw new ModelError(
      `${folder}: config.json names the token ${blankId} as blank, but the model knows only ${size}.`,
    );
  }
  const delimiter = tokenizer?.word_delimiter_token ?? '|';
  const wordDelimiterId = [delimiter, '|', ' '].map((text) => vocabulary.indexOf(text)).find((id) => id >= 0);

  const specials = new Set([
    blankId,
    token('pad_token', '<pad>'),
    token('bos_token', '<s>'),
    token('eos_token', '</s>'),
    token('unk_token', '<unk>'),
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
