import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVocabulary } from '../../cli/vocabulary.ts';
import { decodeDocumentState, type OwnWord } from '../../engine/contract.ts';
import { proposedWords } from '../../engine/projects/proposedWords.ts';
import { BeamDecoder } from '../../engine/recognition/beam/beamWords.ts';
import { vocabularyNotice, wordDecoder } from '../../engine/recognition/wordDecoder.ts';
import type { LogProbabilities, RecognisedWord } from '../../engine/recognition/types.ts';
import { ownWriting } from '../../engine/text/ownWriting.ts';
import { readArpa } from '../../native-models/language/arpa.ts';
import { shippedLanguageModel } from '../../native-models/language/files.ts';
import { NgramModel } from '../../native-models/language/ngramModel.ts';
import { packModel } from '../../native-models/language/packedModel.ts';
import { createEngine } from '../../engine/engine.ts';
import { folders } from '../../files/folders.ts';
import { emptyDocument } from '../../transcript/create.ts';
import { editText } from '../../transcript/edit.ts';
import { temporaryFolder } from '../support/cli.ts';
import { manifestOf, recitalClips, recitalManifest } from './recitalFixtures.ts';

const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ'"];
const manifest = manifestOf(['<pad>', '|', ...alphabet]);
const arpa = `\\data\\
\\1-grams:
-99 <s> -0.2
-2.0 <unk>
-1.0 the -0.1
-1.5 kettle -0.1
-2.0 came
-4.5 ada
-2.0 oda
-2.5 love
-2.5 lace
-2.5 win
-3.0 four
\\end\\`.split('\n');
const card = { name: 'tiny', languages: ['en'], licence: null, source: 'a test' };
const language = new NgramModel(packModel(await readArpa(arpa, 'tiny.arpa'), card), 'tiny.lm');

/** Sound of a text in which each letter is heard at one frame; `[TL]` stands for a letter that may be either. */
function heard(text: string, doubt = 0.3): LogProbabilities {
  const letters = [...text.matchAll(/\[([A-Z]+)\]|(.)/g)].map(([, either, one]) => [...(either ?? one)]);
  const rows = letters.flatMap((options) => {
    const row = manifest.vocabulary.map(() => -9);
    options.forEach(
      (letter, i) => (row[manifest.vocabulary.indexOf(letter === ' ' ? '|' : letter)] = -0.1 - doubt * i),
    );
    const blank = manifest.vocabulary.map((_, id) => (id === 0 ? -0.01 : -9));
    return [row, blank];
  });
  return {
    frames: rows.length,
    vocabularySize: manifest.vocabulary.length,
    data: Float32Array.from(rows.flat()),
    startSample: 0,
    hopSamples: 640,
  };
}

const read = (piece: LogProbabilities, words: OwnWord[]) =>
  new BeamDecoder(language, manifest, {}, { words }).words(piece, { channel: 0 });
const texts = (words: readonly RecognisedWord[]) => words.map(({ text }) => text).join(' ');
const writtenOf = (words: readonly RecognisedWord[]) =>
  words.map(({ text, written }) => written ?? text).join(' ');

