import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { forkRecogniser, type Launcher } from '../../engine/recognition/launcher.ts';
import { Recogniser } from '../../engine/recognition/recogniser.ts';
import type { RecognisedWord } from '../../engine/recognition/types.ts';
import { PunctuationNetwork } from '../../engine/text/punctuation/network.ts';
import { canPunctuate, Punctuator } from '../../engine/text/punctuation/punctuator.ts';
import { SentenceWriter } from '../../engine/text/punctuation/sentenceWriter.ts';
import { SentenceCase } from '../../engine/text/sentenceCase.ts';
import { TextWriter } from '../../engine/text/textWriter.ts';
import { shippedPunctuationModel } from '../../native-models/language/files.ts';
import {
  affixRows,
  letterCases,
  marks,
  pauseClass,
  pauseClasses,
  pauseEndsMs,
  wordFeatures,
  type LetterCase,
  type Mark,
} from '../../native-models/language/wordFeatures.ts';
import { asSpoken, f1, isStop, markOf, readHeardText } from '../support/heardText.ts';
import { manifestOf, recitalManifest } from './recitalFixtures.ts';

const fixtures = new URL('../fixtures/punctuation/', import.meta.url);
const walden = readHeardText(new URL('walden.tsv', fixtures));
const spokenWalden = asSpoken(walden);

const network = new PunctuationNetwork(forkRecogniser, () => undefined);
afterAll(() => network.close());

const textOf = (words: readonly RecognisedWord[]) => words.map(({ text }) => text).join(' ');

async function punctuated(portions: RecognisedWord[][], by = network): Promise<RecognisedWord[]> {
  const punctuator = new Punctuator(by);
  const out: RecognisedWord[] = [];
  for (const portion of portions) out.push(...(await punctuator.push(portion)));
  return [...out, ...(await punctuator.flush())];
}

describe('features of words', () => {
  test('a known word has its id, a rare one its ends, and pauses their class', () => {
    const ids = new Map([['the', 2]]);
    expect(wordFeatures('the', ids)[0]).toBe(2);
    expect(wordFeatures('walked', ids)[2]).toBe(wordFeatures('talked', ids)[2]);
    expect(wordFeatures('walked', ids)[1]).not.toBe(wordFeatures('talked', ids)[1]);
    expect([null, 0, 39, 40, 1999, 2000, 1e6].map(pauseClass)).toEqual([
      0,
      1,
      1,
      2,
      pauseClasses - 2,
      pauseClasses - 1,
      pauseClasses - 1,
    ]);
    expect(pauseEndsMs.length + 2).toBe(pauseClasses);
  });

  test('every word has rows that the tables have', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        const [id, beginning, end] = wordFeatures(word, new Map());
        expect(id).toBe(1);
        for (const row of [beginning, end]) expect(row >= 1 && row < affixRows).toBe(true);
      }),
    );
  });
});

describe('words of sentences', () => {
  const forms = new Map([["o'brien", "O'Brien"]]);
  const cases: [string, [string, LetterCase, Mark][], string][] = [
    [
      'a sentence',
      [
        ['HE', 'lower', ''],
        ['LEFT', 'lower', ''],
      ],
      'He left.',
    ],
    [
      'the mark behind a word',
      [
        ['well', 'lower', ','],
        ['who', 'lower', '?'],
      ],
      'Well, who?',
    ],
    [
      'a capital behind a stop',
      [
        ['NO', 'lower', '!'],
        ['NO', 'lower', ''],
        ['NO', 'lower', '.'],
      ],
      'No! No no.',
    ],
    [
      'none behind a colon',
      [
        ['SO', 'lower', ':'],
        ['GO', 'lower', ';'],
        ['ON', 'lower', ''],
      ],
      'So: go; on.',
    ],
    [
      'names',
      [
        ['IN', 'lower', ''],
        ['PARIS', 'capitalised', ''],
      ],
      'In Paris.',
    ],
    [
      'names with capitals inside',
      [
        ['MISTER', 'capitalised', ''],
        ["O'BRIEN", 'capitalised', ''],
      ],
      "Mister O'Brien.",
    ],
    [
      'letters',
      [
        ['THE', 'lower', ''],
        ['BBC', 'upper', ''],
      ],
      'The BBC.',
    ],
    [
      'I and its kin',
      [
        ['AM', 'lower', ''],
        ['I', 'lower', ','],
        ["I'LL", 'lower', ''],
      ],
      "Am I, I'll.",
    ],
    [
      'words that begin with i',
      [
        ['IT', 'lower', ''],
        ['IS', 'lower', ''],
      ],
      'It is.',
    ],
  ];
  test.each(cases)('%s', (_, words, expected) => {
    const writer = new SentenceWriter(forms);
    const spoken = asSpoken(words.map(([text]) => ({ text })));
    const written = words.map(([, letterCase, mark], place) =>
      writer.write(spoken[place], { letterCase, mark }, place === words.length - 1),
    );
    expect(textOf(written)).toBe(expected);
  });

  test('alternatives have the case of their word', () => {
    const [word] = asSpoken([{ text: 'HOLLOW' }]);
    const alternatives = [{ text: 'HELLO', confidence: 0.3 }];
    const writer = new SentenceWriter(forms);
    const written = writer.write({ ...word, alternatives }, { letterCase: 'lower', mark: ',' }, false);
    expect([written.text, written.alternatives]).toEqual(['Hollow,', [{ text: 'Hello', confidence: 0.3 }]]);
  });
});

