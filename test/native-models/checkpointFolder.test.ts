import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../native-models/checkpoint/checkpoint.ts';
import type { Vocabulary } from '../../native-models/checkpoint/vocabulary.ts';
import { ModelError } from '../../native-models/model.ts';
import { safetensorsFile } from './archives.ts';
import { withTemporaryFolder } from './logits.ts';

const whole = join(import.meta.dirname, '../fixtures/sewd/micro-group-pos31-parametrized');

/** Files by name: text or JSON to write, null to leave out. */
type Changes = Readonly<Record<string, string | object | null>>;

/** Opens a copy of a whole checkpoint with some of its files changed. */
async function withChanged<T>(changes: Changes, use: (checkpoint: Checkpoint) => Promise<T>): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    await cp(whole, folder, { recursive: true });
    for (const [name, content] of Object.entries(changes)) {
      if (content === null) await rm(join(folder, name));
      else if (Buffer.isBuffer(content)) await writeFile(join(folder, name), content);
      else
        await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const checkpoint = await openCheckpoint(folder);
    try {
      return await use(checkpoint);
    } finally {
      await checkpoint.tensors.close();
    }
  });
}

describe('a folder says what it lacks', () => {
  const config = { model_type: 'sew-d' };
  const cases: [string, Changes, RegExp][] = [
    ['no config.json', { 'config.json': null }, /has no config\.json/],
    ['config.json that is no JSON', { 'config.json': '{' }, /config\.json is not valid JSON/],
    ['config.json without a model_type', { 'config.json': {} }, /config\.json cannot be used \(model_type/],
    ['no weights', { 'model.safetensors': null }, /neither model\.safetensors nor pytorch_model\.bin/],
    ['a model for 8 kHz', { 'preprocessor_config.json': { sampling_rate: 8000 } }, /8000 samples a second/],
    [
      'a shard outside the folder',
      {
        'model.safetensors': null,
        'model.safetensors.index.json': { weight_map: { x: '../other.safetensors' } },
      },
      /same folder/,
    ],
    [
      'a shard that is not there',
      {
        'model.safetensors': null,
        'model.safetensors.index.json': { weight_map: { x: 'other.safetensors' } },
      },
      /other\.safetensors is missing/,
    ],
    [
      'a byte order mark is no fault',
      { 'config.json': `\uFEFF${JSON.stringify(config)}`, 'vocab.json': null },
      /no vocab\.json/,
    ],
    ['no vocab.json', { 'vocab.json': null }, /has no vocab\.json/],
    [
      'a vocabulary of other languages',
      { 'vocab.json': { deu: { a: 1 }, fra: { b: 1 } } },
      /vocab\.json has 2 languages but not "eng"/,
    ],
    ['a vocabulary of neither kind', { 'vocab.json': { eng: { a: 1 }, b: 2 } }, /vocab\.json cannot be used/],
    ['a token beyond the head', { 'vocab.json': { a: 99 } }, /the id 99, but the model knows only 32/],
    ['two tokens of one id', { 'vocab.json': { a: 1, b: 1 } }, /both "a" and "b"/],
  ];
  test.each(cases)('%s', async (_, changes, message) => {
    const outcome = withChanged(changes, (checkpoint) => checkpoint.readVocabulary(32, 0));
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toThrow(ModelError);
  });

  test('no folder at all', async () => {
    await expect(openCheckpoint('/nowhere/at/all')).rejects.toThrow('/nowhere/at/all is not a folder.');
  });
});

describe('preprocessing, language and licence', () => {
  const card = (matter: string) => `---\n${matter}\n---\n# A model\nlanguage: not this\n`;
  const read = (changes: Changes) =>
    withChanged(changes, ({ doNormalize, languages, licence }) =>
      Promise.resolve({ doNormalize, languages, licence }),
    );
  test.each<[string, Changes, Partial<Checkpoint>]>([
    ['as written', {}, { doNormalize: true, languages: [], licence: null }],
    ['no preprocessor_config.json', { 'preprocessor_config.json': null }, { doNormalize: true }],
    ['not normalised', { 'preprocessor_config.json': { do_normalize: false } }, { doNormalize: false }],
    [
      'the newer processor_config.json',
      {
        'preprocessor_config.json': null,
        'processor_config.json': { feature_extractor: { do_normalize: false } },
      },
      { doNormalize: false },
    ],
    [
      'a language',
      { 'README.md': card('language: en\nlicense: apache-2.0') },
      { languages: ['en'], licence: 'apache-2.0' },
    ],
    [
      'languages',
      { 'README.md': card('language:\n- en\n- de\nlicense: mit') },
      { languages: ['en', 'de'], licence: 'mit' },
    ],
    [
      'languages in a row',
      { 'README.md': card('tags: [x]\nlanguage: [en, "de"]') },
      { languages: ['en', 'de'], licence: null },
    ],
    ['a card without matter', { 'README.md': '# A model\nlanguage: en\n' }, { languages: [], licence: null }],
  ])('%s', async (_, changes, expected) => {
    expect(await read(changes)).toMatchObject(expected);
  });
});

describe('the vocabulary', () => {
  const letters = { '<pad>': 0, '<s>': 1, '</s>': 2, '<unk>': 3, '|': 4, A: 5 };
  const none = { 'tokenizer_config.json': null, 'special_tokens_map.json': null };
  test.each<[string, Changes, number, number | null, Partial<Vocabulary>]>([
    ['with the usual names', none, 32, 0, { blankId: 0, wordDelimiterId: 4, specialIds: [0, 1, 2, 3] }],
    [
      'tokens by id',
      { ...none, 'vocab.json': letters },
      6,
      0,
      { vocabulary: ['<pad>', '<s>', '</s>', '<unk>', '|', 'A'] },
    ],
    [
      'config.json has the last word on the blank',
      { 'vocab.json': { A: 0, '[PAD]': 1, ' ': 2 }, 'tokenizer_config.json': { pad_token: '[PAD]' } },
      3,
      0,
      { blankId: 0, wordDelimiterId: 2, specialIds: [0, 1] },
    ],
    [
      'the padding token is the blank where config.json is silent',
      {
        'vocab.json': { A: 0, '[PAD]': 1, '|': 2 },
        'tokenizer_config.json': { pad_token: { content: '[PAD]' } },
      },
      3,
      null,
      { blankId: 1, wordDelimiterId: 2, specialIds: [1] },
    ],
    [
      'special names from special_tokens_map.json',
      {
        'vocab.json': { A: 0, '[B]': 1, '[U]': 2 },
        'tokenizer_config.json': null,
        'special_tokens_map.json': { unk_token: '[U]', pad_token: '[B]' },
      },
      3,
      null,
      { blankId: 1, wordDelimiterId: null, specialIds: [1, 2] },
    ],
    [
      'tokens that were added, and one that no file names',
      { ...none, 'vocab.json': { A: 0, '|': 1 }, 'added_tokens.json': { '<s>': 2, '</s>': 3, far: 99 } },
      5,
      4,
      { vocabulary: ['A', '|', '<s>', '</s>', '<4>'], blankId: 4, specialIds: [2, 3, 4] },
    ],
    [
      'added tokens in tokenizer_config.json, special and not',
      {
        'vocab.json': { A: 0, '|': 1 },
        'special_tokens_map.json': null,
        'tokenizer_config.json': {
          added_tokens_decoder: { 2: { content: '<x>', special: true }, 3: { content: 'B', special: false } },
        },
      },
      4,
      2,
      { vocabulary: ['A', '|', '<x>', 'B'], specialIds: [2] },
    ],
    [
      'special names of another make that no file tells',
      { ...none, 'vocab.json': { a: 0, '|': 1, '[UNK]': 2, '[PAD]': 3 } },
      4,
      null,
      { blankId: 3, wordDelimiterId: 1, specialIds: [2, 3] },
    ],
    [
      'one of many languages',
      {
        'vocab.json': { deu: { '<pad>': 0, '|': 1, ä: 2 }, eng: letters },
        'tokenizer_config.json': { target_lang: 'deu' },
      },
      3,
      0,
      { vocabulary: ['<pad>', '|', 'ä'], wordDelimiterId: 1, specialIds: [0] },
    ],
    [
      'another word delimiter',
      { 'vocab.json': { '<pad>': 0, _: 1, '|': 2 }, 'tokenizer_config.json': { word_delimiter_token: '_' } },
      3,
      0,
      { wordDelimiterId: 1 },
    ],
  ])('%s', async (_, changes, size, padTokenId, expected) => {
    const vocabulary = await withChanged(changes, (checkpoint) =>
      checkpoint.readVocabulary(size, padTokenId),
    );
    expect(vocabulary).toMatchObject(expected);
    expect(vocabulary.vocabularySha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('shards are one set of weights', async () => {
  const file = (name: string, value: number) =>
    safetensorsFile(
      { [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } },
      new Uint8Array(Float32Array.of(value).buffer),
    );
  const changes = {
    'model.safetensors': null,
    'one.safetensors': file('a', 1),
    'two.safetensors': file('b', 2),
    'model.safetensors.index.json': { weight_map: { a: 'one.safetensors', b: 'two.safetensors' } },
  };
  await withChanged(changes, async ({ tensors }) => {
    expect([...tensors.tensors.keys()]).toEqual(['a', 'b']);
    expect([...(await tensors.read('b'))]).toEqual([2]);
  });
  const twice = { ...changes, 'two.safetensors': file('a', 2) };
  await expect(withChanged(twice, () => Promise.resolve())).rejects.toThrow(/a is in two of its files/);
});
