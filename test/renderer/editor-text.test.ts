import fc from 'fast-check';
import { caughtUp, typedDraft } from '../../renderer/editor/draft.ts';
import { describe, expect, test } from 'vitest';
import * as changes from '../../renderer/editor/changes.ts';
import { clockText, typedTime } from '../../renderer/editor/clock.ts';
import { hasGuessedTime, hearing, nextToLookAt, toLookAt } from '../../transcript/doubt.ts';
import * as marks from '../../renderer/editor/marks.ts';
import { replaceBetween } from '../../renderer/editor/replacing.ts';
import { retimeSegment } from '../../renderer/editor/retiming.ts';
import { changeBetween, lineItems, locate, piecesOf, textOf } from '../../renderer/editor/segmentText.ts';
import {
  neighbouringSegmentStart,
  neighbouringWordStart,
  segmentAt,
  wordsAt,
} from '../../renderer/editor/timeIndex.ts';
import { RowLayout } from '../../renderer/editor/windowing.ts';
import { countingIds } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';
import { documentOf, linesOf } from './support/documents.ts';

function sound(document: TranscriptDocument): TranscriptDocument {
  expect(faults(document)).toEqual([]);
  return document;
}

/** Types a change into a segment: `before` with its caret or selection marked by `|`. */
function typed(document: TranscriptDocument, segmentPlace: number, marked: string, insert: string) {
  const parts = marked.split('|');
  const text = parts.join('');
  const from = parts[0].length;
  const to = parts.length === 3 ? from + parts[1].length : from;
  const pieces = locate(text, lineItems(document, segmentPlace))!;
  expect(pieces, `“${text}” is what stands there`).not.toBeNull();
  return changes.changeText(document, pieces, text, { from, to, insert }, { newId: countingIds('n') });
}

