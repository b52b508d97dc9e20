import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingIds, emptyDocument } from '../../transcript/create.ts';
import { documentSchema } from '../../transcript/document.ts';
import type { CueOverride, Item, Segment, TranscriptDocument } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import {
  applyOperation,
  applyOperations,
  OperationError,
  operationSchema,
} from '../../transcript/operations.ts';
import type { Operation, OperationFault } from '../../transcript/operations.ts';
import { anyDocument, anyStep, anySteps, attempt } from './document.arbitraries.ts';
import { documentOf, expectSame, expectSound, read } from './document.builders.ts';

describe('any operations', () => {
  test('keep the grammar, lead back exactly and forth again, and survive JSON', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(anyDocument, anySteps, (start, steps) => {
        expectSound(start);
        const before = structuredClone(start);
        const newId = countingIds('n');
        let current = start;
        const made: { operation: Operation; inverse: Operation }[] = [];
        for (const step of steps) {
          const operation = anyStep(current, step, newId);
          const applied = attempt(current, operation);
          if (!operation || !applied) {
            continue;
          }
          kinds.set(operation.type, (kinds.get(operation.type) ?? 0) + 1);
          expectSound(applied.document);
          expectSame(operationSchema.parse(JSON.parse(JSON.stringify(applied.inverse))), applied.inverse);
          // Each by itself, too: what an inverse needs must not depend on the next ones.
          expectSame(applyOperation(applied.document, applied.inverse).document, current);
          current = applied.document;
          made.push({ operation: JSON.parse(JSON.stringify(operation)), inverse: applied.inverse });
        }
        expectSame(start, before);
        expectSame(documentSchema.parse(JSON.parse(JSON.stringify(current))), current);

        const back = applyOperations(current, made.map(({ inverse }) => inverse).reverse());
        expectSame(back.document, start);
        // The way back knows the way forth, and so do the operations themselves.
        expectSame(applyOperations(back.document, back.inverse).document, current);
        const operations = made.map(({ operation }) => operation);
        expectSame(applyOperations(start, operations).document, current);
      }),
      { numRuns: 150 },
    );
    // The numbers must reach every kind, or the property holds nothing.
    expect(kinds.size).toBe(10);
    expect(Math.min(...kinds.values())).toBeGreaterThan(20);
  });
});

const start = () => {
  const document = documentOf(
    [
      'A: one/0-100 two/100-200 [coughs] three/200-400',
      'B: four/150-300 five/300-500',
      'A: six/600-700 seven/700-900',
    ],
    1000,
  );
  document.overrides.push(
    { id: 'o1', firstWordId: 'one', lastWordId: 'three', lineBreakAfterWordIds: ['two'] },
    {
      id: 'o2',
      firstWordId: 'five',
      lastWordId: 'seven',
      lineBreakAfterWordIds: ['five', 'six'],
      startMs: 250,
    },
  );
  return document;
};

const added = (id: string, startMs: number, endMs: number, text = id): Item => ({
  kind: 'word',
  id,
  text,
  startMs,
  endMs,
  confidence: 1,
  origin: 'person',
});

/** Puts items into the place of some that stand side by side. */
function replace(removeIds: string[], items: Item[], segments?: Segment[]): Operation {
  const { items: all } = start();
  const place = all.findIndex((item) => item.id === removeIds[0]);
  return {
    type: 'replaceItems',
    afterId: all[place - 1]?.id ?? null,
    removeIds,
    items,
    ...(segments && { segments }),
  };
}

