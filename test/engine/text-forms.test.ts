import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { forkRecogniser } from '../../engine/recognition/launcher.ts';
import type { RecognisedWord } from '../../engine/recognition/types.ts';
import { FormWriter } from '../../engine/text/forms/formWriter.ts';
import { PunctuationNetwork } from '../../engine/text/punctuation/network.ts';
import { TextWriter, type Writing } from '../../engine/text/textWriter.ts';
import { cardinal, ordinal } from '../../native-models/language/english/numberWords.ts';
import { spokenForms } from '../../native-models/language/english/spokenForms.ts';
import { recitalManifest } from './recitalFixtures.ts';
import { formCases } from './text-formCases.ts';

/** Words of 200 ms with 50 ms between them. */
const speech = (text: string): RecognisedWord[] =>
  text.split(' ').map((word, place) => ({
    text: word,
    startMs: place * 250,
    endMs: place * 250 + 200,
    confidence: 1,
    channel: 0,
  }));

function formed(words: readonly RecognisedWord[]): RecognisedWord[] {
  const writer = new FormWriter();
  return [...writer.push(words), ...writer.flush()];
}

const textOf = (words: readonly RecognisedWord[]) => words.map(({ text }) => text).join(' ');
const written = (text: string) => textOf(formed(speech(text)));
const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z0-9' ]/g, '');

describe('spoken to written', () => {
  test.each(formCases)('%j is %j', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  test('the table is long enough on both sides', () => {
    const changed = formCases.filter(([spoken, form]) => spoken !== form);
    expect(changed.length).toBeGreaterThanOrEqual(200);
    expect(formCases.length - changed.length).toBeGreaterThanOrEqual(40);
  });
});

/** Ways of saying that are heard, but that nobody would read out of the written form first. */
const readOtherwise = new Set([
  ...['dollars million', 'million dollars', 'billion dollars'],
  ...['point five percent', 'a hundred percent', 'fifteen hundred and twelve', 'double oh seven'],
  ...['u s', 'a b', 'c o two', 'nine one', 'four two', 'four oh one k', 'nine eleven', 'h two o', 'three d'],
]);

describe('written to spoken', () => {
  const forms = formCases.flatMap(([spoken]) => formed(speech(spoken)).filter((word) => word.spoken));
  const cases = [...new Map(forms.map((word) => [`${word.text} ${word.spoken}`, word])).values()]
    .map(({ text, spoken }) => [text, spoken!] as const)
    .filter(([, spoken]) => !readOtherwise.has(spoken));

  test.each(cases)('%j may be read %j', (text, spoken) => {
    expect(spokenForms(text).map((form) => form.toLowerCase())).toContain(spoken);
  });

  test('as many as there should be', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
  });

  test.each([
    ['II', ['the second', 'two']],
    ['XIV', ['the fourteenth', 'fourteen']],
    ['USA', ['U S A']],
    ['DVDs', ["D V D's"]],
    ['THE', ['THE']],
    ['HE', ['HE']],
    ['km', ['kilometers']],
    ['mm', ['mm']],
    ['20°C', ['twenty degrees celsius']],
    ['80km/h', ['eighty kilometers an hour']],
    ['10⅔', ['ten and two thirds']],
    ['$5', ['five dollars', 'five dollar', 'five']],
    ['£5', ['five pounds', 'five pounds sterling']],
    ['1,500', ['one thousand five hundred', 'fifteen hundred']],
    ['150', ['one hundred fifty', 'one fifty', 'a hundred and fifty']],
    ['1-800-555-1204', ['one eight hundred five five five one two zero four']],
    ['2.5', ['two point five', 'two and a half']],
    ['0.5', ['zero point five', 'oh point five', 'point five']],
    ['Prof.', ['professor']],
    ['Lt.', ['lieutenant']],
  ])('%j', (text, expected) => {
    const found = spokenForms(text);
    expect(found[0]).toBe(expected[0]);
    expect(expected.filter((form) => !found.includes(form))).toEqual([]);
  });
});

describe('there and back', () => {
  const and = fc.boolean();
  const says = (text: string, spoken: string) =>
    spokenForms(text).some((form) => form.toLowerCase() === spoken);

  test('whole numbers from ten on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 999_999_999 }), and, (value, withAnd) => {
        const spoken = cardinal(BigInt(value), withAnd);
        const words = formed(speech(spoken));
        const digits = textOf(words);
        if (value % 1_000_000 === 0) expect(digits).toBe(`${value / 1_000_000} million`);
        else {
          expect(digits).toBe(value.toLocaleString('en-US'));
          expect(says(digits, spoken)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('ordinals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 99_999 }), (value) => {
        const spoken = ordinal(cardinal(BigInt(value)));
        const text = written(`the ${spoken} day`);
        fc.pre(!/^the \D+ day$/.test(text));
        expect(text).toMatch(/^the [\d,]+(?:st|nd|rd|th) day$/);
        expect(says(text.split(' ')[1], spoken)).toBe(true);
      }),
    );
  });

  test('years, percentages, sums and times', () => {
    const twoDigits = fc.integer({ min: 10, max: 99 });
    const word = (value: number) => cardinal(BigInt(value));
    fc.assert(
      fc.property(
        fc.integer({ min: 13, max: 20 }),
        twoDigits,
        fc.integer({ min: 1, max: 12 }),
        (a, b, hour) => {
          expect(written(`in ${word(a)} ${word(b)}`)).toBe(`in ${a * 100 + b}`);
          expect(written(`${word(a)} point ${word(hour % 10)} percent`)).toBe(`${a}.${hour % 10}%`);
          expect(written(`${word(b)} dollars and ${word(a)} cents`)).toBe(`$${b}.${a}`);
          const minute = (b % 50) + 10;
          expect(written(`at ${word(hour)} ${word(minute)} p m`)).toBe(`at ${hour}:${minute} p.m.`);
          expect(written(`july ${ordinal(word(hour))} ${word(a)} ${word(b)}`)).toMatch(
            new RegExp(`^July ${hour}(?:st|nd|rd|th), ${a * 100 + b}$`),
          );
        },
      ),
    );
  });
});