describe('typing into a segment', () => {
  test.each([
    ['a letter at the end of a word', 'one tw|o three', 'x', 'one twxo three'],
    ['a space makes no word', 'one| two three', ' ', 'one two three'],
    ['a space inside makes two words', 'one t|wo three', ' ', 'one t wo three'],
    ['a word at the beginning', '|one two three', 'zero ', 'zero one two three'],
    ['a word at the end', 'one two three|', ' four', 'one two three four'],
    ['a word replaced', 'one |two| three', 'deux', 'one deux three'],
    ['a word deleted', 'one| two| three', '', 'one three'],
    ['the space between two words deleted', 'one| |two three', '', 'onetwo three'],
    ['all replaced', '|one two three|', 'nothing', 'nothing'],
    ['with spaces that are still being typed', 'one  | two three', 'x', 'one x two three'],
    ['a note', 'one two| three', ' [laughs]', 'one two [laughs] three'],
  ])('%s', (_, marked, insert, after) => {
    const { document } = typed(documentOf('one two three'), 0, marked, insert);
    expect(linesOf(sound(document))).toEqual([after]);
  });

  test('a word that stays keeps id and times, and of two equal words the one at the caret changes', () => {
    const before = documentOf('the the the the');
    const { document } = typed(before, 0, 'the the |the |the', '');
    expect(document.items).toEqual([before.items[0], before.items[1], before.items[3]]);
    const other = typed(before, 0, '|the |the the the', '').document;
    expect(other.items).toEqual(before.items.slice(1));
  });

  test('remarks stay where they are', () => {
    const before = documentOf('one two {look at this} three');
    expect(linesOf(typed(before, 0, 'one two| three', 'x').document)).toEqual([
      'one twox {look at this} three',
    ]);
    expect(linesOf(typed(before, 0, 'one |two three|', 'all').document)).toEqual(['one all {look at this}']);
    expect(linesOf(typed(before, 0, 'one two |three', 'and ').document)).toEqual([
      'one two and {look at this} three',
    ]);
  });

  test('what is typed must be aligned, what only looks different not', () => {
    expect(typed(documentOf('one two three'), 0, 'one |two| three', 'deux').toAlign).toMatchObject([
      { wordIds: ['w2'], startMs: 400, endMs: 1000 },
    ]);
    expect(typed(documentOf('one two three'), 0, 'one |two| three', 'Two,').toAlign).toEqual([]);
  });

  test('a text being typed says where its words stand, or that it says something else', () => {
    const items = lineItems(documentOf('one two [laughs]'), 0);
    expect(locate('  one   two [laughs] ', items)?.map(({ start, end }) => [start, end])).toEqual([
      [2, 5],
      [8, 11],
      [12, 20],
    ]);
    expect(locate('one tow [laughs]', items)).toBeNull();
    expect(locate('one two [laughs] more', items)).toBeNull();
    expect(piecesOf(items).map(({ start, end }) => textOf(items).slice(start, end))).toEqual([
      'one',
      'two',
      '[laughs]',
    ]);
  });

  test('the change between two texts, for what an input method wrote', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ' ', '今', '😀', '😁')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { from, to, insert } = changeBetween(before, after);
        expect(before.slice(0, from) + insert + before.slice(to)).toBe(after);
        expect(insert.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('splitting and joining', () => {
  test.each([
    ['between words', 4, ['A: one', 'A: two three']],
    ['before the space', 3, ['A: one', 'A: two three']],
    ['inside a word', 5, ['A: one t', 'A: wo three']],
  ])('%s', (_, offset, after) => {
    const document = documentOf('A: one two three');
    const split = changes.splitAt(document, { segmentId: 'g1', offset }, 'one two three')!;
    expect(linesOf(sound(split.document))).toEqual(after);
    expect(split.caret).toEqual({ segmentId: split.document.segments[1].id, offset: 0 });
    expect(linesOf(applyOperations(document, split.operations).document)).toEqual(after);
    const joined = changes.joinWithPrevious(split.document, split.caret!.segmentId)!;
    expect(linesOf(sound(joined.document))).toEqual([`A: ${after.map((line) => line.slice(3)).join(' ')}`]);
    expect(joined.caret).toEqual({ segmentId: 'g1', offset: after[0].length - 3 + 1 });
  });

  test('not at the ends, and not before the first', () => {
    const document = documentOf('one two', 'three');
    expect(changes.splitAt(document, { segmentId: 'g1', offset: 0 }, 'one two')).toBeNull();
    expect(changes.splitAt(document, { segmentId: 'g1', offset: 7 }, 'one two')).toBeNull();
    expect(changes.joinWithPrevious(document, 'g1')).toBeNull();
  });

  test('for another speaker', () => {
    const document = documentOf('A: one two', 'B: three');
    const split = changes.splitAt(document, { segmentId: 'g1', offset: 4 }, 'one two', {
      speaker: { id: 's-B', add: [] },
    })!;
    expect(linesOf(sound(split.document))).toEqual(['A: one', 'B: two', 'B: three']);
  });
});

describe('over several segments', () => {
  const three = () => documentOf('A: one two three', 'B: four five', 'A: six seven');
  test.each([
    ['deletes between words', ['g1', 4], ['g3', 4], [], ['A: one seven']],
    ['deletes through words', ['g1', 5], ['g3', 2], [], ['A: one tx seven']],
    ['deletes a line break', ['g1', 13], ['g2', 0], [], ['A: one two three four five', 'A: six seven']],
    ['replaces by what is typed', ['g1', 4], ['g2', 4], ['x'], ['A: one x five', 'A: six seven']],
    ['replaces whole segments', ['g1', 0], ['g3', 9], ['all'], ['A: all']],
    ['deletes whole segments', ['g1', 0], ['g2', 9], [], ['A: six seven']],
    ['deletes from a start into the next', ['g1', 0], ['g2', 5], [], ['B: five', 'A: six seven']],
    [
      'within one segment',
      ['g1', 4],
      ['g1', 7],
      ['deux'],
      ['A: one deux three', 'B: four five', 'A: six seven'],
    ],
    [
      'pastes lines',
      ['g1', 4],
      ['g1', 4],
      ['a b', 'c d', 'e'],
      ['A: one a b', 'A: c d', 'A: etwo three', 'B: four five', 'A: six seven'],
    ],
    [
      'pastes lines over a border',
      ['g1', 8],
      ['g2', 5],
      ['a', 'b'],
      ['A: one two a', 'A: bfive', 'A: six seven'],
    ],
  ] as const)('%s', (_, from, to, lines, after) => {
    const document = three();
    const place = ([segmentId, offset]: readonly [string, number]) => ({ segmentId, offset });
    const change = replaceBetween(document, place(from), place(to), lines)!;
    expect(linesOf(sound(change.document))).toEqual(after);
    expect(linesOf(applyOperations(document, change.operations).document)).toEqual(linesOf(change.document));
    const { inverse } = applyOperations(document, change.operations);
    expect(applyOperations(change.document, inverse).document).toEqual(document);
  });

  test('all of it leaves an empty document', () => {
    const change = replaceBetween(
      three(),
      { segmentId: 'g1', offset: 0 },
      { segmentId: 'g3', offset: 9 },
      [],
    );
    expect(change?.document.items).toEqual([]);
    expect(change?.caret).toBeNull();
  });

  test('never breaks the grammar, and the caret lies in the text', () => {
    const place = fc.record({ segment: fc.nat(2), share: fc.double({ min: 0, max: 1, noNaN: true }) });
    const lines = fc.array(fc.constantFrom('', 'x', 'uno dos', '[noise]', ' pad '), { maxLength: 3 });
    fc.assert(
      fc.property(place, place, lines, (a, b, inserted) => {
        const document = three();
        const text = (k: number) => textOf(lineItems(document, k));
        const [from, to] = [a, b]
          .map(({ segment, share }) => ({ segment, offset: Math.round(share * text(segment).length) }))
          .sort((p, q) => p.segment - q.segment || p.offset - q.offset)
          .map(({ segment, offset }) => ({ segmentId: `g${segment + 1}`, offset }));
        const change = replaceBetween(document, from, to, inserted)!;
        sound(change.document);
        const kept = text(Number(from.segmentId[1]) - 1).slice(0, from.offset);
        const rest = text(Number(to.segmentId[1]) - 1).slice(to.offset);
        const letters = change.document.items
          .map((item) => item.text)
          .join('')
          .replace(/\s/g, '');
        const wanted = [0, 1, 2]
          .map((k) =>
            k === Number(from.segmentId[1]) - 1
              ? kept + inserted.join('') + rest
              : k > Number(from.segmentId[1]) - 1 && k < Number(to.segmentId[1])
                ? ''
                : text(k),
          )
          .join('')
          .replace(/\s/g, '');
        expect(letters).toBe(wanted);
        if (change.caret) {
          const pieces = changes.piecesOfSegment(change.document, change.caret.segmentId);
          expect(change.caret.offset).toBeLessThanOrEqual(pieces.at(-1)!.end);
        }
      }),
    );
  });
});

describe('marks', () => {
  test('readings take the dress of the word', () => {
    const cases = [
      ['pycnocline', 'Picnic,', 'Pycnocline,'],
      ['pick a line', '“line”', '“pick a line”'],
      ['x', 'y', 'x'],
    ];
    for (const [reading, word, dressed] of cases) expect(marks.dressedLike(reading, word)).toBe(dressed);
  });

  test('highlights go on and off', () => {
    const document = documentOf('one two three');
    const on = applyOperations(document, marks.toggleHighlight(document.items.slice(0, 2))).document;
    expect(on.items.map((item) => isWord(item) && item.highlighted)).toEqual([true, true, undefined]);
    const rest = applyOperations(on, marks.toggleHighlight(on.items)).document;
    expect(rest.items.every((item) => isWord(item) && item.highlighted)).toBe(true);
    expect(applyOperations(rest, marks.toggleHighlight(rest.items)).document).toEqual(document);
  });

  test('remarks come, change and go', () => {
    const document = documentOf('one two');
    const noted = applyOperations(document, marks.addRemark('w2', ' look\nat it ')).document;
    expect(linesOf(sound(noted))).toEqual(['one two {look at it}']);
    const [{ id, timeMs }] = marks.remarksOf(noted);
    expect(timeMs).toBe(500);
    const changed = applyOperations(noted, marks.changeNote(noted, id, 'done')).document;
    expect(linesOf(changed)).toEqual(['one two {done}']);
    expect(applyOperations(changed, marks.changeNote(changed, id, ' ')).document).toEqual(document);
  });

  test('what is left to look at, and the next of it', () => {
    const document = documentOf('one two three four five');
    const words = document.items.filter(isWord);
    words[1].confidence = 0.4;
    words[3].alignment = 0.1;
    words[4].alignment = 0.1;
    Object.assign(words[0], { origin: 'person', modelId: undefined });
    expect(words.map(hasGuessedTime)).toEqual([true, false, false, true, true]);
    expect(toLookAt(document)).toEqual({ doubtfulWords: 1, unsurePlaces: 2 });
    const round = ['w1', 'w2', 'w4', 'w1'];
    round.slice(1).forEach((id, k) => expect(nextToLookAt(document, round[k], 1)?.id).toBe(id));
    round.slice(1).forEach((id, k) => expect(nextToLookAt(document, id, -1)?.id).toBe(round[k]));
    expect(nextToLookAt(document, null, 1)?.id).toBe('w1');
    expect(nextToLookAt(documentOf('sure'), null, 1)).toBeNull();
  });
});

describe('times', () => {
  test('segment edges move, words are pushed inside, neighbours stay', () => {
    const document = documentOf('one two three', 'four five');
    const moved = (wished: { startMs?: number; endMs?: number }, place = 0) => {
      const next = applyOperations(document, retimeSegment(document, place, wished)).document;
      return sound(next)
        .items.filter(isWord)
        .map(({ startMs, endMs }) => [startMs, endMs]);
    };
    expect(moved({ startMs: 100 }).slice(0, 2)).toEqual([
      [100, 400],
      [500, 900],
    ]);
    expect(moved({ startMs: 650 }).slice(0, 3)).toEqual([
      [650, 651],
      [651, 900],
      [1000, 1400],
    ]);
    expect(moved({ endMs: 9999 }).slice(2, 4)).toEqual([
      [1000, 1500],
      [1500, 1900],
    ]);
    expect(moved({ startMs: 0 }, 1).slice(2, 4)).toEqual([
      [1000, 1400],
      [1400, 1900],
    ]);
    expect(retimeSegment(document, 0, { startMs: 1, endMs: 2 })).toEqual([]);
    expect(retimeSegment(document, 0, { startMs: 0 })).toEqual([]);
  });

  test.each([
    [0, 0, '0:00'],
    [764_100, 1, '12:44.1'],
    [3_599_999, 0, '59:59'],
    [3_600_000, 0, '1:00:00'],
    [756_180, 3, '12:36.180'],
    [-5, 0, '0:00'],
  ] as const)('%i ms with %i decimals reads %s', (ms, decimals, text) => {
    expect(clockText(ms, decimals)).toBe(text);
  });

  test.each([
    ['12:44.1', 764_100],
    ['1:02:03', 3_723_000],
    ['75,5', 75_500],
    ['', undefined],
    ['-1:00', undefined],
    ['noon', undefined],
  ])('“%s” is typed', (text, ms) => {
    expect(typedTime(text)).toBe(ms);
  });

  test('every time that is shown can be typed', () => {
    fc.assert(
      fc.property(fc.nat(100 * 3_600_000), (ms) => {
        expect(typedTime(clockText(ms, 3))).toBe(ms);
      }),
    );
  });
});

describe('the word being said', () => {
  test('two who speak at once, gaps, and neighbours', () => {
    const document = documentOf('A: one two three', 'B: four five');
    const [four, five] = document.items.slice(3).filter(isWord);
    Object.assign(four, { startMs: 550, endMs: 800 });
    Object.assign(five, { startMs: 900, endMs: 950 });
    const said = (ms: number) => wordsAt(document, ms).map(({ text }) => text);
    expect([0, 399, 400, 600, 1000, 5000].map(said)).toEqual([
      ['one'],
      ['one'],
      [],
      ['two', 'four'],
      ['three'],
      [],
    ]);
    expect(segmentAt(document, 600)).toBe(1);
    expect(segmentAt(document, 9000)).toBe(1);
    expect(neighbouringWordStart(document, 500, 1)).toBe(550);
    expect(neighbouringWordStart(document, 550, -1)).toBe(500);
    expect(neighbouringWordStart(document, 0, -1)).toBeNull();
    expect(neighbouringSegmentStart(document, 100, 1)).toBe(550);
    expect(neighbouringSegmentStart(document, 560, -1)).toBe(0);
  });

  test('agrees with a look at every word', () => {
    const starts = fc.array(fc.nat(5_000), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(starts, fc.nat(6_000), (list, ms) => {
        const document = documentOf(...list.map((_, k) => `S${k}: word`));
        list.forEach((startMs, k) => Object.assign(document.items[k], { startMs, endMs: startMs + 300 }));
        const slow = document.items.filter((item) => isWord(item) && item.startMs <= ms && ms < item.endMs);
        expect(new Set(wordsAt(document, ms).map(({ id }) => id))).toEqual(new Set(slow.map(({ id }) => id)));
        const later = list.filter((start) => start > ms);
        expect(neighbouringWordStart(document, ms, 1)).toBe(later.length > 0 ? Math.min(...later) : null);
      }),
    );
  });
});

test('rows of a long list lie where their heights say', () => {
  const heights = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      heights,
      fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 90 }))),
      (start, measured) => {
        const layout = new RowLayout();
        const ids = start.map((_, k) => `r${k}`);
        const now = [...start];
        layout.setRows(ids, (place) => start[place]);
        for (const [place, height] of measured.filter(([place]) => place < start.length)) {
          layout.measure(ids[place], place, height);
          now[place] = height;
        }
        const total = now.reduce((sum, height) => sum + height, 0);
        expect(layout.totalHeight).toBe(total);
        for (let at = 0; at < total; at += 17) {
          const row = layout.rowAt(at);
          expect(layout.topOf(row)).toBeLessThanOrEqual(at);
          expect(layout.topOf(row) + layout.heightOf(row)).toBeGreaterThan(at);
        }
        layout.setRows(ids.slice(1), () => 10);
        expect(layout.topOf(1)).toBe(
          start.length > 1 ? (measured.some(([place]) => place === 1) ? now[1] : 10) : layout.topOf(1),
        );
      },
    ),
  );
});

