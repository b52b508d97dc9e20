import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelledWords } from '../../native-models/training/punctuation/labelledText.ts';

/** `word` with its mark; ^ is a capital of its own, ^^ all capitals, ~ where only the place tells. */
function shown(paragraph: string): string {
  const signs = { lower: '', capitalised: '^', upper: '^^' };
  return labelledWords(paragraph)
    .map(({ spoken, mark, letterCase }) => spoken + (letterCase === null ? '~' : signs[letterCase]) + mark)
    .join(' ');
}

describe('prose with what a recogniser leaves out', () => {
  test.each([
    ['marks', 'Well, no; he said: go on! Why? So.', 'well~, no; he said: go~ on! why~? so~.'],
    ['names', 'He met Ann in Paris.', 'he~ met ann^ in paris^.'],
    ['I', "And I know I'm late.", "and~ i^ know i'm^ late."],
    ['quotes', '"Where?" he asked. "Here," she said.', 'where~? he~ asked. here~, she said.'],
    ['dashes', 'He went--slowly--away, and I--', 'he~ went, slowly, away, and i^.'],
    ['a broken sentence', '"But what--" He left.', 'but~ what. he~ left.'],
    ['dots', 'He waited... then ran... Nobody came.', 'he~ waited, then ran. nobody~ came.'],
    ['brackets', 'It was (so he said) true.', 'it~ was, so~ he said, true.'],
    ['titles', 'Mr. Brown met Dr. Grey.', 'mister~ brown^ met doctor^ grey^.'],
    ['initials', 'She met old J. W. Smith.', 'she~ met old j^ w^ smith^.'],
    ['numbers', 'On the 2nd he had 1,200 men.', 'on~ the second he had twelve hundred men.'],
    ['compounds', 'A well-known road to-day.', 'a~ well known road today.'],
    ['capitals', 'Somebody at the BBC knew.', 'somebody~ at the bbc^^ knew.'],
    [
      'accents and curly quotes',
      '\u201cCaf\u00e9,\u201d he said, \u201cisn\u2019t it\u2009?\u201d',
      "cafe~, he said, isn't~ it?",
    ],
    ['a shortened word', 'It cost ten sh. at most.', 'it~ cost ten sh at most.'],
    ['a heading', 'CHAPTER ONE. THE ROAD', ''],
    ['a line without an end', 'A table of contents', ''],
    ['nothing', '* * *', ''],
  ])('%s', (_, paragraph, expected) => {
    expect(shown(paragraph)).toBe(expected);
  });

  test('the last word of any prose has a mark, and spoken words are letters and apostrophes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB I\'",.;:?!-()12é\n') }), (text) => {
        const words = labelledWords(`${text}.`);
        for (const { spoken } of words) expect(spoken).toMatch(/^[a-z]+(?:'[a-z]+)*$/);
        if (words.length > 0) expect(words.at(-1)!.mark).not.toBe('');
      }),
    );
  });
});