describe('where words come and go', () => {
  test.each<[string, Operation, string[]]>([
    [
      'an item comes behind another one, in its segment',
      { type: 'replaceItems', afterId: 'three', removeIds: [], items: [added('new', 400, 500)] },
      ['A: one two [coughs] three new', 'B: four five', 'A: six seven'],
    ],
    [
      'an item at the beginning joins the first segment',
      {
        type: 'replaceItems',
        afterId: null,
        removeIds: [],
        items: [{ kind: 'note', id: 'n', text: '[music]' }],
      },
      ['A: [music] one two [coughs] three', 'B: four five', 'A: six seven'],
    ],
    [
      'what replaces the beginning of a segment begins it',
      replace(['four'], [added('new', 200, 300)]),
      ['A: one two [coughs] three', 'B: new five', 'A: six seven'],
    ],
    [
      'a segment that loses its beginning begins later',
      replace(['four'], []),
      ['A: one two [coughs] three', 'B: five', 'A: six seven'],
    ],
    ['one that loses all goes', replace(['four', 'five'], []), ['A: one two [coughs] three', 'A: six seven']],
    [
      'over a border, new items go to the first segment',
      replace(['three', 'four'], [added('new', 200, 300)]),
      ['A: one two [coughs] new', 'B: five', 'A: six seven'],
    ],
    [
      'segments may be given',
      replace(
        ['four', 'five'],
        [added('x', 200, 250), added('y', 500, 600)],
        [
          { id: 't', firstItemId: 'x', speakerId: 'B' },
          { id: 'u', firstItemId: 'y', speakerId: 'A' },
        ],
      ),
      ['A: one two [coughs] three', 'B: x', 'A: y', 'A: six seven'],
    ],
    [
      'the segment behind may begin earlier',
      {
        type: 'replaceItems',
        afterId: 'five',
        removeIds: [],
        items: [added('x', 500, 600)],
        segments: [{ id: 's3', firstItemId: 'x', speakerId: 'A' }],
      },
      ['A: one two [coughs] three', 'B: four five', 'A: x six seven'],
    ],
    [
      'without its beginning given, a segment joins the one before',
      replace(['six'], [], []),
      ['A: one two [coughs] three', 'B: four five seven'],
    ],
    [
      'a note gets another text',
      replace(['coughs'], [{ kind: 'note', id: 'coughs', text: '[sneezes]' }]),
      ['A: one two [sneezes] three', 'B: four five', 'A: six seven'],
    ],
    [
      'everything goes',
      replace(
        start().items.map((item) => item.id),
        [],
      ),
      [],
    ],
  ])('%s', (_, operation, expected) => {
    const { document, inverse } = applyOperation(start(), operation);
    expect(faults(document)).toEqual([]);
    expect(read(document)).toEqual(expected);
    expect(applyOperation(document, inverse).document).toStrictEqual(start());
  });

  test.each<[string, Operation, [string, string, string, string[]][]]>([
    [
      'a cue takes in words put between its own',
      { type: 'replaceItems', afterId: 'five', removeIds: [], items: [added('new', 500, 600)] },
      [
        ['o1', 'one', 'three', ['two']],
        ['o2', 'five', 'seven', ['five', 'six']],
      ],
    ],
    [
      'and words that replace its first or last',
      replace(['three'], [added('x', 200, 300), added('y', 300, 400)]),
      [
        ['o1', 'one', 'y', ['two']],
        ['o2', 'five', 'seven', ['five', 'six']],
      ],
    ],
    [
      'it shrinks to the words that are left',
      replace(['one'], []),
      [
        ['o1', 'two', 'three', ['two']],
        ['o2', 'five', 'seven', ['five', 'six']],
      ],
    ],
    [
      'it goes with its last word',
      replace(['one', 'two', 'coughs', 'three'], []),
      [['o2', 'five', 'seven', ['five', 'six']]],
    ],
    [
      'of two that lose words, the first takes in the new ones',
      replace(['three', 'four', 'five'], [added('new', 200, 300)]),
      [
        ['o1', 'one', 'new', ['two']],
        ['o2', 'six', 'seven', ['six']],
      ],
    ],
    [
      'a line ends after what replaces its last word',
      replace(['two'], [added('x', 100, 150), added('y', 150, 200)]),
      [
        ['o1', 'one', 'three', ['y']],
        ['o2', 'five', 'seven', ['five', 'six']],
      ],
    ],
    [
      'or after the word before',
      replace(['six'], []),
      [
        ['o1', 'one', 'three', ['two']],
        ['o2', 'five', 'seven', ['five']],
      ],
    ],
    [
      'a note that goes changes nothing',
      replace(['coughs'], []),
      [
        ['o1', 'one', 'three', ['two']],
        ['o2', 'five', 'seven', ['five', 'six']],
      ],
    ],
  ])('%s', (_, operation, expected) => {
    const { document, inverse } = applyOperation(start(), operation);
    expect(faults(document)).toEqual([]);
    expect(
      document.overrides.map((o) => [o.id, o.firstWordId, o.lastWordId, o.lineBreakAfterWordIds]),
    ).toEqual(expected);
    expect(applyOperation(document, inverse).document).toStrictEqual(start());
  });
});