test.each([
  ['English letters', recitalManifest, true],
  ['regional English', manifestOf(['<pad>', '|', 'A'], { languages: ['en-GB'] }), true],
  ['another language', manifestOf(['<pad>', '|', 'A'], { languages: ['fr'] }), false],
  ['one of two languages', manifestOf(['<pad>', '|', 'A'], { languages: ['en', 'fr'] }), false],
  ['nobody knows', manifestOf(['<pad>', '|', 'A'], { languages: [] }), false],
  ['a model that writes case', manifestOf(['<pad>', '|', 'A', 'a']), false],
  ['a model that writes marks', manifestOf(['<pad>', '|', 'A', '.', ',']), false],
])('whether a model is punctuated: %s', (_, manifest, expected) => {
  expect(canPunctuate(manifest)).toBe(expected);
});

describe('the shipped model', () => {
  test('computes what the trainer computed', async () => {
    const golden = JSON.parse(readFileSync(new URL('golden.json', fixtures), 'utf8')) as Record<
      'words' | 'pauses' | 'logits',
      number[]
    >;
    const recogniser = new Recogniser({
      launcher: forkRecogniser,
      model: { folder: shippedPunctuationModel, manifest: { id: 'punctuation' } },
      device: 'cpu',
      precision: 'float32',
      threads: 1,
      log: () => undefined,
    });
    try {
      const { data, frames, vocabularySize } = await recogniser.runWords(
        Int32Array.from(golden.words),
        Int32Array.from(golden.pauses),
      );
      expect([frames, vocabularySize]).toEqual([golden.pauses.length, marks.length + letterCases.length]);
      const furthest = Math.max(...golden.logits.map((logit, place) => Math.abs(logit - data[place])));
      expect(furthest).toBeLessThan(0.01);
    } finally {
      recogniser.close();
    }
  });

  test('tells a held-out book better than pauses alone', async () => {
    const written = await punctuated([spokenWalden]);
    const fromPauses = new SentenceCase('sentence', recitalManifest);
    const baseline = [...fromPauses.push(spokenWalden), ...fromPauses.flush()];
    const score = (words: RecognisedWord[], isMeant: (mark: Mark) => boolean) =>
      f1(
        words.map(({ text }) => isMeant(markOf(text))),
        walden.map(({ mark }) => isMeant(mark)),
      );
    expect(score(written, isStop)).toBeGreaterThan(score(baseline, isStop) + 0.1);
    expect(score(written, (mark) => mark === ',')).toBeGreaterThan(0.4);
    const judged = walden.flatMap(({ isCapital }, place) =>
      isCapital === null ? [] : [isCapital === /^\p{Lu}/u.test(written[place].text)],
    );
    expect(judged.filter(Boolean).length / judged.length).toBeGreaterThan(0.95);
  });

  test('changes nothing but case and marks', async () => {
    const written = await punctuated([spokenWalden]);
    const bare = written.map((word) => ({ ...word, text: word.text.toLowerCase().replace(/[,.?!:;]$/, '') }));
    expect(bare).toEqual(spokenWalden);
  });

  test('writes the same in whatever portions the words come, and each channel for itself', async () => {
    const words = spokenWalden.slice(0, 150);
    const whole = await punctuated([words]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(words.length), { maxLength: 12 }), async (cuts) => {
        const ends = [...new Set([...cuts, words.length])].sort((a, b) => a - b);
        const portions = ends.map((end, place) => words.slice(place === 0 ? 0 : ends[place - 1], end));
        const other = portions.map((portion) => portion.map((word) => ({ ...word, channel: 1 })));
        const written = await punctuated(portions.map((portion, place) => [...portion, ...other[place]]));
        for (const channel of [0, 1]) {
          expect(textOf(written.filter((word) => word.channel === channel))).toBe(textOf(whole));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('holds back no more words than it looks ahead, and gives them at the end', async () => {
    const { rightContextWords } = await network.model();
    const punctuator = new Punctuator(network);
    const first = await punctuator.push(spokenWalden.slice(0, 40));
    expect(first.length).toBe(40 - rightContextWords - 1);
    expect((await punctuator.flush()).length).toBe(rightContextWords + 1);
    expect(await punctuator.flush()).toEqual([]);
  });

  test('a process that is killed is started again', async () => {
    let runs = 0;
    const dyingOnce: Launcher = () => {
      const port = forkRecogniser();
      return {
        ...port,
        post(message) {
          port.post(message);
          if ((message as { kind: string }).kind === 'run-words' && (runs += 1) === 1) port.kill();
        },
      };
    };
    const frail = new PunctuationNetwork(dyingOnce, () => undefined);
    try {
      const words = spokenWalden.slice(0, 30);
      expect(await punctuated([words], frail)).toEqual(await punctuated([words]));
      // The one that it died in, the same again, and the last words.
      expect(runs).toBe(3);
    } finally {
      frail.close();
    }
  });
});

test.each([
  ['lower', 'he said no'],
  ['as-is', 'HE SAID NO'],
] as const)('--case %s has no marks', async (textCase, expected) => {
  const writer = new TextWriter({ case: textCase, numbers: false }, recitalManifest, network);
  const words = asSpoken([{ text: 'HE' }, { text: 'SAID' }, { text: 'NO', pauseMs: 3000 }]);
  expect(textOf([...(await writer.push(words)), ...(await writer.flush())])).toBe(expected);
});

test('another language is told by its pauses', async () => {
  const french = manifestOf(['<pad>', '|', 'A', 'É'], { languages: ['fr'] });
  const writer = new TextWriter({ case: 'sentence', numbers: false }, french, network);
  const words = asSpoken([{ text: 'OUI', pauseMs: 2000 }, { text: 'NON' }]);
  expect(textOf([...(await writer.push(words)), ...(await writer.flush())])).toBe('Oui. Non.');
});
