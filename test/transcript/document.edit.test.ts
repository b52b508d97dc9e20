import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingIds, emptyDocument } from '../../transcript/create.ts';
import { alignmentSpans } from '../../transcript/editing/alignment.ts';
import { matches } from '../../transcript/editing/difference.ts';
import type { Item, TranscriptDocument, Word } from '../../transcript/document.ts';
import { editText } from '../../transcript/edit.ts';
import type { EditedPlace } from '../../transcript/edit.ts';
import { applyOperations, OperationError } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';
import { anyDocument } from './document.arbitraries.ts';
import { documentOf, expectSame, expectSound, read, readTimes } from './document.builders.ts';

function edited(document: TranscriptDocument, place: EditedPlace | string[], text: string) {
  const edit = editText(document, Array.isArray(place) ? { itemIds: place } : place, text, {
    newId: countingIds('n'),
  });
  expectSame(applyOperations(document, edit.operations).document, edit.document);
  expectSound(edit.document);
  return edit;
}

const idsOf = (document: TranscriptDocument) => document.items.map((item) => item.id);

const hill = () => documentOf(['over/0-100 the/100-200 hill/300-700', 'and/1000-1200 away/1200-1600']);

describe('an edited text keeps', () => {
  test.each([
    ['everything where nothing changed', 'over  the\nhill', [], 'over/0-100 the/100-200 hill/300-700', []],
    [
      'times and needs no alignment where only the look changed',
      'Over the hill!',
      [],
      'Over/0-100 the/100-200 hill!/300-700',
      [],
    ],
    [
      'the time of a word that is another now',
      'over the hall',
      ['hall'],
      'over/0-100 the/100-200 hall/300-700',
      [200, 1000],
    ],
    [
      'the time of one that became two',
      'over the hi fill',
      ['hi', 'fill'],
      'over/0-100 the/100-200 hi/300-434 fill/434-700',
      [200, 1000],
    ],
    ['the time of two that became one', 'overthe hill', ['overthe'], 'overthe/0-200 hill/300-700', [0, 300]],
    [
      'the gap for a word put between',
      'over the old hill',
      ['old'],
      'over/0-100 the/100-200 old/200-300 hill/300-700',
      [200, 300],
    ],
    [
      'an ordinary pace for a word put at the end',
      'over the hill ok',
      ['ok'],
      'over/0-100 the/100-200 hill/300-700 ok/700-860',
      [700, 1000],
    ],
    ['the rest where words go', 'hill', [], 'hill/300-700', []],
    ['sense where a sentence end moves', 'Over. The hill', [], 'Over./0-100 The/100-200 hill/300-700', []],
    [
      'a note without a time',
      'over the [laughs] hill',
      [],
      'over/0-100 the/100-200 [laughs] hill/300-700',
      [],
    ],
    [
      'a lone dash between its neighbours',
      'over the – hill',
      ['–'],
      'over/0-100 the/100-200 –/200-280 hill/300-700',
      [200, 300],
    ],
    [
      'a number in figures',
      'over the $7,250',
      ['$7,250'],
      'over/0-100 the/100-200 $7,250/300-700',
      [200, 1000],
    ],
  ])('%s', (_, text, unsure, line, span) => {
    const { document, toAlign, itemIds } = edited(hill(), ['over', 'the', 'hill'], text);
    expect(readTimes(document)).toEqual([line, 'and/1000-1200 away/1200-1600']);
    expect(itemIds).toEqual(idsOf(document).slice(0, -2));
    const byId = new Map(document.items.map((item) => [item.id, item.text]));
    expect(toAlign.flatMap(({ wordIds }) => wordIds.map((id) => byId.get(id)))).toEqual(unsure);
    expect(toAlign.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(span.length ? [span] : []);
  });

  test('ids of words that stay and of those that change one by one', () => {
    const { document } = edited(hill(), ['over', 'the', 'hill'], 'Over a tall hall');
    expect(idsOf(document)).toEqual(['over', 'n1', 'n2', 'n3', 'and', 'away']);
    expect(idsOf(edited(hill(), ['over', 'the', 'hill'], 'under a hall').document)).toEqual(idsOf(hill()));
  });

  test("who wrote it: a corrected word is sure and no longer the model's", () => {
    const start = hill();
    start.items[2] = { ...start.items[2], spoken: 'hill', alignment: 0.9 } as (typeof start.items)[0];
    const word = edited(start, ['hill'], 'hall').document.items[2];
    expect(word).toStrictEqual({
      kind: 'word',
      id: 'hill',
      text: 'hall',
      startMs: 300,
      endMs: 700,
      confidence: 1,
      origin: 'person',
    });
    expect(edited(start, ['hill'], 'Hill').document.items[2]).toMatchObject({
      spoken: 'hill',
      alignment: 0.9,
      confidence: 1,
    });
  });

  test('segments, where an edit runs over their border', () => {
    const { document } = edited(hill(), ['hill', 'and'], 'mountain and then');
    expect(readTimes(document)).toEqual([
      'over/0-100 the/100-200 mountain/300-700',
      'and/1000-1199 then/1199-1200 away/1200-1600',
    ]);
    expect(read(edited(hill(), ['the', 'hill', 'and'], 'a b').document)).toEqual(['over a b', 'away']);
  });

  test('the segment that it begins, and its speaker', () => {
    const start = documentOf(['A: one/0-400 two/500-900', 'B: three/1000-1400 four/1500-1900']);
    const { document, operations } = edited(start, ['three', 'four'], 'Well, [coughs] three four');
    expect(readTimes(document)).toEqual([
      'A: one/0-400 two/500-900',
      'B: Well,/900-1000 [coughs] three/1000-1400 four/1500-1900',
    ]);
    expect(document.segments.map(({ id }) => id)).toEqual(['s1', 's2']);
    const back = applyOperations(start, operations).inverse;
    expectSame(applyOperations(document, back).document, start);
    expect(read(edited(start, { itemIds: [], afterId: 'two' }, 'so').document)).toEqual([
      'A: one two so',
      'B: three four',
    ]);
  });

  test('words of several parts, and Chinese and Japanese, which have no spaces', () => {
    const figures = documentOf(['about/0-100 10_000/100-200 people/200-300']);
    expect(readTimes(edited(figures, idsOf(figures), 'nearly 10 000 people').document)).toEqual([
      'nearly/0-100 10 000/100-200 people/200-300',
    ]);
    const today = documentOf(['今/0-100 日/100-200 は/200-300 OK/400-500 。/500-501']);
    const { document, toAlign } = edited(today, idsOf(today), '明日は OK。');
    expect(readTimes(document)).toEqual(['明/0-100 日/100-200 は/200-300 OK/400-500 。/500-501']);
    expect(toAlign).toEqual([{ wordIds: ['今'], startMs: 0, endMs: 100 }]);
  });
});

describe('room', () => {
  test('twenty words in a gap of 10 ms take from both neighbours alike', () => {
    const start = documentOf(['one/0-1000 two/1010-2000']);
    const text = Array.from({ length: 20 }, (_, k) => `w${k}`).join(' ');
    const { document, toAlign } = edited(start, { itemIds: [], afterId: 'one' }, text);
    const words = document.items.filter(isWord);
    expect(words[0]).toMatchObject({ startMs: 0, endMs: 995 });
    expect(words[21]).toMatchObject({ startMs: 1015, endMs: 2000 });
    expect(words.slice(1, 21).every((word) => word.endMs - word.startMs === 1)).toBe(true);
    expect(toAlign).toEqual([{ wordIds: words.map((word) => word.id), startMs: 0, endMs: 10_000 }]);
  });

  test('where the neighbours are short, words beyond them give time, too', () => {
    const start = documentOf(['a/0-10 b/10-12 c/12-14 d/14-30'], 30);
    const { document } = edited(start, { itemIds: [], afterId: 'b' }, 'p q r s t u');
    expect(readTimes(document)).toEqual([
      'a/0-8 b/8-9 p/9-10 q/10-11 r/11-12 s/12-13 t/13-14 u/14-15 c/15-16 d/16-30',
    ]);
  });

  test('another speaker may be talking there', () => {
    const start = documentOf(['A: one/0-100 two/110-200', 'B: yes/50-150']);
    expect(readTimes(edited(start, { itemIds: [], afterId: 'one' }, 'and').document)).toEqual([
      'A: one/0-100 and/100-110 two/110-200',
      'B: yes/50-150',
    ]);
  });

  const turns = () =>
    documentOf([
      'A: one/0-900',
      'B: two/1000-1500 three/1500-1900',
      'A: four/2000-2500',
      'B: five/2500-3000',
    ]);

  test.each([
    [
      'the first words of a turn',
      { itemIds: [], afterId: 'three' },
      'six',
      ['B: two/1000-1500 three/1500-1900 six/1900-2000', [1900, 2000]],
    ],
    [
      'a word before the last turn',
      ['five'],
      'new five',
      ['B: new/2500-2501 five/2501-3000', [2500, 10_000]],
    ],
    ['a word behind a turn', ['four'], 'four more', ['A: four/2000-2499 more/2499-2500', [1900, 2500]]],
    ['other words for a turn', ['four'], 'un deux', ['A: un/2000-2167 deux/2167-2500', [1900, 2500]]],
  ])('%s stay between what others say before and behind', (_, place, text, [line, span]) => {
    const { document, toAlign } = edited(turns(), place, text);
    expect(readTimes(document)).toContain(line);
    expect(toAlign.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([span]);
  });

  test('words of a speaker on both sides of a turn are looked for each on their side', () => {
    const start = turns();
    const unsure = new Set(['three', 'five']);
    expect(alignmentSpans(start, unsure)).toEqual([
      { wordIds: ['three'], startMs: 1500, endMs: 2000 },
      { wordIds: ['five'], startMs: 2500, endMs: 10_000 },
    ]);
  });

  test('who began to speak while another spoke still may', () => {
    const start = documentOf(['A: one/0-1000', 'B: yes/800-1200 no/1300-1500', 'A: two/1400-1800']);
    const { document, toAlign } = edited(start, ['yes', 'no'], 'yes so no');
    expect(readTimes(document)[1]).toBe('B: yes/800-1200 so/1200-1300 no/1300-1500');
    expect(edited(start, ['yes', 'no'], 'a b').toAlign).toEqual([
      { wordIds: ['yes', 'no'], startMs: 800, endMs: 1500 },
    ]);
    expect(toAlign).toEqual([{ wordIds: ['n1'], startMs: 1200, endMs: 1300 }]);
  });

  test('the first words of all need no neighbours', () => {
    const { document } = edited(
      emptyDocument({ name: 'a.wav', durationMs: 5000 }),
      { itemIds: [] },
      'hello there',
    );
    expect(readTimes(document)).toEqual(['hello/0-400 there/400-800']);
  });

  test('a medium that is full is refused', () => {
    const full = documentOf(['a/0-1 b/1-2 c/2-3'], 3);
    expect(() => edited(full, { itemIds: [], afterId: 'b' }, 'd')).toThrow(OperationError);
    expect(() => edited(emptyDocument({ name: 'a.wav' }), { itemIds: [] }, 'd')).toThrow(OperationError);
  });

  test('what is not there (any more) cannot be edited', () => {
    expect(() => edited(hill(), ['over', 'hill'], 'x')).toThrow(OperationError);
    expect(() => edited(hill(), { itemIds: [], afterId: 'gone' }, 'x')).toThrow(OperationError);
  });
});

type Turn = { speakerId: string | null; afterMs: number; lastMs: number[] };

/** Turns that follow each other, each so long after the one before, or before its end. */
function turnsOf(turns: readonly Turn[]): TranscriptDocument {
  const endsMs = new Map<string | null, number>();
  let atMs = 200;
  const lines = turns.map(({ speakerId, afterMs, lastMs }) => {
    atMs = Math.max(atMs + afterMs, endsMs.get(speakerId) ?? 0);
    const words = lastMs.map((ms) => `word/${atMs}-${(atMs += ms)}`);
    endsMs.set(speakerId, atMs);
    return `${speakerId ? `${speakerId}: ` : ''}${words.join(' ')}`;
  });
  return documentOf(lines, atMs + 500);
}

/** The turns that begin before the end of the word that stands before them. */
function earlyTurns({ items, segments }: TranscriptDocument): Set<string> {
  const begins = new Map(segments.map((segment) => [segment.firstItemId, segment.id]));
  const early = new Set<string>();
  let last: Word | undefined;
  let turn = '';
  let isFirst = false;
  for (const item of items) {
    isFirst ||= begins.has(item.id);
    turn = begins.get(item.id) ?? turn;
    if (!isWord(item)) continue;
    if (isFirst && last && item.startMs < last.endMs) early.add(turn);
    isFirst = false;
    last = item;
  }
  return early;
}

describe('any edit', () => {
  const anyText = fc
    .array(
      fc.constantFrom(
        'the',
        'sea',
        'Where?',
        'where',
        'so',
        '[laughs]',
        '[',
        'R&D',
        '今日',
        '。',
        '–',
        'new',
        '\n',
      ),
      {
        maxLength: 30,
      },
    )
    .map((words) => words.join(' '));

  test('gives the text, keeps what stayed, in order and in time, and is undone exactly', () => {
    fc.assert(
      fc.property(anyDocument, fc.nat(60), fc.nat(12), anyText, (start, from, count, text) => {
        const place = from % (start.items.length + 1);
        const old = start.items.slice(place, place + count);
        const itemIds = old.map((item) => item.id);
        const edit = edited(start, { itemIds, afterId: start.items[place - 1]?.id ?? null }, text);
        const now = new Map(edit.document.items.map((item) => [item.id, item]));

        const squeeze = (given: string) => given.replace(/\s/g, '');
        expect(squeeze(edit.itemIds.map((id) => now.get(id)?.text).join(''))).toBe(squeeze(text));

        // Outside the edited place nothing changes but what makes room, and all that is named.
        const unsure = new Set(edit.toAlign.flatMap(({ wordIds }) => wordIds));
        const timeOf = (item: Item | undefined) => (item?.kind === 'word' ? [item.startMs, item.endMs] : []);
        const left = start.items.filter((item) => now.has(item.id));
        const outside = left.filter((item) => !itemIds.includes(item.id));
        expect(outside).toHaveLength(start.items.length - itemIds.length);
        expectSame(
          outside.map((item) => now.get(item.id)?.text),
          outside.map((item) => item.text),
        );
        const sure = left.filter((item) => !unsure.has(item.id));
        expectSame(
          sure.map((item) => timeOf(now.get(item.id))),
          sure.map(timeOf),
        );
        // Every new word is to be aligned, inside its span.
        const before = new Set(start.items.map((item) => item.id));
        const fresh = edit.document.items.filter(isWord).filter((word) => !before.has(word.id));
        expect(
          fresh.filter((word) => !unsure.has(word.id) || word.origin !== 'person' || word.confidence < 1),
        ).toEqual([]);
        const outOfSpan = edit.toAlign.filter(({ wordIds, startMs, endMs }) =>
          wordIds.map((id) => timeOf(now.get(id))).some(([fromMs, toMs]) => fromMs < startMs || toMs > endMs),
        );
        expect(outOfSpan).toEqual([]);
        const back = applyOperations(start, edit.operations).inverse;
        expectSame(applyOperations(edit.document, back).document, start);
      }),
      { numRuns: 200 },
    );
  });

  test('begins no turn before the end of what stands before it, wherever its words are found in the sound', () => {
    const anyTurns = fc
      .array(
        fc.record({
          speakerId: fc.constantFrom('A', 'B', null),
          afterMs: fc.integer({ min: -120, max: 400 }),
          lastMs: fc.array(fc.integer({ min: 50, max: 300 }), { minLength: 1, maxLength: 5 }),
        }),
        { minLength: 1, maxLength: 8 },
      )
      .map(turnsOf);
    fc.assert(
      fc.property(
        anyTurns,
        fc.nat(40),
        fc.nat(6),
        anyText,
        fc.boolean(),
        (start, from, count, text, early) => {
          const place = from % (start.items.length + 1);
          const itemIds = start.items.slice(place, place + count).map((item) => item.id);
          const edit = edited(start, { itemIds, afterId: start.items[place - 1]?.id ?? null }, text);
          const wasEarly = earlyTurns(start);
          const begunEarly = (document: TranscriptDocument) =>
            [...earlyTurns(document)].filter((id) => !wasEarly.has(id));
          expect(begunEarly(edit.document)).toEqual([]);
          const found = edit.toAlign.map(({ wordIds, startMs, endMs }): Operation => ({
            type: 'changeWords',
            changes: wordIds.map((id, k) => {
              const atMs = early ? startMs + k : endMs - wordIds.length + k;
              return { id, startMs: atMs, endMs: atMs + 1 };
            }),
          }));
          for (const operation of found) {
            const { document } = applyOperations(edit.document, [operation]);
            expectSound(document);
            expect(begunEarly(document)).toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a text given back as it was changes nothing', () => {
    fc.assert(
      fc.property(anyDocument, (start) => {
        const text = start.items.map((item) => item.text).join(' ');
        expect(edited(start, idsOf(start), text).operations).toEqual([]);
      }),
    );
  });

  test('differences are the fewest', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 });
    const longest = (a: string[], b: string[]): number => {
      let row = new Array<number>(b.length + 1).fill(0);
      for (const x of a) {
        const next = [0];
        b.forEach((y, k) => next.push(x === y ? row[k] + 1 : Math.max(row[k + 1], next[k])));
        row = next;
      }
      return row[b.length];
    };
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const found = matches(a, b);
        expect(found).toHaveLength(longest(a, b));
        expect(found.every(([i, j]) => a[i] === b[j])).toBe(true);
        expect(found.slice(1).every(([i, j], k) => i > found[k][0] && j > found[k][1])).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
