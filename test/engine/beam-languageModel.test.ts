import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lexicon, noNode, rootNode } from '../../engine/recognition/languageModel/lexicon.ts';
import { Speller } from '../../engine/recognition/languageModel/spelledWords.ts';
import { tokenTable } from '../../engine/recognition/tokens.ts';
import { readArpa } from '../../native-models/language/arpa.ts';
import { quantise } from '../../native-models/language/codebook.ts';
import { NgramModel, noWord } from '../../native-models/language/ngramModel.ts';
import { packModel } from '../../native-models/language/packedModel.ts';
import { countNgrams } from '../../native-models/training/lm/counts.ts';
import { estimate } from '../../native-models/training/lm/kneserNey.ts';
import { spokenSentences } from '../../native-models/training/lm/spokenText.ts';
import { manifestOf } from './recitalFixtures.ts';

const card = { name: 'tiny', languages: ['en'], licence: null, source: 'a test' };

const arpa = `
\\data\\
ngram 1=6
ngram 2=4
ngram 3=2

\\1-grams:
-99\t<s>\t-0.30
-1.20\t<unk>
-0.60\tthe\t-0.40
-0.90\tCat\t-0.25
-0.85\tsat
-1.10\tcat

\\2-grams:
-0.25\t<s> the\t-0.10
-0.35\tthe cat\t-0.20
-0.70\tthe sat
-0.45\tcat sat

\\3-grams:
-0.15\t<s> the cat
-0.12\tthe cat sat

\\end\\
`.split('\n');

const packed = async (lines: Iterable<string>) => {
  const model = await readArpa(lines, 'tiny.arpa');
  return new NgramModel(packModel(model, card), 'tiny.lm');
};

/** Katz back-off as the format's definition says it, by look-up of the lines' words. */
function reference(lines: string[], words: string[]): number {
  const found = (key: string) => lines.map((line) => line.split('\t')).find(([, ngram]) => ngram === key);
  const log = found(words.join(' '))?.[0];
  if (log !== undefined) return Number(log);
  const backoff = Number(found(words.slice(0, -1).join(' '))?.[2] ?? 0);
  return backoff + reference(lines, words.slice(1));
}

describe('n-gram scorer', () => {
  test('equals a slow reading of the ARPA file, for every history', async () => {
    const model = await packed(arpa);
    const lower = arpa.map((line) => line.replace('Cat', 'cat'));
    const histories = ['<s>', '<unk>', 'the', 'cat', 'sat'];
    const id = (word: string) => model.words.indexOf(word);
    for (const first of [null, ...histories]) {
      for (const second of first === null ? [null, ...histories] : histories) {
        for (const word of histories.slice(1)) {
          const expected = reference(
            lower,
            [first, second, word].filter((each) => each !== null),
          );
          const ids = [first, second].map((each) => (each === null ? noWord : id(each)));
          expect(model.logProbability(ids[0], ids[1], id(word)) / Math.LN10).toBeCloseTo(expected, 5);
        }
      }
    }
  });

  test.each([
    ['no ARPA file', ['hello', 'world'], /no whole ARPA file/],
    ['a file without its end', arpa.filter((line) => !line.startsWith('\\end')), /no whole ARPA file/],
    ['a line without a number', arpa.map((line) => line.replace('-0.85', 'x')), /"x\tsat" makes no sense/],
  ])('%s is refused by name', async (_, lines, message) => {
    await expect(readArpa(lines, 'tiny.arpa')).rejects.toThrow(message);
    await expect(readArpa(lines, 'tiny.arpa')).rejects.toThrow('tiny.arpa');
  });

  test('a cut file, and one of another kind, are refused', async () => {
    const bytes = packModel(await readArpa(arpa, 'tiny.arpa'), card);
    fc.assert(
      fc.property(fc.integer({ min: 8, max: bytes.length - 4 }), (length) => {
        expect(() => new NgramModel(bytes.slice(0, length), 'cut.lm')).toThrow(/"cut.lm" is damaged/);
      }),
      { numRuns: 50 },
    );
    expect(() => new NgramModel(new Uint8Array(100), 'other.lm')).toThrow(
      /"other.lm" is not a language model/,
    );
  });

  test('one byte keeps numbers to within the bins around them', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -12, max: 0, noNaN: true }), { minLength: 1 }), (values) => {
        const { book, codes } = quantise(Float32Array.from(values));
        const distinct = new Set(Float32Array.from(values)).size;
        codes.forEach((code, i) => {
          if (distinct <= 2) expect(book[code]).toBeCloseTo(values[i], 4);
          expect(Math.abs(book[code] - values[i])).toBeLessThanOrEqual(12);
        });
      }),
    );
  });
});

