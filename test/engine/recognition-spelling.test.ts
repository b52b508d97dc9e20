import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spellings } from '../../engine/recognition/spelling.ts';
import { spokenForms } from '../../native-models/language/english/spokenForms.ts';
import { tokenise } from '../../engine/recognition/tokenise.ts';
import { tokenTable } from '../../engine/recognition/tokens.ts';
import { manifestOf, recitalManifest } from './recitalFixtures.ts';

const english = recitalManifest;
const small = manifestOf(['<pad>', '|', ...'abcdefghijklmnopqrstuvwxyz']);
const french = manifestOf(['<pad>', '|', ...'abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüœ'], {
  languages: ['fr'],
});
const cyrillic = manifestOf(['<pad>', '|', ...'абвгдежзийклмнопрстуфхцчшщъыьэюя'], { languages: ['ru'] });
const chinese = manifestOf(['<pad>', '今', '日', '好', '0', '5'], { languages: ['zh'] });
const korean = manifestOf(['<pad>', '|', ...'한국'.normalize('NFD')], { languages: ['ko'] });

describe('spellings in the vocabulary of a model', () => {
  test.each([
    ['HE', ['HE']],
    ['He', ['HE']],
    ['Hello,', ['HELLO']],
    ['“Don’t!”', ["DON'T"]],
    ['café', ['CAFE']],
    ['café'.normalize('NFD'), ['CAFE']],
    ['Straße', ['STRASSE']],
    ['Œuvre', ['OEUVRE']],
    ['naïveté', ['NAIVETE']],
    ['Łódź', ['LODZ']],
    ['Ærøskøbing', ['AEROSKOBING']],
    ['ﬁne', ['FINE']],
    ['cold-hearted', ['COLD HEARTED']],
    ['and/or', ['AND OR']],
    ['7', ['SEVEN']],
    ['–', []],
    ['…', []],
    ['♪', []],
    ['今', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(spellings(text, english)).toEqual(expected);
  });

  test.each([
    ['small letters', 'Café', small, ['cafe']],
    ['letters with accents stay where the model has them', 'Été', french, ['été']],
    ['in either normal form', 'Été'.normalize('NFD'), french, ['été']],
    ['œ stays too', 'ŒUVRE', french, ['œuvre']],
    ['ñ is folded', 'señor', french, ['senor']],
    ['digits are not read in a language that we do not know', '7', french, []],
    ['another script', 'Привет!', cyrillic, ['привет']],
    ['ё that the vocabulary lacks', 'ёлка', cyrillic, ['елка']],
    ['й that it has', 'мой', cyrillic, ['мой']],
    ['Latin letters in a Cyrillic vocabulary', 'hello', cyrillic, []],
    ['characters', '今日は', chinese, ['今日']],
    ['digits that the vocabulary has', '05', chinese, ['05']],
    ['syllables in a vocabulary of their parts', '한국', korean, ['한국'.normalize('NFD')]],
  ])('%s', (_, text, manifest, expected) => {
    expect(spellings(text, manifest)).toEqual(expected);
  });

  test('every spelling can be written in tokens, letter by letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
        for (const manifest of [english, french, cyrillic]) {
          const tokens = tokenTable(manifest);
          for (const spelling of spellings(text, manifest)) {
            const ids = tokenise(spelling, tokens);
            expect(ids.map((word) => word.map((id) => tokens.texts[id]).join('')).join(' ')).toBe(spelling);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('pieces of several letters', () => {
    const tokens = tokenTable(manifestOf(['<pad>', '▁THE', '▁TH', 'E', 'R', '▁', 'H', 'T']));
    const written = (spelling: string) =>
      tokenise(spelling, tokens).map((word) => word.map((id) => tokens.texts[id]));
    expect(written('THE THERE HER')).toEqual([['THE'], ['THE', 'R', 'E'], ['H', 'E', 'R']]);
  });
});

describe('how written words are said in English', () => {
  test.each([
    ['19', ['nineteen']],
    ['0', ['zero', 'oh']],
    ['40', ['forty']],
    ['105', ['one hundred five', 'one hundred and five', 'one oh five']],
    ['$7,250', ['seven thousand two hundred fifty dollars', 'seven thousand two hundred and fifty dollars']],
    ['$1', ['one dollar']],
    ['$7.50', ['seven dollars fifty', 'seven dollars and fifty cents', 'seven fifty']],
    ['£0.20', ['twenty pence']],
    ['$3.5m', ['three point five million dollars']],
    ['$2 billion', ['two dollars billion']],
    ['1999', ['nineteen ninety nine', 'one thousand nine hundred ninety nine']],
    ['1900', ['nineteen hundred', 'one thousand nine hundred']],
    ['2005', ['two thousand five', 'two thousand and five', 'twenty oh five']],
    ['2000', ['two thousand']],
    ['2024', ['twenty twenty four', 'two thousand twenty four']],
    ['1,000,000', ['one million']],
    ['007', ['zero zero seven', 'oh oh seven']],
    ['3:30', ['three thirty']],
    ['3:05', ['three oh five']],
    ['10:00', ['ten', "ten o'clock"]],
    ['1:02:03', ['one oh two three']],
    ['21st', ['twenty first']],
    ['12th', ['twelfth']],
    ['30th', ['thirtieth']],
    ['100th', ['one hundredth']],
    ["1990's", ['nineteen nineties']],
    ['80s', ['eighties']],
    ['3.14', ['three point one four', 'three point fourteen']],
    ['.5', ['point five']],
    ['5%', ['five percent']],
    ['½', ['a half', 'half', 'one half']],
    ['2½', ['two and a half']],
    ['1/2', ['one half', 'a half', 'one two', 'one over two']],
    ['2/3', ['two thirds']],
    ['24/7', ['twenty four seven']],
    ['9/11', ['nine elevenths', 'nine eleven']],
    ['&', ['and']],
    ['R&D', ['R and D']],
    ['C++', ['C plus plus']],
    ['#5', ['number five']],
    ['-5', ['minus five', 'five']],
    ['5km', ['five kilometers', 'five km']],
    ['MP3', ['MP three']],
    ['B2B', ['B two B']],
    ['555-1204', ['five five five one two zero four', 'five five five one two oh four']],
    ['1914-1918', ['nineteen fourteen nineteen eighteen']],
    ['No.', ['number', 'No']],
    ['no', ['no', 'number']],
    ['Mr.', ['mister', 'Mr']],
    ['end.', ['end']],
    ['3,', ['three']],
    ['(7)', ['seven']],
    ['—', []],
  ])('%j', (written, expected) => {
    const forms = spokenForms(written);
    expect(expected.filter((form) => !forms.includes(form))).toEqual([]);
    expect(forms.at(0)).toBe(expected.at(0));
  });

  test('readings are few, in letters and single spaces', () => {
    const sign = fc.constantFrom(
      '$',
      '%',
      '.',
      ',',
      ':',
      '-',
      '/',
      'st',
      'k',
      'm',
      's',
      '&',
      '7',
      '12',
      '0',
      '1999',
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 8 }), (parts) => {
        const forms = spokenForms(parts.join(''));
        expect(forms.length).toBeLessThanOrEqual(6);
        for (const form of forms) expect(form).toMatch(/^\p{L}[\p{L}']*(?: \p{L}[\p{L}']*)*$/u);
      }),
      { numRuns: 500 },
    );
  });

  test('numbers with as many digits as anyone may type', () => {
    expect(spokenForms('9'.repeat(400))[0].split(' ')).toHaveLength(400);
  });
});
