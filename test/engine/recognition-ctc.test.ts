import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { greedyWords } from '../../engine/recognition/ctc.ts';
import type { LogProbabilities, RecognisedWord } from '../../engine/recognition/types.ts';
import { wordEdges } from '../../engine/recognition/wordEdges.ts';
import { manifestOf, movedTo, recitalClips, recitalManifest, saying } from './recitalFixtures.ts';

const vocabulary = ['<pad>', '<s>', '<unk>', '|', 'A', 'B', 'C', 'TH'];
const english = manifestOf(vocabulary);
const [blank, , unknown, delimiter, a, b, c, th] = vocabulary.keys();
const decode = (path: number[], manifest = english, startSample = 0) =>
  greedyWords(saying(path, manifest.vocabulary.length, { startSample }), manifest, { channel: 0 });
const texts = (words: RecognisedWord[]) => words.map(({ text }) => text).join(' ');
const silence = (frames: number) => new Array<number>(frames).fill(blank);

/** Each word inside the piece, whole milliseconds, start < end, never into the next one. */
function expectOrdered(words: { startMs: number; endMs: number }[], fromMs: number, toMs: number): void {
  let last = fromMs;
  for (const { startMs, endMs } of words) {
    expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
    expect(startMs).toBeGreaterThanOrEqual(last);
    expect(endMs).toBeGreaterThan(startMs);
    last = endMs;
  }
  expect(last).toBeLessThanOrEqual(toMs);
}

const anyPiece: fc.Arbitrary<LogProbabilities> = fc
  .record({
    rows: fc.array(fc.array(fc.double({ min: -20, max: 0, noNaN: true }), { minLength: 8, maxLength: 8 }), {
      maxLength: 40,
    }),
    startSample: fc.nat(1e9),
  })
  .map(({ rows, startSample }) => ({
    frames: rows.length,
    vocabularySize: 8,
    data: Float32Array.from(rows.flat()),
    startSample,
    hopSamples: 320,
  }));

describe('greedy CTC decoding', () => {
  test.each([
    ['repeats are one letter', [a, a, b, b, b], 'AB'],
    ['a blank parts two of one letter', [a, blank, a], 'AA'],
    ['so does a special token, which is no text', [a, unknown, a], 'AA'],
    ['the delimiter parts words', [a, delimiter, b, delimiter, delimiter, blank, delimiter, c], 'A B C'],
    ['delimiters at the ends make no words', [delimiter, a, delimiter], 'A'],
    ['tokens of several letters', [th, a, b], 'THAB'],
    ['a pause that no mouth makes inside a word', [a, b, ...silence(60), c], 'AB C'],
    ['a shorter one stays inside', [a, b, ...silence(20), c], 'ABC'],
    ['blanks alone', silence(20), ''],
    ['no frame', [], ''],
  ])('%s', (_, path, expected) => {
    expect(texts(decode(path))).toBe(expected);
  });

  test.each([
    ['characters without a delimiter are words', ['<pad>', '今', '日'], [1, 1, 0, 2, 2, 0, 2], '今 日 日'],
    [
      'pieces that mark where words start',
      ['<pad>', '▁he', 'l', 'lo', '▁'],
      [1, 2, 3, 0, 4, 3, 1],
      'hello lo he',
    ],
    ['a space as the delimiter', ['<pad>', ' ', 'a', 'b'], [2, 1, 3], 'a b'],
    [
      'Chinese and Japanese where the model has a delimiter and does not use it',
      ['<pad>', ' ', '今', '日', 'ー', 'サ', 'a', '東京'],
      [2, 3, 5, 4, 0, 7, 2, 6, 6, 0, 6, 1, 3],
      '今 日 サー 東京 今aa 日',
    ],
  ])('%s', (_, tokens, path, expected) => {
    const space = tokens.indexOf(' ');
    const manifest = manifestOf(tokens, { wordDelimiterId: space < 0 ? null : space });
    expect(texts(decode(path, manifest))).toBe(expected);
  });

  test('confidence is the geometric mean of the letters at their surest', () => {
    const piece = saying([a, a, b], 8, { certainty: 0.9 });
    piece.data[8 + a] = Math.log(0.4); // the second frame of A
    piece.data[16 + b] = Math.log(0.5);
    expect(greedyWords(piece, english, { channel: 3 })).toMatchObject([{ text: 'AB', channel: 3 }]);
    expect(greedyWords(piece, english, { channel: 0 })[0].confidence).toBeCloseTo(Math.sqrt(0.9 * 0.5));
  });

  test('whatever the frames, words are in order, inside the piece and sure to some degree', () => {
    fc.assert(
      fc.property(anyPiece, fc.constantFrom(3, null), (piece, wordDelimiterId) => {
        const words = greedyWords(piece, { ...english, wordDelimiterId }, { channel: 0 });
        const fromMs = Math.floor(piece.startSample / 16);
        expectOrdered(words, fromMs, Math.ceil((piece.startSample + piece.frames * 320) / 16));
        for (const { text, confidence } of words) {
          expect(text).not.toBe('');
          expect(confidence > 0 && confidence <= 1).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a word ends soon after its last letter, however long the pause behind it', () => {
    const [first, second] = decode([...silence(50), a, b, delimiter, ...silence(300), b, c, ...silence(9)]);
    expect(first.startMs).toBeGreaterThan(1000 - 100);
    expect(first.endMs).toBeLessThan(1040 + 150);
    expect(second.startMs).toBeGreaterThan(7060 - 100);
  });

  test('another vocabulary is refused', () => {
    expect(() => greedyWords(saying([0], 5), english, { channel: 0 })).toThrow(/5 tokens a frame.*has 8/);
  });

  test.each(recitalClips)('the recital model says $name', ({ text, logProbabilities }) => {
    const words = greedyWords(logProbabilities, recitalManifest, { channel: 0 });
    expect(texts(words)).toBe(text.toUpperCase().replace(/[^A-Z ]/g, ''));
    for (const { confidence } of words) expect(confidence).toBeGreaterThan(0.9);
  });

  test.each([65, 700, 3000, 36_000])('a clip placed at %i s has its own times and that', (seconds) => {
    const { logProbabilities } = recitalClips[0];
    const own = greedyWords(logProbabilities, recitalManifest, { channel: 0 });
    const placed = greedyWords(movedTo(logProbabilities, seconds * 16000), recitalManifest, { channel: 0 });
    expect(placed.map(({ startMs, endMs }) => [startMs - seconds * 1000, endMs - seconds * 1000])).toEqual(
      own.map(({ startMs, endMs }) => [startMs, endMs]),
    );
  });
});

describe('word edges', () => {
  const span = (startMs: number, endMs: number) => ({ startMs, endMs, earliestMs: 0, latestMs: 1000 });

  test('reach both ways where there is room', () => {
    const [{ startMs, endMs }] = wordEdges([span(400, 500)]);
    expect(startMs).toBeLessThan(400);
    expect(endMs).toBeGreaterThan(500);
    expect(endMs - 500).toBeGreaterThan(400 - startMs);
  });

  test('stop at the ends of the recording', () => {
    expect(wordEdges([span(5, 995)])).toEqual([{ startMs: 0, endMs: 1000 }]);
  });

  test('meet inside a short gap, and leave a long one open', () => {
    const [one, two, three] = wordEdges([span(100, 200), span(230, 300), span(900, 950)]);
    expect(one.endMs).toBe(two.startMs);
    expect(one.endMs).toBeGreaterThan(200);
    expect(one.endMs).toBeLessThan(230);
    expect(three.startMs - two.endMs).toBeGreaterThan(300);
  });
});
