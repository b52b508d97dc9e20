import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { beamDecoder } from '../../engine/recognition/beam/beamThread.ts';
import { BeamDecoder } from '../../engine/recognition/beam/beamWords.ts';
import { defaultBeamOptions, type BeamOptions } from '../../engine/recognition/beam/options.ts';
import { BeamSearch } from '../../engine/recognition/beam/search.ts';
import { greedyWords } from '../../engine/recognition/ctc.ts';
import { Lexicon } from '../../engine/recognition/languageModel/lexicon.ts';
import { spelledWords, Speller } from '../../engine/recognition/languageModel/spelledWords.ts';
import { tokenTable } from '../../engine/recognition/tokens.ts';
import type { LogProbabilities } from '../../engine/recognition/types.ts';
import { readArpa } from '../../native-models/language/arpa.ts';
import { NgramModel, noWord } from '../../native-models/language/ngramModel.ts';
import { packModel } from '../../native-models/language/packedModel.ts';
import { manifestOf, recitalClips, recitalManifest } from './recitalFixtures.ts';

const manifest = manifestOf(['<pad>', '|', 'A', 'B']);
const tokens = tokenTable(manifest);

const arpa = `\\data\\
\\1-grams:
-99 <s> -0.2
-1.5 <unk>
-0.5 a -0.1
-0.7 ab -0.3
-1.1 ba
\\2-grams:
-0.2 <s> ab -0.4
-0.3 ab a
-0.4 a ba -0.1
\\3-grams:
-0.1 <s> ab a
\\end\\`.split('\n');
const card = { name: 'tiny', languages: ['en'], licence: null, source: 'a test' };
const packed = packModel(await readArpa(arpa, 'tiny.arpa'), card);
const language = new NgramModel(packed, 'tiny.lm');
const entries = spelledWords(language, new Speller(tokens));
const weighing = { languageWeight: 0.8, wordBonus: 0.3, unseenLetter: -0.4 };
const exact: BeamOptions = { width: 5000, scoreReach: Infinity, leastTokenLog: -Infinity, ...weighing };

const pieceOf = (rows: number[][]): LogProbabilities => ({
  frames: rows.length,
  vocabularySize: 4,
  data: Float32Array.from(rows.flat()),
  startSample: 0,
  hopSamples: 320,
});
const anyRow = fc.array(fc.double({ min: -6, max: 0, noNaN: true }), { minLength: 4, maxLength: 4 });
const anyPiece = (maxLength: number) => fc.array(anyRow, { minLength: 1, maxLength }).map(pieceOf);

/** The words of a path of tokens. */
function written(path: number[]): string[] {
  const merged = path.filter((id, i) => id !== path[i - 1] && id !== 0);
  const text = merged.map((id) => manifest.vocabulary[id]).join('');
  return text.split('|').filter((word) => word !== '');
}

/** What a path's words are worth by definition, one behind the other. */
function worth(words: string[]): number {
  let [first, second] = [noWord, language.startId];
  return words.reduce((sum, word) => {
    const id = language.words.indexOf(word.toLowerCase());
    const known = id < 0 ? language.unknownId : id;
    const log = language.logProbability(first, second, known);
    [first, second] = [second, known];
    const price = id < 0 ? weighing.unseenLetter * word.length : 0;
    return sum + weighing.languageWeight * log + weighing.wordBonus + price;
  }, 0);
}

/** Tries every path there is. */
function bestOfAll({ frames, data }: LogProbabilities): number {
  let best = -Infinity;
  for (let code = 0; code < 4 ** frames; code += 1) {
    const path = Array.from({ length: frames }, (_, frame) => Math.floor(code / 4 ** frame) % 4);
    const heard = path.reduce((sum, id, frame) => sum + data[frame * 4 + id], 0);
    best = Math.max(best, heard + worth(written(path)));
  }
  return best;
}

