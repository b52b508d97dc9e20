import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editCounts } from '../../engine/recognition/editDistance.ts';
import { evaluate } from '../../engine/recognition/evaluation.ts';
import { sameWords } from '../../engine/recognition/sameWords.ts';

const one = (reference: string, hypothesis: string) => evaluate([{ id: 'a', reference, hypothesis }]);

/** The textbook table, in full. */
function distance(a: number[], b: number[]): number {
  let row = b.map((_, j) => j + 1);
  row.unshift(0);
  a.forEach((item, i) => {
    const next = [i + 1];
    b.forEach((other, j) =>
      next.push(Math.min(row[j] + (item === other ? 0 : 1), row[j + 1] + 1, next[j] + 1)),
    );
    row = next;
  });
  return row[b.length];
}

describe('edit distance', () => {
  test.each([
    ['', '', [0, 0, 0]],
    ['abc', '', [0, 0, 3]],
    ['', 'abc', [0, 3, 0]],
    ['abc', 'axc', [1, 0, 0]],
    ['abc', 'abxc', [0, 1, 0]],
    ['abcd', 'acd', [0, 0, 1]],
    ['kitten', 'sitting', [2, 1, 0]],
    ['saturday', 'sunday', [1, 0, 2]],
  ])('%j to %j', (a, b, [substitutions, insertions, deletions]) => {
    expect(editCounts([...a], [...b])).toEqual({
      substitutions,
      insertions,
      deletions,
      errors: substitutions + insertions + deletions,
    });
  });

  test('equals the full table, and its counts add up', () => {
    const row = fc.array(fc.nat(3), { maxLength: 60 });
    fc.assert(
      fc.property(row, row, (a, b) => {
        const { errors, substitutions, insertions, deletions } = editCounts(a, b);
        expect(errors).toBe(distance(a, b));
        expect(substitutions + insertions + deletions).toBe(errors);
        expect(a.length + insertions - deletions).toBe(b.length);
        expect(Math.min(substitutions, insertions, deletions)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 400 },
    );
  });

  test('texts of an hour that differ a little', () => {
    const reference = Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 31);
    const hypothesis = reference.flatMap((item, i) => (i % 100 === 0 ? [] : i % 101 === 0 ? [99] : [item]));
    const { errors, deletions } = editCounts(reference, hypothesis);
    expect(deletions).toBe(500);
    expect(errors).toBeLessThanOrEqual(1000);
    expect(errors).toBeGreaterThan(900);
  });
});

describe('evaluation', () => {
  test('rates are over all utterances together', () => {
    const result = evaluate([
      { id: 'a', reference: 'one two three four', hypothesis: 'one too three' },
      { id: 'b', reference: 'five', hypothesis: 'five' },
    ]);
    expect(result).toMatchObject({ wer: 2 / 5, words: 5, utterances: 2 });
    expect(result.counts).toEqual({ substitutions: 1, insertions: 0, deletions: 1, errors: 2 });
    // "two" to "too", and " four" missing, of 18 and 4 characters
    expect(result.cer).toBeCloseTo(6 / 22);
  });

  test.each([
    ['case and punctuation', 'Hello, world!', 'HELLO WORLD'],
    ['apostrophes', 'Don’t — it’s the boys’ “dog”', "DON'T IT'S THE BOYS DOG"],
    ['hyphens', 'a cold-hearted man', 'A COLD HEARTED MAN'],
    ['numbers', 'I paid $7,250 for 19', 'i paid seven thousand two hundred and fifty dollars for nineteen'],
    ['a year one way', 'in 1999', 'IN NINETEEN NINETY NINE'],
    ['a year the other way', 'in one thousand nine hundred ninety nine', 'In 1999.'],
    [
      'times, percent, ordinals',
      'At 3:30 5% on the 21st',
      'at three thirty five percent on the twenty first',
    ],
    ['abbreviations', 'Mr. Smith and Dr Jones, No. 5', 'MISTER SMITH AND DOCTOR JONES NUMBER FIVE'],
    ['no as a word, where a number is near', 'Oh no. The number is 5', 'OH NO THE NUMBER IS FIVE'],
    ['full-width and composed letters', 'ｃａｆｅ\u0301', 'CAFÉ'],
    ['Chinese by character', '今天下雨。', '今 天 下 雨'],
    ['nothing', '', ''],
  ])('%s', (_, reference, hypothesis) => {
    expect(one(reference, hypothesis)).toMatchObject({ wer: 0, cer: 0, worst: [] });
  });

  test('before normalisation everything counts', () => {
    expect(one('Hello, world', 'hello world')).toMatchObject({ wer: 0, werRaw: 1 / 2, cerRaw: 2 / 12 });
  });

  test('what is wrong stays wrong', () => {
    expect(one('in 1999', 'IN NINETEEN NINETY EIGHT').counts.errors).toBe(1);
    expect(one('今天下雨', '今天下雪').wer).toBe(1 / 4);
    expect(one('', 'something said').counts.insertions).toBe(2);
  });

  test('names the worst utterances, none that is right', () => {
    const { worst } = evaluate(
      [
        { id: 'right', reference: 'a b', hypothesis: 'a b' },
        { id: 'short', reference: 'a', hypothesis: 'b' },
        { id: 'long', reference: 'a b c d', hypothesis: 'a' },
        { id: 'none', reference: 'a b', hypothesis: '' },
      ],
      { worst: 2 },
    );
    expect(worst.map(({ id, errors, wer }) => [id, errors, wer])).toEqual([
      ['long', 3, 3 / 4],
      ['none', 2, 1],
    ]);
  });
});

describe('how certain a rate is', () => {
  const utterances = (errors: number[]) =>
    errors.map((count, i) => ({
      id: String(i),
      reference: 'a b c d e f g h i j',
      hypothesis: ['a b c d e f g h i j'.slice(0, 20 - 2 * count).trim()].join(' '),
    }));

  test('the interval holds the rate, is the same each time, and has no width where all utterances are alike', () => {
    const mixed = utterances(Array.from({ length: 60 }, (_, i) => (i * 7) % 5));
    const { wer, werInterval } = evaluate(mixed);
    expect(werInterval!.from).toBeLessThan(wer);
    expect(werInterval!.to).toBeGreaterThan(wer);
    expect(evaluate(mixed).werInterval).toEqual(werInterval);
    const alike = evaluate(utterances(Array<number>(10).fill(2)));
    expect(alike.werInterval).toEqual({ from: alike.wer, to: alike.wer });
  });

  test('it is as wide as the spread of a mean says, and narrower for more utterances', () => {
    const width = (count: number) => {
      const { from, to } = evaluate(
        utterances(Array.from({ length: count }, (_, i) => (i % 2) * 4)),
      ).werInterval!;
      return to - from;
    };
    // Half the utterances have 40 % of errors, half none: a deviation of 0.2, so 2 * 1.96 * 0.2 / sqrt(100).
    expect(width(100)).toBeCloseTo(0.0784, 2);
    expect(width(400)).toBeLessThan(0.7 * width(100));
  });

  test('one utterance has none', () => {
    expect(evaluate(utterances([1])).werInterval).toBeNull();
  });
});

describe('marks', () => {
  const marksOf = (reference: string, hypothesis: string) =>
    Object.fromEntries(one(reference, hypothesis).marks.map(({ mark, f1 }) => [mark, f1]));

  test.each([
    ['all there', 'Yes, he came. Did he?', 'yes, he came. did he?', { ',': 1, '.': 1, '?': 1 }],
    ['one missing, one too many', 'Yes, he came.', 'Yes he, came.', { ',': 0, '.': 1 }],
    ['another mark', 'He came?', 'He came.', { '?': 0 }],
    ['behind a word that was misheard', 'He saw Mary. She left.', 'He saw merry. She left.', { '.': 1 }],
    [
      'behind words that were misheard',
      'He saw Mary Ann. She left.',
      'He saw marianne. She left',
      { '.': 2 / 3 },
    ],
    ['before a quotation mark', '“He came.” “So?”', 'He came. So?', { '.': 1, '?': 1 }],
    ['inside words and numbers none', 'It cost 3.5 at 3:30.', 'It cost 3.5 at 3:30.', { '.': 1 }],
    ['texts without', 'HE CAME', 'He came.', {}],
  ])('%s', (_, reference, hypothesis, expected) => {
    expect(marksOf(reference, hypothesis)).toEqual(expected);
  });
});

/** Words `text startMs endMs`, one after another. */
const timed = (...words: string[]) =>
  words.map((word) => {
    const [text, startMs, endMs] = word.split(' ');
    return { text, startMs: Number(startMs), endMs: Number(endMs) };
  });

describe('times of words', () => {
  const timingOf = (...utterances: [string[], string[]][]) =>
    evaluate(
      utterances.map(([reference, hypothesis], place) => ({
        id: String(place),
        reference: '',
        hypothesis: '',
        referenceWords: timed(...reference),
        hypothesisWords: timed(...hypothesis),
      })),
    ).timing;

  test('exact figures, early and late alike; a misheard word is not compared', () => {
    const timing = timingOf([
      ['a 0 100', 'b 200 300', 'c 400 500', 'd 600 700', 'e 800 900'],
      ['A, 0 110', 'b 190 300', 'x 400 500', 'd 620 900', 'e. 1000 1000'],
    ]);
    // Starts are off by 0, 10, 20 and 200 ms, ends by 10, 0, 200 and 100.
    expect(timing).toEqual({
      words: 5,
      compared: 4,
      starts: {
        meanMs: 57.5,
        medianMs: 15,
        percentile95Ms: expect.closeTo(173, 9),
        within100Ms: 0.75,
        intervals: null,
      },
      ends: {
        meanMs: 77.5,
        medianMs: 55,
        percentile95Ms: expect.closeTo(185, 9),
        within100Ms: 0.75,
        intervals: null,
      },
    });
  });

  test.each<[string, string[], string[], [number, number][]]>([
    [
      'equal texts',
      ['a 0 1', 'b 1 2'],
      ['a 0 1', 'b 1 2'],
      [
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'a missed word is not paired with the next one like it',
      ['the 0 9', 'the 500 600'],
      ['the 490 620'],
      [[1, 0]],
    ],
    ['nor one too many', ['the 500 600'], ['the 0 9', 'the 490 620', 'the 900 990'], [[0, 1]]],
    [
      'in the same order only',
      ['a 0 9', 'b 10 19'],
      ['b 0 9', 'a 10 19', 'b 30 39'],
      [
        [0, 1],
        [1, 2],
      ],
    ],
    ['not more than 3 s apart', ['a 0 10', 'b 20 30'], ['a 3001 3011', 'b 3020 3030'], [[1, 1]]],
    ['nothing but signs is no word', ['— 0 9', 'a 10 19'], ['… 0 9', 'a 10 19'], [[1, 1]]],
  ])('%s', (_, wanted, found, pairs) => {
    expect(sameWords(timed(...wanted), timed(...found))).toEqual(pairs);
  });

  test('the chosen pairs are the nearest that there are', () => {
    const words = fc
      .array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(4000)), { maxLength: 6 })
      .map((row) => row.map(([text, startMs]) => ({ text, startMs, endMs: startMs })))
      .map((row) => row.sort((a, b) => a.startMs - b.startMs));
    const closeness = (a: { startMs: number }, b: { startMs: number }) =>
      Math.max(0, 1 - Math.abs(a.startMs - b.startMs) / 3001);
    fc.assert(
      fc.property(words, words, (wanted, found) => {
        const most = (place: number, other: number): number => {
          if (place === wanted.length || other === found.length) return 0;
          const [word, heard] = [wanted[place], found[other]];
          const both = word.text === heard.text ? closeness(word, heard) + most(place + 1, other + 1) : 0;
          return Math.max(both, most(place + 1, other), most(place, other + 1));
        };
        const pairs = sameWords(wanted, found);
        const sum = pairs.reduce((all, [place, other]) => all + closeness(wanted[place], found[other]), 0);
        expect(sum).toBeCloseTo(most(0, 0), 9);
      }),
    );
  });

  test('intervals hold the figures, are the same each time, and have no width where all are alike', () => {
    const utterances = Array.from({ length: 40 }, (_, place): [string[], string[]] => [
      ['a 0 100'],
      [`a ${(place % 4) * 50} 130`],
    ]);
    const { starts, ends } = timingOf(...utterances)!;
    expect(starts).toMatchObject({ meanMs: 75, medianMs: 75, percentile95Ms: 150, within100Ms: 0.75 });
    expect(starts.intervals!.meanMs.from).toBeLessThan(75);
    expect(starts.intervals!.meanMs.to).toBeGreaterThan(75);
    expect(starts.intervals!.within100Ms.to).toBeLessThanOrEqual(1);
    expect(timingOf(...utterances)!.starts).toEqual(starts);
    expect(ends.intervals!.meanMs).toEqual({ from: 30, to: 30 });
  });

  test('none without times, and none where no word is the same', () => {
    expect(one('a b', 'a b').timing).toBeNull();
    expect(timingOf([['a 0 1'], ['b 0 1']])).toBeNull();
  });
});
