import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecognisedWord } from '../../engine/recognition/types.ts';
import { SentenceCase, sentenceCased, sentencePauseMs, writesCase } from '../../engine/text/sentenceCase.ts';
import { manifestOf, recitalManifest } from './recitalFixtures.ts';

/** Words of 200 ms; a number is a pause in ms between two of them, 100 where none is named. */
function speech(...parts: (string | number)[]): RecognisedWord[] {
  const words: RecognisedWord[] = [];
  let at = 0;
  let pause = 0;
  for (const part of parts) {
    if (typeof part === 'number') {
      pause = part;
      continue;
    }
    at += pause;
    words.push({ text: part, startMs: at, endMs: at + 200, confidence: 1, channel: 0 });
    at += 200;
    pause = 100;
  }
  return words;
}

async function written(
  words: RecognisedWord[],
  mode: 'sentence' | 'lower' | 'as-is',
  manifest = recitalManifest,
) {
  const out: string[] = [];
  for await (const { text } of sentenceCased(words, mode, manifest)) out.push(text);
  return out.join(' ');
}

const french = manifestOf(['<pad>', '|', 'A', 'É'], { languages: ['fr'] });
const cased = manifestOf(['<pad>', '|', 'A', 'a', 'B', 'b']);

describe('sentence case from pauses', () => {
  test.each([
    ['one sentence', speech('HE', 'WAS', 'YOUNG'), 'He was young.'],
    ['a clear pause', speech('HE', 'WENT', 950, 'SHE', 'STAYED'), 'He went. She stayed.'],
    ['a pause just long enough', speech('SO', sentencePauseMs, 'YES'), 'So. Yes.'],
    ['a pause just too short', speech('SO', sentencePauseMs - 1, 'YES'), 'So yes.'],
    ['a pause behind an article', speech('IT', 'IS', 'A', 2000, 'DOG'), 'It is a dog.'],
    [
      'I and its kin',
      speech('SO', 'I', 'SAID', "I'LL", 'GO', 'IF', "I'M", 'ILL'),
      "So I said I'll go if I'm ill.",
    ],
    ['words that only begin with i', speech('HE', 'IS', 'IN', 'ITALY'), 'He is in italy.'],
    ['a leading pause', speech(5000, 'YES'), 'Yes.'],
    ['small letters from the model', speech('he', 'and', 'i'), 'He and I.'],
    ['nothing', [], ''],
  ])('%s', async (_, words, expected) => {
    expect(await written(words, 'sentence')).toBe(expected);
  });

  test.each([
    ['lower', speech('HE', "I'M", 3000, 'YES'), "he i'm yes"],
    ['as-is', speech('HE', "I'M", 3000, 'YES'), "HE I'M YES"],
  ] as const)('mode %s', async (mode, words, expected) => {
    expect(await written(words, mode)).toBe(expected);
  });

  test('only English has a large I, and only English articles hold a sentence open', async () => {
    expect(await written(speech('ÉCOLE', 'I', 'A', 2000, 'À'), 'sentence', french)).toBe('École i a. À.');
  });

  test('a model that writes case keeps it', async () => {
    expect([writesCase(cased), writesCase(recitalManifest), writesCase(french)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await written(speech('Hello,', 'Ann', 2000, 'yes'), 'sentence', cased)).toBe('Hello, Ann yes');
    expect(await written(speech('Hello,', 'Ann'), 'lower', cased)).toBe('hello, ann');
  });

  test('scripts without case get no full stop', async () => {
    expect(await written(speech('今', '日', 2000, '雨'), 'sentence', manifestOf(['<pad>', '今']))).toBe(
      '今 日 雨',
    );
  });

  test('a word comes out as soon as the next one of its channel is known', () => {
    const sentenceCase = new SentenceCase('sentence', recitalManifest);
    const [one, two, three] = speech('ONE', 'TWO', 1000, 'THREE');
    const other = { ...one, text: 'OTHER', channel: 1 };
    const steps = [one, other, two, three].map((word) => sentenceCase.push([word]).map(({ text }) => text));
    expect(steps).toEqual([[], [], ['One'], ['two.']]);
    expect(sentenceCase.flush().map(({ text, channel }) => [text, channel])).toEqual([
      ['Other.', 1],
      ['Three.', 0],
    ]);
  });

  test('no word is lost, moved or respelled', async () => {
    const part = fc.oneof(fc.constantFrom('I', 'THE', "DON'T", 'ÉTÉ', 'STRASSE'), fc.nat(3000));
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        const words = speech(...parts);
        const out: RecognisedWord[] = [];
        for await (const word of sentenceCased(words, 'sentence', recitalManifest)) out.push(word);
        expect(out.map((word) => ({ ...word, text: word.text.toUpperCase().replace(/\.$/, '') }))).toEqual(
          words,
        );
      }),
    );
  });
});