describe('how well a recording was heard', () => {
  const heardAt = (confidences: readonly number[], origin: 'recogniser' | 'person' = 'recogniser') => {
    const line = confidences.map((_, k) => `word${k}`).join(' ');
    const document = documentOf(...(line === '' ? [] : [line]));
    const items = document.items.map((item, k) =>
      isWord(item) ? { ...item, confidence: confidences[k], origin } : item,
    );
    return hearing({ ...document, items });
  };
  const many = (confidence: number) => Array.from({ length: 20 }, () => confidence);

  test.each([
    ['badly', many(0.5), { words: 20, doubtful: 20, isHopeless: true }],
    ['just well enough', [...many(0.5), ...many(0.71)], { words: 40, doubtful: 20, isHopeless: false }],
    ['too little to tell', many(0.1).slice(1), { words: 19, doubtful: 19, isHopeless: false }],
    ['not at all', [], { words: 0, doubtful: 0, isHopeless: false }],
  ])('%s', (_, confidences, expected) => {
    expect(heardAt(confidences)).toEqual(expected);
  });

  test('what a person wrote tells nothing', () => {
    expect(heardAt(many(0.1), 'person')).toEqual({ words: 0, doubtful: 0, isHopeless: false });
  });
});

describe('a draft whose segment others changed', () => {
  const items = (line: string) => lineItems(documentOf(line), 0);
  test.each([
    ['a word that became two', 'gammaThey went', 'gamma They went', 'gammaThey wen|t', 'gamma They wen|t'],
    ['two that became one', 'gamma They', 'gammaThey', 'gamma Th|ey', 'gammaTh|ey'],
    ['a space behind the last word', 'one two', 'zero one two', 'one two |', 'zero one two |'],
    ['two spaces at the caret', 'one two', 'zero one two', 'one | two', 'zero one | two'],
    ['the caret at the beginning', 'one two', 'zero one two', '|one two', '|zero one two'],
    ['what is gone', 'one two three', 'one three', 'one tw|o three', 'one |three'],
    ['a space behind what is another word', 'one two', 'one deux', 'one two |', 'one deux |'],
  ])('%s', (_, before, after, typed, shown) => {
    const old = items(before);
    const at = typed.indexOf('|');
    const draft = typedDraft(typed.replace('|', ''), old, at).draft;
    // Ids are those of the words that are the same.
    const now = items(after).map((item, k) => ({
      ...item,
      id: old.find(({ text }) => text === item.text)?.id ?? `new${k}`,
    }));
    const { draft: caught, places } = caughtUp(draft, now, [at]);
    expect(caught.text.slice(0, places[0]) + '|' + caught.text.slice(places[0])).toBe(shown);
    expect(caught.pieces.map(({ item }) => item)).toEqual(now);
  });
});
