import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { find, replaceHits, type HitPart, type Query } from '../../renderer/editor/find.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { itemIndex } from '../../transcript/positions.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { documentOf, linesOf } from './support/documents.ts';

const plain: Query = {
  text: '',
  matchCase: false,
  wholeWords: false,
  regularExpression: false,
  exact: false,
};

/** The hits with their words: what is found in brackets. */
function found(document: TranscriptDocument, query: Partial<Query> & { text: string }): string[] {
  return find(document, { ...plain, ...query }).map(({ parts }) =>
    parts
      .map(({ itemId, start, end }) => {
        const { text } = document.items[itemIndex(document.items, itemId)];
        return `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
      })
      .join(' '),
  );
}

const lecture = () =>
  documentOf(
    'A: He went over the',
    'B: hill, Dr. Jones said.',
    'A: Café na\u00efve, cafe\u0301 – {remark hill} and the Hill',
    'A: x1 x2 x3',
  );

describe('find', () => {
  test.each([
    ['over two segments', { text: 'over the hill' }, ['[over] [the] [hill],']],
    ['without punctuation', { text: 'dr jones' }, ['[Dr.] [Jones]']],
    ['with its punctuation', { text: 'Dr. Jones' }, ['[Dr.] [Jones]']],
    ['exactly', { text: 'dr jones', exact: true }, []],
    ['exactly, with its punctuation', { text: 'dr. jones', exact: true }, ['[Dr.] [Jones]']],
    ['without accents, composed and not', { text: 'cafe' }, ['[Café]', '[cafe\u0301]']],
    ['with accents, composed and not', { text: 'cafe\u0301', exact: true }, ['[Café]', '[cafe\u0301]']],
    ['an accent asked for where accents do not count', { text: 'naïve' }, ['[naïve],']],
    ['by case', { text: 'Hill', matchCase: true }, ['[Hill]']],
    ['not in remarks', { text: 'hill' }, ['[hill],', '[Hill]']],
    ['a part of a word', { text: 'ill' }, ['h[ill],', 'H[ill]']],
    ['whole words only', { text: 'ill', wholeWords: true }, []],
    ['whole words', { text: 'the', wholeWords: true }, ['[the]', '[the]']],
    ['over lone punctuation', { text: 'cafe and' }, ['[cafe\u0301] [and]']],
    ['an expression', { text: 'x[13]', regularExpression: true }, ['[x1]', '[x3]']],
    [
      'an expression over a line',
      { text: String.raw`the\shill`, regularExpression: true },
      ['[the] [hill],', '[the] [Hill]'],
    ],
    ['the beginning of a line', { text: '^h', regularExpression: true }, ['[H]e', '[h]ill,']],
    ['nothing by an empty match', { text: 'q*', regularExpression: true }, []],
    ['nothing for nothing', { text: ' .' }, []],
  ])('%s', (_, query, hits) => {
    expect(found(lecture(), query)).toEqual(hits);
  });

  test('Chinese words without spaces', () => {
    expect(found(documentOf('今 日 は OK 。'), { text: '今日は' })).toEqual(['[今] [日] [は]']);
    expect(found(documentOf('今 日 は OK 。'), { text: 'は ok' })).toEqual(['[は] [OK]']);
  });

  test('an expression that is none is said to be', () => {
    expect(() => find(lecture(), { ...plain, text: '(', regularExpression: true })).toThrow(SyntaxError);
  });

  test('finds every word of a document by itself', () => {
    const words = fc.array(fc.stringMatching(/^[a-zäß😀.,–-]{1,6}$/u), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, fc.nat(11), (list, k) => {
        const text = list[k % list.length];
        const document = documentOf(list.join(' '));
        const hits = find(document, { ...plain, text, exact: true, matchCase: true });
        // A place before may have taken a part of it, as of three full stops two are found once.
        const isHit = ({ itemId }: HitPart) => itemId === `w${(k % list.length) + 1}`;
        expect(hits.some((hit) => hit.parts.some(isHit))).toBe(true);
        for (const hit of hits) {
          const [first, last] = [hit.parts[0], hit.parts.at(-1)!];
          expect(first.start).toBeGreaterThanOrEqual(0);
          expect(last.end).toBeGreaterThan(hit.parts.length > 1 ? 0 : first.start);
        }
      }),
    );
  });
});

describe('replace', () => {
  const replaced = (
    document: TranscriptDocument,
    query: Partial<Query> & { text: string },
    replacement: string,
  ) => {
    const whole = { ...plain, ...query };
    const change = replaceHits(document, find(document, whole), replacement, whole);
    expect(faults(change.document)).toEqual([]);
    const { document: next, inverse } = applyOperations(document, change.operations);
    expect(next).toEqual(change.document);
    expect(applyOperations(next, inverse).document).toEqual(document);
    return linesOf(change.document);
  };

  test.each([
    ['all of a word', { text: 'hill' }, 'mount', ['A: He went over the', 'B: mount, Dr. Jones said.']],
    [
      'over a border',
      { text: 'the hill' },
      'that mount',
      ['A: He went over that', 'B: mount, Dr. Jones said.'],
    ],
    ['two words by one', { text: 'dr jones' }, 'Indy', ['A: He went over the', 'B: hill, Indy said.']],
    [
      'one word by two',
      { text: 'said' },
      'has said',
      ['A: He went over the', 'B: hill, Dr. Jones has said.'],
    ],
    ['by nothing', { text: 'dr' }, '', ['A: He went over the', 'B: hill, . Jones said.']],
    [
      'several in one word',
      { text: 'e', matchCase: true },
      'ee',
      ['A: Hee weent oveer thee', 'B: hill, Dr. Jonees said.'],
    ],
    [
      'by groups',
      { text: '(h)(e|i)', regularExpression: true },
      '$2$1$$',
      ['A: eH$ went over teh$', 'B: ih$ll, Dr. Jones said.'],
    ],
    [
      'by a named group',
      { text: '(?<l>l+)', regularExpression: true },
      '<$<l>$&$7>',
      ['A: He went over the', 'B: hi<llll$7>, Dr. Jones said.'],
    ],
    [
      'dollars stay where no expression is',
      { text: 'hill' },
      '$1',
      ['A: He went over the', 'B: $1, Dr. Jones said.'],
    ],
  ])('%s', (_, query, replacement, after) => {
    const document = documentOf('A: He went over the', 'B: hill, Dr. Jones said.');
    expect(replaced(document, query, replacement)).toEqual(after);
  });

  test('remarks in a hit stay', () => {
    expect(replaced(documentOf('one {look} two'), { text: 'one two' }, 'x y z')).toEqual(['x y z {look}']);
  });

  test('gives changed words sensible times', () => {
    const document = documentOf('A: over the', 'A: hill now');
    const whole = { ...plain, text: 'the hill' };
    const { document: next } = replaceHits(document, find(document, whole), 'a high mountain', whole);
    const times = next.items.map((item) => (item.kind === 'word' ? [item.startMs, item.endMs] : []));
    expect(times[0]).toEqual([0, 400]);
    expect(times.slice(1, 4).flat()).toEqual([...times.slice(1, 4).flat()].sort((a, b) => a - b));
    expect(times[1][0]).toBeGreaterThanOrEqual(400);
    expect(times[3][1]).toBeLessThanOrEqual(1500);
    expect(times[4]).toEqual([1500, 1900]);
  });
});