describe('what does not fit is refused, and the document stays', () => {
  const override = (given: Partial<CueOverride>): Operation => ({
    type: 'changeOverrides',
    removeIds: [],
    put: [{ id: 'o3', firstWordId: 'four', lastWordId: 'four', ...given }],
  });
  test.each<[OperationFault, string, Operation]>([
    [
      'missing',
      'items behind one that is not there',
      { type: 'replaceItems', afterId: 'gone', removeIds: [], items: [] },
    ],
    ['changed', 'items that do not stand side by side', replace(['one', 'three'], [])],
    [
      'taken',
      'an id in use',
      { type: 'replaceItems', afterId: 'five', removeIds: [], items: [added('one', 500, 600)] },
    ],
    [
      'taken',
      'an id given twice',
      {
        type: 'replaceItems',
        afterId: 'five',
        removeIds: [],
        items: [added('x', 500, 510), added('x', 520, 530)],
      },
    ],
    [
      'overlap',
      'a word over the one before',
      { type: 'replaceItems', afterId: 'five', removeIds: [], items: [added('x', 499, 600)] },
    ],
    [
      'overlap',
      'a word over the one after',
      { type: 'replaceItems', afterId: 'one', removeIds: [], items: [added('x', 100, 101)] },
    ],
    [
      'overlap',
      'a word over the same speaker’s in another segment',
      replace(['six'], [added('x', 399, 700)]),
    ],
    ['overlap', 'a border that goes where two talk at once', replace(['four'], [], [])],
    ['invalid', 'a blank word', replace(['one'], [added('x', 0, 10, ' ')])],
    ['invalid', 'a word with a line break', replace(['one'], [added('x', 0, 10, 'a\nb')])],
    ['invalid', 'a word of no length', replace(['one'], [added('x', 10, 10)])],
    [
      'invalid',
      'a word behind the end',
      { type: 'replaceItems', afterId: 'seven', removeIds: [], items: [added('x', 900, 1001)] },
    ],
    ['invalid', 'a beginning without a segment', replace(['one'], [added('x', 0, 10)], [])],
    [
      'invalid',
      'a segment that begins elsewhere',
      replace(['two'], [], [{ id: 't', firstItemId: 'five', speakerId: 'A' }]),
    ],
    [
      'invalid',
      'a new segment at an old item',
      replace(['two'], [], [{ id: 't', firstItemId: 'coughs', speakerId: 'A' }]),
    ],
    [
      'invalid',
      'two segments at one item',
      replace(['four', 'five'], [], [{ id: 's2', firstItemId: 'six', speakerId: 'B' }]),
    ],
    [
      'taken',
      'the id of another segment',
      replace(['four'], [added('x', 200, 300)], [{ id: 's1', firstItemId: 'x', speakerId: 'B' }]),
    ],
    [
      'missing',
      'a segment of nobody in the table',
      replace(['four'], [added('x', 200, 300)], [{ id: 't', firstItemId: 'x', speakerId: 'C' }]),
    ],
    [
      'missing',
      'a change of a word that is not there',
      { type: 'changeWords', changes: [{ id: 'gone', text: 'x' }] },
    ],
    ['changed', 'a change of a note', { type: 'changeWords', changes: [{ id: 'coughs', text: 'x' }] }],
    [
      'changed',
      'times for another text',
      { type: 'changeWords', changes: [{ id: 'one', whenText: 'won', endMs: 90 }] },
    ],
    [
      'overlap',
      'a word made longer over the next',
      { type: 'changeWords', changes: [{ id: 'six', endMs: 701 }] },
    ],
    ['invalid', 'a word made backward', { type: 'changeWords', changes: [{ id: 'six', endMs: 600 }] }],
    ['changed', 'a split where a segment begins', { type: 'splitSegment', itemId: 'four', segmentId: 't' }],
    ['missing', 'a split nowhere', { type: 'splitSegment', itemId: 'gone', segmentId: 't' }],
    ['taken', 'a split into a known segment', { type: 'splitSegment', itemId: 'five', segmentId: 's1' }],
    [
      'missing',
      'a split for nobody',
      { type: 'splitSegment', itemId: 'five', segmentId: 't', speakerId: 'C' },
    ],
    [
      'overlap',
      'a split for one who is speaking',
      { type: 'splitSegment', itemId: 'three', segmentId: 't', speakerId: 'B' },
    ],
    ['invalid', 'a join of the first segment', { type: 'joinSegment', segmentId: 's1' }],
    ['missing', 'a join of none', { type: 'joinSegment', segmentId: 'gone' }],
    ['overlap', 'a join of two who talk at once', { type: 'joinSegment', segmentId: 's2' }],
    [
      'overlap',
      'a speaker who is speaking',
      { type: 'setSpeakers', assignments: [{ segmentId: 's2', speakerId: 'A' }] },
    ],
    [
      'missing',
      'a speaker who is not there',
      { type: 'setSpeakers', assignments: [{ segmentId: 's2', speakerId: 'C' }] },
    ],
    [
      'missing',
      'a speaker for no segment',
      { type: 'setSpeakers', assignments: [{ segmentId: 'gone', speakerId: 'A' }] },
    ],
    ['taken', 'a known speaker', { type: 'addSpeaker', speaker: { id: 'A', name: 'Ann' }, beforeId: null }],
    [
      'missing',
      'a speaker before nobody',
      { type: 'addSpeaker', speaker: { id: 'C', name: 'Cy' }, beforeId: 'D' },
    ],
    ['changed', 'taking out one who speaks', { type: 'removeSpeaker', speakerId: 'A' }],
    ['missing', 'taking out nobody', { type: 'removeSpeaker', speakerId: 'C' }],
    ['invalid', 'no name', { type: 'renameSpeaker', speakerId: 'A', name: ' ' }],
    ['missing', 'a cue on no word', override({ firstWordId: 'gone' })],
    ['invalid', 'a cue on a note', override({ firstWordId: 'coughs' })],
    ['invalid', 'a cue that runs back', override({ lastWordId: 'one' })],
    ['overlap', 'a cue into another one', override({ lastWordId: 'five' })],
    ['invalid', 'a line that ends outside', override({ lineBreakAfterWordIds: ['one'] })],
    ['invalid', 'a cue of no length', override({ startMs: 300, endMs: 300 })],
    ['invalid', 'a cue behind the end', override({ endMs: 1001 })],
    ['missing', 'taking away no cue', { type: 'changeOverrides', removeIds: ['o3'], put: [] }],
    [
      'invalid',
      'a medium shorter than its words',
      { type: 'setProperties', media: { ...start().media, durationMs: 899 } },
    ],
  ])('%s: %s', (fault, _, operation) => {
    const document = start();
    expect(operationSchema.parse(operation)).toEqual(operation);
    expect(() => applyOperation(document, operation)).toThrow(
      expect.objectContaining({ name: 'OperationError', fault }) as Error,
    );
    expect(document).toStrictEqual(start());
  });
});