describe('training', () => {
  const text = 'the cat sat on the mat. The dog sat on the cat! "A dog," said the cat, "sat on a mat."';
  const sentences = Array.from({ length: 6 }, () => spokenSentences(text)).flat();
  const words = ['<s>', '<unk>', ...new Set(sentences.flat().filter((word) => word !== 'said'))];
  const ids = sentences.flat().map((word) => Math.max(1, words.indexOf(word)));
  const starts = new Set<number>();
  sentences.reduce((at, sentence) => (starts.add(at), at + sentence.length), 0);
  const trained = (bigrams: number, trigrams: number) =>
    estimate(
      words,
      countNgrams({ ids: Uint16Array.from(ids), starts }, 0, 1),
      { startId: 0, unknownId: 1, unknownShare: 0.05 },
      { bigrams, trigrams },
    );

  test.each([
    ['whole', 1000, 1000],
    ['pruned', 12, 6],
    ['without trigrams', 10, 0],
    ['words alone', 0, 0],
  ])('probabilities behind any two words add up to one: %s', (_, bigrams, trigrams) => {
    const estimated = trained(bigrams, trigrams);
    expect(estimated.trigrams.keys.length).toBeLessThanOrEqual(trigrams);
    const model = new NgramModel(packModel(estimated, card), 'trained.lm');
    const known = [...words.keys()].filter((id) => id !== 0);
    for (const first of [noWord, ...words.keys()]) {
      for (const second of words.keys()) {
        const sum = known.reduce(
          (total, word) => total + Math.exp(model.logProbability(first, second, word)),
          0,
        );
        expect(sum).toBeCloseTo(1, 3);
      }
    }
  });

  test('what was said often is likelier than what was not', () => {
    const model = new NgramModel(packModel(trained(1000, 1000), card), 'trained.lm');
    const [sat, on, the, mat] = ['sat', 'on', 'the', 'mat'].map((word) => words.indexOf(word));
    expect(model.logProbability(sat, on, the)).toBeGreaterThan(model.logProbability(sat, on, mat) + 2);
  });

  test.each([
    [
      'Mr. Smith paid $2,450 on the 3rd.',
      ['mister smith paid two thousand four hundred and fifty on the third'],
    ],
    ['In 1815—don’t ask! ‘Yes,’ he said.', ['in eighteen fifteen', "don't ask", 'yes he said']],
    ['Café No. 905, 20th row', ['cafe no', 'nine hundred and five twentieth row']],
    ['…', []],
  ])('prose as it is spoken: %s', (prose, spoken) => {
    const lines = spokenSentences(prose).map((sentence) => sentence.join(' '));
    expect(lines.join(' ')).toBe(spoken.join(' '));
  });
});

describe('lexicon', () => {
  const spelling = fc.array(fc.nat(7), { minLength: 1, maxLength: 8 });

  test('every word is found where its letters lead, and nothing else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(spelling, { selector: String }), spelling, (spellings, other) => {
        const entries = spellings.map((tokens, word) => ({ tokens, word, log: -word, bonus: 0 }));
        const lexicon = new Lexicon(entries, 8);
        const follow = (tokens: number[]) =>
          tokens.reduce((node, token) => (node === noNode ? noNode : lexicon.child(node, token)), rootNode);
        spellings.forEach((tokens, place) => {
          const node = follow(tokens);
          expect(lexicon.entryPlaces[node]).toBe(place);
          expect(lexicon.depths[node]).toBe(tokens.length);
          expect(lexicon.bestLogs[node]).toBeGreaterThanOrEqual(-place);
        });
        const isWord = spellings.some((tokens) => String(tokens) === String(other));
        const node = follow(other);
        expect(node !== noNode && lexicon.entryPlaces[node] >= 0).toBe(isWord);
      }),
    );
  });

  test('words are spelled whatever the case, and not at all where a letter is missing', () => {
    const speller = new Speller(tokenTable(manifestOf(['<pad>', '<s>', '<unk>', '|', 'A', 'B', "'"])));
    expect(speller.spell("ab'A")).toEqual([4, 5, 6, 4]);
    expect(speller.spell('abc')).toBeNull();
  });
});