describe('beam search', () => {
  const search = (options: Partial<BeamOptions>) =>
    new BeamSearch(language, new Lexicon(entries, 4), tokens, { ...exact, ...options });

  test('a beam that keeps all finds the best of all paths, and a narrow one never a better one', () => {
    fc.assert(
      fc.property(anyPiece(5), (piece) => {
        const best = search({}).run(piece).score;
        expect(best).toBeCloseTo(bestOfAll(piece), 3);
        for (const width of [1, 3, 10]) {
          expect(search({ width }).run(piece).score).toBeLessThanOrEqual(best + 1e-6);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the words before a piece count', () => {
    const unsure = pieceOf([
      [-9, -9, -1, -1.2],
      [0, -9, -9, -9],
      [-9, -9, -2, -1.2],
    ]);
    const read = (previous: string[]) =>
      new BeamDecoder(language, manifest, { ...exact, languageWeight: 3 })
        .words(unsure, { channel: 0, previous })
        .map(({ text }) => text)
        .join(' ');
    expect(read([])).toBe('AB');
    expect(read(['B', 'A'])).toBe('BA');
  });
});

describe('words of a beam', () => {
  const free = { languageWeight: 0, wordBonus: 0, unseenLetter: 0, leastTokenLog: -Infinity };
  const plain = (words: ReturnType<typeof greedyWords>) =>
    words.map(({ text, startMs, endMs, channel }) => ({ text, startMs, endMs, channel }));

  test.each([1, 4])('without a language model a beam of %i reads what greedy decoding reads', (width) => {
    const decoder = new BeamDecoder(null, manifest, { ...exact, ...free, width });
    fc.assert(
      fc.property(anyPiece(40), (piece) => {
        expect(plain(decoder.words(piece, { channel: 2 }))).toEqual(
          plain(greedyWords(piece, manifest, { channel: 2 })),
        );
      }),
    );
  });

  test('also of a real model, with the same times', () => {
    const decoder = new BeamDecoder(null, recitalManifest, { ...free, width: 4 });
    for (const { logProbabilities } of recitalClips) {
      expect(plain(decoder.words(logProbabilities, { channel: 0 }))).toEqual(
        plain(greedyWords(logProbabilities, recitalManifest, { channel: 0 })),
      );
    }
  });

  test('a word is as sure as its share, and what else it may have been stands beside it', () => {
    const decoder = new BeamDecoder(language, manifest, { ...exact, languageWeight: 0.1 });
    const [word] = decoder.words(
      pieceOf([
        [-9, -9, -0.9, -1],
        [-0.1, -9, -9, -9],
        [-0.9, -9, -1.4, -1],
      ]),
      {
        channel: 0,
      },
    );
    expect(word.confidence).toBeGreaterThan(0.2);
    expect(word.confidence).toBeLessThan(0.9);
    const others = word.alternatives!.map(({ text }) => text);
    expect(others).not.toContain(word.text);
    expect(others.length).toBeGreaterThan(1);
    const shares = word.alternatives!.map(({ confidence }) => confidence);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.reduce((sum, share) => sum + share, word.confidence)).toBeLessThanOrEqual(1.0001);
  });

  test('a piece of another vocabulary is refused', () => {
    const decoder = new BeamDecoder(language, manifest);
    expect(() => decoder.words({ ...pieceOf([[0, 0, 0, 0]]), vocabularySize: 9 }, { channel: 0 })).toThrow(
      /9 tokens a frame/,
    );
  });
});

describe('in a thread', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sewscribe-beam-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the same words, of pieces asked for at once', async () => {
    const path = join(folder, 'tiny.lm');
    writeFileSync(path, packed);
    const decode = beamDecoder(path, manifest);
    const here = new BeamDecoder(language, manifest, defaultBeamOptions);
    const pieces = fc.sample(anyPiece(30), { numRuns: 6, seed: 7 });
    const found = await Promise.all(pieces.map((piece) => decode(piece, { channel: 1, previous: [] })));
    expect(found).toEqual(pieces.map((piece) => here.words(piece, { channel: 1 })));
    expect(pieces[0].data.length).toBeGreaterThan(0);
  });

  test('a damaged language model is named', async () => {
    const path = join(folder, 'cut.lm');
    writeFileSync(path, packed.slice(0, packed.length / 2));
    const decode = beamDecoder(path, manifest);
    await expect(decode(pieceOf([[0, 0, 0, 0]]), { channel: 0, previous: [] })).rejects.toThrow(
      /"cut.lm" is damaged/,
    );
  });
});