describe('a document of 80,000 words', () => {
  const words = Array.from({ length: 80_000 }, (_, k) => ({
    text: k % 13 === 12 ? 'end.' : `word${k % 700}`,
    startMs: k * 400,
    endMs: k * 400 + 350,
    confidence: 0.9,
    origin: 'recogniser' as const,
  }));
  const empty = emptyDocument({ name: 'a.wav', durationMs: words.length * 400 });

  test('shares what an edit does not touch, and finds every place after many edits', () => {
    const items = words.map((word, k): Item => ({ kind: 'word', id: `w${k}`, ...word }));
    let document: TranscriptDocument = {
      ...empty,
      items,
      segments: [{ id: 's', firstItemId: 'w0', speakerId: null }],
    };
    const { document: changed } = applyOperation(document, {
      type: 'changeWords',
      changes: [{ id: 'w40000', text: 'x' }],
    });
    expect(changed.items.filter((item, k) => item !== document.items[k])).toHaveLength(1);
    expect(changed.segments).toBe(document.segments);
    expect(changed.overrides).toBe(document.overrides);

    for (let k = 0; k < 200; k++) {
      const id = `w${(k * 7919) % words.length}`;
      const place = document.items.findIndex((item) => item.id === id);
      const note: Item = { kind: 'note', id: `n${k}`, text: '[x]' };
      document = applyOperation(document, {
        type: 'replaceItems',
        afterId: id,
        removeIds: [],
        items: [note],
      }).document;
      expect(document.items[place + 1]).toBe(note);
    }
    const half = document.items.slice(100, 60_000).map((item) => item.id);
    const gone = applyOperation(document, {
      type: 'replaceItems',
      afterId: document.items[99].id,
      removeIds: half,
      items: [],
    });
    expect(gone.document.items).toHaveLength(words.length + 200 - half.length);
    // The versions before know nothing of it.
    expect(() =>
      applyOperation(gone.document, { type: 'changeWords', changes: [{ id: half[5], text: 'x' }] }),
    ).toThrow(OperationError);
    expect(
      applyOperation(document, { type: 'changeWords', changes: [{ id: 'w40000', text: 'x' }] }).document
        .items,
    ).toHaveLength(80_200);
    expect(applyOperation(gone.document, gone.inverse).document.items).toEqual(document.items);
    // Many at once are made in place, but on a copy of their own.
    const both: Operation[] = [
      { type: 'changeWords', changes: [{ id: 'w3', text: 'x' }] },
      { type: 'replaceItems', afterId: 'w3', removeIds: ['w4'], items: [] },
    ];
    const once = applyOperation(document, both[0]).document;
    const twice = applyOperations(document, both).document;
    expect(applyOperation(once, both[1]).document.items).toEqual(twice.items);
    expect(applyOperation(document, both[1]).document.items).toHaveLength(80_199);
    expect(faults(document)).toEqual([]);
  });
});