describe('words on their way', () => {
  /** Words that forms are made of, with marks and pauses now and then. */
  const anyWord = fc.record({
    text: fc.constantFrom(
      ...'one two ten twenty hundred thousand million and point oh a b p m u s first second third dollars'.split(
        ' ',
      ),
      ...'percent cents at in to or of may january mister Smith the page per cent half quarter five Five, six. k'.split(
        ' ',
      ),
    ),
    pauseMs: fc.constantFrom(20, 20, 20, 300, 1500),
    channel: fc.constantFrom(0, 0, 1),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const anySpeech = fc.array(anyWord, { maxLength: 60 }).map((parts) => {
    let at = 0;
    return parts.map(({ pauseMs, ...word }) => {
      at += pauseMs + 100;
      return { ...word, startMs: at - 100, endMs: at };
    });
  });
  const ofChannel = (words: RecognisedWord[], channel: number) =>
    words.filter((word) => word.channel === channel);

  test('the portions in which they come make no difference', () => {
    fc.assert(
      fc.property(anySpeech, fc.array(fc.nat(7)), (words, portions) => {
        const writer = new FormWriter();
        const out: RecognisedWord[] = [];
        let at = 0;
        for (const portion of [...portions, words.length]) {
          out.push(...writer.push(words.slice(at, at + portion)));
          at += portion;
        }
        out.push(...writer.flush());
        const whole = formed(words);
        for (const channel of [0, 1]) expect(ofChannel(out, channel)).toEqual(ofChannel(whole, channel));
      }),
      { numRuns: 300 },
    );
  });

  test('nothing that was said is lost, and times stay', () => {
    fc.assert(
      fc.property(anySpeech, (words) => {
        for (const channel of [0, 1]) {
          const said = ofChannel(words, channel);
          const out = ofChannel(formed(words), channel);
          expect(out.map(({ spoken, text }) => spoken ?? lettersOf(text)).join(' ')).toBe(
            said.map(({ text }) => lettersOf(text)).join(' '),
          );
          expect(
            out.every(({ startMs, endMs }, i) => startMs < endMs && startMs >= (out[i - 1]?.endMs ?? 0)),
          ).toBe(true);
          expect(out.at(0)?.startMs).toBe(said.at(0)?.startMs);
          expect(out.at(-1)?.endMs).toBe(said.at(-1)?.endMs);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a form runs from its first word to its last, is as sure as the least sure, and keeps what was said', () => {
    const [twenty, one, percent] = speech('Twenty one percent.');
    const words = [{ ...twenty, confidence: 0.9 }, { ...one, confidence: 0.4 }, percent];
    expect(formed(words)).toEqual([
      { text: '21%.', startMs: 0, endMs: 700, confidence: 0.4, channel: 0, spoken: 'twenty one percent' },
    ]);
  });

  test('other readings of its words are other forms', () => {
    const [fifteen, percent] = speech('fifteen percent');
    const alternatives = [
      { text: 'FIFTY', confidence: 0.3 },
      { text: 'FIFTIETH', confidence: 0.1 },
    ];
    const [form] = formed([{ ...fifteen, confidence: 0.6, alternatives }, percent]);
    expect(form).toMatchObject({ text: '15%', alternatives: [{ text: '50%', confidence: 0.3 }] });
  });

  test('no form goes across a long pause', () => {
    const [twenty, one] = speech('twenty one');
    expect(textOf(formed([twenty, { ...one, startMs: 5000, endMs: 5200 }]))).toBe('20 one');
  });

  test('what is not part of a form comes out at once', () => {
    const writer = new FormWriter();
    const steps = speech('the dog has twenty two bones').map((word) => textOf(writer.push([word])));
    expect(steps).toEqual(['the', 'dog', 'has', '', '', '22 bones']);
  });
});

describe('behind case and marks', () => {
  const network = new PunctuationNetwork(forkRecogniser, () => undefined);
  afterAll(() => network.close());
  const said = 'IN NINETEEN NINETY NINE MISTER SMITH PAID JAFFARI TWENTY FIVE DOLLARS';

  async function writtenBy(writing: Writing): Promise<string> {
    const writer = new TextWriter(writing, recitalManifest, network);
    const words = speech(said).map((word) =>
      word.text === 'JAFFARI' ? { ...word, written: 'Jaffari' } : word,
    );
    const text = textOf([...(await writer.push(words)), ...(await writer.flush())]);
    return text.replace(/[,.](?= |$)/g, '');
  }

  test.each<[Writing, string]>([
    [{ case: 'sentence', numbers: true }, 'In 1999 Mr Smith paid Jaffari $25'],
    [
      { case: 'sentence', numbers: false },
      'In nineteen ninety nine Mister Smith paid Jaffari twenty five dollars',
    ],
    [
      { case: 'lower', numbers: true },
      'in nineteen ninety nine mister smith paid jaffari twenty five dollars',
    ],
    [{ case: 'as-is', numbers: true }, 'IN 1999 Mr SMITH PAID Jaffari $25'],
  ])('%j', async (writing, expected) => {
    expect(await writtenBy(writing)).toBe(expected);
  });
});