describe('a vocabulary in the beam', () => {
  // The ear is for KETTEL, the language for KETTLE.
  const unsure = heard('THE KETT[EL][LE] CAME', 2.5);

  test('a word that the language lacks is found where it may have been said, and only with the vocabulary', () => {
    expect(texts(read(unsure, []))).toBe('THE KETTLE CAME');
    expect(writtenOf(read(unsure, [{ text: 'Kettel' }]))).toBe('THE Kettel CAME');
    expect(texts(read(heard('THE KETTLE CAME'), [{ text: 'Kettel' }]))).toBe('THE KETTLE CAME');
  });

  test('a word that it knows but hardly expects', () => {
    const piece = heard('THE [AO]DA CAME', 2);
    expect(texts(read(piece, []))).toBe('THE ODA CAME');
    expect(writtenOf(read(piece, [{ text: 'Ada' }]))).toBe('THE Ada CAME');
  });

  test('a name has a genitive', () => {
    expect(writtenOf(read(heard("THE KETT[EL][LE]'S CAME", 2.5), [{ text: 'Kettel' }]))).toBe(
      "THE Kettel's CAME",
    );
  });

  test('a phrase is its words, each with its own times', () => {
    const words = read(heard('THE ADA LOVELACE CAME'), [{ text: 'Ada Lovelace' }]);
    expect(words.map(({ text, written }) => [text, written])).toEqual([
      ['THE', undefined],
      ['ADA', 'Ada'],
      ['LOVELACE', 'Lovelace'],
      ['CAME', undefined],
    ]);
    expect(
      words.every(({ startMs, endMs }, i) => startMs < endMs && startMs >= (words[i - 1]?.endMs ?? 0)),
    ).toBe(true);
    expect(writtenOf(read(heard('THE LOVELACE CAME'), [{ text: 'Ada Lovelace' }]))).toBe('THE Lovelace CAME');
    expect(texts(read(heard('ADA LOVE'), [{ text: 'Ada Lovelace' }]))).toBe('ADA LOVE');
  });

  test.each<[string, OwnWord, string, [string, string | undefined][]]>([
    ['how it sounds', { text: 'Nguyen', soundsLike: 'win' }, 'WIN', [['WIN', 'Nguyen']]],
    [
      'one word that sounds like two',
      { text: 'GPT-4', soundsLike: 'gpt four' },
      'GPT FOUR',
      [['GPT FOUR', 'GPT-4']],
    ],
    [
      'figures',
      { text: 'Zork 4' },
      'ZORK FOUR',
      [
        ['ZORK', 'Zork'],
        ['FOUR', '4'],
      ],
    ],
    ['spelled letters', { text: 'QXZ' }, 'Q X Z', [['Q X Z', 'QXZ']]],
    ['accents', { text: 'Żółć' }, 'ZOLC', [['ZOLC', 'Żółć']]],
  ])('%s', (_, own, sound, expected) => {
    const words = read(heard(`THE ${sound} CAME`), [own]).slice(1, -1);
    expect(words.map(({ text, written }) => [text, written])).toEqual(expected);
  });

  test('what cannot be spelled in the letters of the model is passed over', () => {
    expect(texts(read(heard('THE KETTLE CAME'), [{ text: '今日' }, { text: '…' }]))).toBe('THE KETTLE CAME');
  });

  test('what was not said changes nothing', () => {
    const { path } = shippedLanguageModel('en')!;
    const english = new NgramModel(readFileSync(path), path);
    const words = 'Kubernetes Jaffari Ngozi Adichie Qatargate Wrzeszcz Ouagadougou Popocatepetl'.split(' ');
    const vocabulary = { words: [...words.map((text) => ({ text })), { text: 'Chimamanda Ngozi Adichie' }] };
    const [without, with_] = [undefined, vocabulary].map((own) => {
      const decoder = new BeamDecoder(english, recitalManifest, {}, own);
      return recitalClips.map(({ logProbabilities }) =>
        texts(decoder.words(logProbabilities, { channel: 0 })),
      );
    });
    expect(with_).toEqual(without);
  });

  test('any phrases in any sound: letters and times stay in order', () => {
    const letters = manifestOf(['<pad>', '|', 'A', 'B']);
    const phrase = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'ba', 'aab'), { minLength: 1, maxLength: 4 })
      .map((words) => ({ text: words.join(' ') }));
    const row = fc.array(fc.double({ min: -6, max: 0, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(phrase, { maxLength: 5 }),
        fc.array(row, { minLength: 1, maxLength: 40 }),
        (own, rows) => {
          const piece = {
            frames: rows.length,
            vocabularySize: 4,
            data: Float32Array.from(rows.flat()),
            startSample: 0,
            hopSamples: 320,
          };
          const words = new BeamDecoder(language, letters, { width: 20 }, { words: own }).words(piece, {
            channel: 0,
          });
          for (const [i, { text, written, startMs, endMs, confidence }] of words.entries()) {
            expect(text).toMatch(/^[AB]+$/);
            expect(written?.toUpperCase() ?? text).toBe(text);
            expect(startMs).toBeGreaterThanOrEqual(words[i - 1]?.endMs ?? 0);
            expect(endMs).toBeGreaterThan(startMs);
            expect(confidence).toBeLessThanOrEqual(1.0001);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('as a person writes it', () => {
  const word = (text: string, written?: string): RecognisedWord => ({
    ...{ text, startMs: 0, endMs: 1, confidence: 1, channel: 0 },
    ...(written !== undefined && { written }),
  });

  test.each([
    ['kubernetes,', 'Kubernetes', 'sentence', 'Kubernetes,', undefined],
    ['Iphone.', 'iPhone', 'sentence', 'iPhone.', undefined],
    ['Kubectl', 'kubectl', 'sentence', 'Kubectl', undefined],
    ['win', 'Nguyen', 'sentence', 'Nguyen', 'win'],
    ['Gpt four!', 'GPT-4', 'sentence', 'GPT-4!', 'gpt four'],
    ['win', 'Nguyen', 'lower', 'nguyen', 'win'],
    ['WIN', 'Nguyen', 'as-is', 'Nguyen', 'win'],
  ] as const)('%j as %j, %s', (text, written, textCase, expected, spoken) => {
    const out = ownWriting(word(text, written), textCase);
    expect([out.text, out.spoken, 'written' in out]).toEqual([expected, spoken, false]);
  });

  test('other words stay', () => {
    expect(ownWriting(word('Hello,'), 'sentence')).toEqual(word('Hello,'));
  });
});

describe('what corrections propose', () => {
  const document = (words: string[], origin: 'person' | 'recogniser' = 'person') => ({
    ...emptyDocument({ name: 'talk' }),
    items: words.map((text, i) => ({
      ...{ kind: 'word' as const, id: `w${i}`, text, startMs: i, endMs: i + 1, confidence: 1 },
      origin,
    })),
  });

  test('words of a person that nobody knows, the most frequent first, as they were written most often', async () => {
    const words = [
      'the',
      'Jaffari,',
      'Kubectl',
      'kubectl',
      'kubectl.',
      '“Jaffari’s”',
      'house',
      'well-known',
      '42nd',
      'Xq',
    ];
    expect(await proposedWords(document(words), [])).toEqual([
      { text: 'kubectl', count: 3 },
      { text: 'Jaffari', count: 2 },
    ]);
    expect(await proposedWords(document(words), [{ text: 'Doctor jaffari' }])).toEqual([
      { text: 'kubectl', count: 3 },
    ]);
    expect(await proposedWords(document(words, 'recogniser'), [])).toEqual([]);
  });
});

/** An engine with a project whose words a person has typed over. */
async function projectWith(home: string, typed: string) {
  const path = join(home, 'talk.txt');
  writeFileSync(path, typed.replace('Jaffari', 'jeffery').replace('Kubectl', 'cube'));
  const engine = createEngine({
    folders: folders({ SEWSCRIBE_HOME: home }),
    launcher: () => {
      throw new Error('no recogniser is needed');
    },
    log: () => undefined,
    tell: () => undefined,
  });
  const { projectId } = await engine.call('transcript.import', {
    transcript: path,
    media: null,
    align: false,
  });
  const { document, revision } = decodeDocumentState(await engine.call('project.document', { projectId }));
  const itemIds = document.items.slice(3).map(({ id }) => id);
  const { operations } = editText(document, { itemIds }, typed.split(' ').slice(3).join(' '));
  await engine.call('project.apply', { projectId, editId: 'edit1', baseRevision: revision, operations });
  return { engine, projectId };
}

describe('a project of an engine', () => {
  test('keeps its own words, and proposes what its corrections brought', async () => {
    const { engine, projectId } = await projectWith(
      temporaryFolder(),
      'We met doctor Jaffari in the evening.',
    );
    try {
      expect((await engine.call('project.open', { projectId })).vocabulary).toEqual([]);
      const propose = () => engine.call('vocabulary.propose', { projectId });
      expect(await propose()).toEqual({ words: [{ text: 'Jaffari', count: 1 }] });
      await engine.call('project.setVocabulary', { projectId, vocabulary: [{ text: 'Jaffari' }] });
      expect(await propose()).toEqual({ words: [] });
      expect((await engine.call('project.open', { projectId })).vocabulary).toEqual([{ text: 'Jaffari' }]);
    } finally {
      await engine.close();
    }
  });

  test.each([
    ['here', { project: ['Ada', 'Jaffari'], everywhere: [], declined: [] }],
    ['everywhere', { project: ['Ada'], everywhere: ['Jaffari'], declined: [] }],
    ['never', { project: ['Ada'], everywhere: [], declined: ['Jaffari'] }],
  ] as const)('a proposed word that is to be listened for %s does not come again', async (listen, kept) => {
    const home = temporaryFolder();
    const { engine, projectId } = await projectWith(home, 'We met doctor Jaffari and Kubectl.');
    try {
      const before = await engine.call('vocabulary.propose', { projectId });
      expect(before.words.map(({ text }) => text)).toEqual(['Jaffari', 'Kubectl']);
      await engine.call('project.setVocabulary', { projectId, vocabulary: [{ text: 'Ada' }] });
      const decide = () => engine.call('vocabulary.decide', { projectId, text: 'Jaffari', listen });
      expect(await decide()).toEqual({ words: [{ text: 'Kubectl', count: 1 }] });
      // Two windows may say the same.
      expect(await decide()).toEqual({ words: [{ text: 'Kubectl', count: 1 }] });
      const settings = await engine.call('settings.get', {});
      const textsOf = (words: readonly OwnWord[]) => words.map(({ text }) => text);
      expect({
        project: textsOf((await engine.call('project.open', { projectId })).vocabulary),
        everywhere: textsOf(settings.vocabulary),
        declined: settings.declinedWords,
      }).toEqual(kept);
    } finally {
      await engine.close();
    }
  });
});

describe('a vocabulary that nothing listens for', () => {
  const own = [{ text: 'Ada' }];
  const none = temporaryFolder();
  const model = (languages: string[]) => ({
    folder: temporaryFolder(),
    manifest: { ...recitalManifest, languages },
  });

  test('is told, with the model that has no language model', async () => {
    const notice = await vocabularyNotice({ model: model(['xx']), vocabulary: own }, none);
    expect(notice).toBe(
      'Your own words were not listened for: there is no language model for the model “test”.',
    );
    expect(await wordDecoder({ model: model(['xx']), vocabulary: own }, none)).toBeTypeOf('function');
  });

  test('a person’s own language model for the embedded model lies with their data', async () => {
    const own = temporaryFolder();
    const path = join(own, 'embedded.lm');
    writeFileSync(path, packModel(await readArpa(arpa, 'tiny.arpa'), card));
    const embedded = {
      ...model(['xx']),
      manifest: { ...recitalManifest, id: 'embedded', languages: ['xx'] },
    };
    const reading = { model: embedded, vocabulary: [{ text: 'Ada' }] };
    expect(await vocabularyNotice(reading, own)).toBeNull();
    expect(await vocabularyNotice({ ...reading, model: model(['xx']) }, own)).not.toBeNull();
    expect(await vocabularyNotice(reading, none)).not.toBeNull();
  });

  test.each([
    ['a language model fits', ['en'], undefined, own],
    ['there are no words', ['xx'], undefined, []],
    ['greedy was asked for', ['xx'], 'greedy', own],
  ] as const)('nothing is told where %s', async (_, languages, decoder, words) => {
    expect(
      await vocabularyNotice({ model: model([...languages]), decoder, vocabulary: words }, none),
    ).toBeNull();
  });
});

describe('the file of --words', () => {
  const file = (text: string) => {
    const path = join(temporaryFolder(), 'words.txt');
    writeFileSync(path, text);
    return path;
  };

  test('a word or phrase a line', async () => {
    const words = file('Kubernetes\r\n\r\nAda Lovelace\nNguyen = win\n');
    expect(await readVocabulary({ words })).toEqual([
      { text: 'Kubernetes' },
      { text: 'Ada Lovelace' },
      { text: 'Nguyen', soundsLike: 'win' },
    ]);
    expect(await readVocabulary({})).toBeUndefined();
  });

  test.each([
    ['no sound', 'Nguyen =', /line 1/],
    ['no word', 'Ada\n= win', /line 2/],
    ['fewer sounds than words', 'Ada Lovelace = ada', /a sound for each/],
    ['a very long line', 'x'.repeat(201), /200 letters/],
  ])('%s', async (_, text, message) => {
    await expect(readVocabulary({ words: file(text) })).rejects.toThrow(message);
  });

  test('not without the beam', async () => {
    await expect(readVocabulary({ words: file('Ada'), decoder: 'greedy' })).rejects.toThrow(/needs the beam/);
  });
});
