import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentSchema } from '../../transcript/document.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import type { FaultRule } from '../../transcript/grammar.ts';
import { DocumentError, migrated, readDocument } from '../../transcript/migrations.ts';
import { repair } from '../../transcript/repair.ts';
import { anyDocument } from './document.arbitraries.ts';
import { documentOf, expectSame, expectSound, read, readTimes } from './document.builders.ts';

type Damage = (document: TranscriptDocument) => void;

const sound = () => {
  const document = documentOf(
    [
      'A: one/0-100 two/100-200 three/200-400 [coughs]',
      'B: four/150-300 five/300-500',
      'A: six/600-700 seven/700-900',
    ],
    1000,
  );
  document.overrides.push(
    {
      id: 'o1',
      firstWordId: 'one',
      lastWordId: 'two',
      startMs: 0,
      endMs: 300,
      lineBreakAfterWordIds: ['one'],
    },
    { id: 'o2', firstWordId: 'six', lastWordId: 'seven', italic: true },
  );
  return document;
};

const lines = read(sound());
const timedLines = readTimes(sound());

const word = (document: TranscriptDocument, place: number) =>
  document.items[place] as Extract<TranscriptDocument['items'][number], { kind: 'word' }>;

describe('the grammar finds, and repair mends', () => {
  test('nothing in a sound document', () => {
    const document = sound();
    expectSound(document);
    expect(repair(document).document).toBe(document);
  });

  test.each<[string, Damage, FaultRule[], string[]]>([
    ['an id that stands twice', (d) => (d.items[1].id = 'one'), ['id', 'anchor'], timedLines],
    [
      'a word without text',
      (d) => (d.items[5].text = ' '),
      ['text'],
      [timedLines[0], 'B: four/150-300', timedLines[2]],
    ],
    [
      'a line break',
      (d) => (d.items[5].text = 'five\nhundred'),
      ['text'],
      [timedLines[0], 'B: four/150-300 five hundred/300-500', timedLines[2]],
    ],
    [
      'a word that ends before it begins',
      (d) => (word(d, 1).endMs = 90),
      ['duration'],
      ['A: one/0-100 two/100-200 three/200-400 [coughs]', ...timedLines.slice(1)],
    ],
    [
      'a time behind the end',
      (d) => (word(d, 7).endMs = 90_000),
      ['range'],
      [...timedLines.slice(0, 2), 'A: six/600-700 seven/700-1000'],
    ],
    [
      'a time that is no whole number',
      (d) => (word(d, 7).startMs = 700.5),
      ['range'],
      [...timedLines.slice(0, 2), 'A: six/600-700 seven/700-1000'],
    ],
    ['words that overlap', (d) => (word(d, 0).endMs = 150), ['order'], timedLines],
    [
      'words of one speaker that go back in time',
      (d) => (word(d, 6).startMs = 350),
      ['order'],
      ['A: one/0-100 two/100-200 three/200-350 [coughs]', timedLines[1], 'A: six/350-700 seven/700-900'],
    ],
    [
      'no segments',
      (d) => (d.segments = []),
      ['segments'],
      ['one/0-100 two/100-150 three/150-151 [coughs] four/151-300 five/300-500 six/600-700 seven/700-900'],
    ],
    [
      'a segment that begins nowhere',
      (d) => (d.segments[1].firstItemId = 'gone'),
      ['segments'],
      ['A: one/0-100 two/100-150 three/150-151 [coughs] four/151-300 five/300-500', timedLines[2]],
    ],
    [
      'segments in the wrong order',
      (d) => d.segments.reverse(),
      ['segments', 'segments', 'segments'],
      timedLines,
    ],
    [
      'a beginning without a segment',
      (d) => d.segments.shift(),
      ['segments'],
      [timedLines[0].slice(3), ...timedLines.slice(1)],
    ],
    [
      'a speaker who is not there',
      (d) => (d.segments[1].speakerId = 'C'),
      ['speaker'],
      [timedLines[0], timedLines[1].slice(3), timedLines[2]],
    ],
    [
      'a cue on words that are not there',
      (d) => (d.overrides[0].lastWordId = 'gone'),
      ['anchor'],
      timedLines,
    ],
    ['a cue on a note', (d) => (d.overrides[0].lastWordId = 'coughs'), ['anchor'], timedLines],
    [
      'a line that ends outside its cue',
      (d) => (d.overrides[0].lineBreakAfterWordIds = ['six']),
      ['anchor'],
      timedLines,
    ],
    ['cues that share a word', (d) => (d.overrides[1].firstWordId = 'two'), ['overrides'], timedLines],
    ['cues in the wrong order', (d) => d.overrides.reverse(), ['overrides'], timedLines],
    ['a cue that ends before it begins', (d) => (d.overrides[0].endMs = 0), ['overrides'], timedLines],
    ['a speaker without a name', (d) => (d.speakers[0].name = ' '), ['text'], timedLines],
    [
      'a length that is lost',
      (d) => (d.media.durationMs = 0),
      ['range', 'range', 'range', 'range', 'range', 'range', 'range', 'overrides'],
      timedLines,
    ],
  ])('%s', (_, damage, rules, mended) => {
    const document = sound();
    damage(document);
    expect(faults(document).map((fault) => fault.rule)).toEqual(rules);
    const before = structuredClone(document);
    const { document: repaired } = repair(document);
    expectSame(document, before);
    expectSound(repaired);
    expect(readTimes(repaired)).toEqual(mended);
  });

  test('segments that are all lost are made anew at pauses', () => {
    const document = documentOf(['He/0-100 left./100-500 Nobody/1500-1900 knew/1900-2200']);
    document.segments = [];
    expect(read(repair(document).document)).toEqual(['He left.', 'Nobody knew']);
  });

  test('one wild time does not draw the others along', () => {
    const document = sound();
    Object.assign(word(document, 1), { startMs: 8_000_000_000, endMs: 8_000_000_100 });
    const { document: repaired, lost } = repair(document);
    expect(readTimes(repaired)).toEqual(timedLines);
    expect(lost).toEqual(['The time of a word was lost and is a guess.']);
  });
});

describe('reading', () => {
  const stored = () => JSON.parse(JSON.stringify(sound())) as Record<string, unknown>;

  test('a sound document is read as it was stored', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(readDocument(JSON.parse(JSON.stringify(document)))).toStrictEqual({ document, lost: [] });
      }),
    );
  });

  test.each([[null], [[]], ['text'], [{}], [{ version: '1' }], [{ version: 1.5 }]])(
    '%j is no document',
    (json) => {
      expect(() => readDocument(json, '“Talk”')).toThrow(
        new DocumentError('“Talk” holds no Sewscribe transcript; open another one or restore a copy.'),
      );
    },
  );

  test('a newer version is refused', () => {
    expect(() => readDocument({ ...stored(), version: 2 }, '“Talk”')).toThrow(
      new DocumentError('“Talk” was made by a newer Sewscribe; install the newest one to open it.'),
    );
  });

  test('an older version is led up step by step', () => {
    // Made up: version 0 called items “words” and counted seconds; version -1 had no languages.
    const steps = {
      [-1]: (json: Record<string, unknown>) => ({ ...json, languages: [] }),
      0: ({ words, ...json }: Record<string, unknown>) => ({
        ...json,
        items: (words as { start: number; end: number }[]).map(({ start, end, ...word }) => ({
          ...word,
          startMs: start * 1000,
          endMs: end * 1000,
        })),
      }),
    };
    const rest: Partial<TranscriptDocument> = documentOf(['one/0-1000']);
    delete rest.languages;
    delete rest.items;
    const words = [
      {
        kind: 'word',
        id: 'one',
        text: 'one',
        start: 0,
        end: 1,
        confidence: 0.5,
        origin: 'recogniser',
        modelId: 'tiny',
      },
    ];
    const json = migrated({ ...rest, words, version: -1 }, 'Talk', steps, 1);
    expect(documentSchema.parse(json)).toEqual(documentOf(['one/0-1000']));
    expect(() => migrated({ version: -2 }, 'Talk', steps, 1)).toThrow(DocumentError);
    expect(() => readDocument({ ...rest, version: 0 })).toThrow(DocumentError);
  });

  test.each<[string, (json: Record<string, unknown>) => void, string[], number]>([
    ['a list that is gone', (json) => delete json.overrides, lines, 1],
    [
      'damaged entries',
      (json) => (json.speakers = [null, { id: 'B', name: 'Speaker B' }]),
      [lines[0].slice(3), lines[1], lines[2].slice(3)],
      2,
    ],
    [
      'a word of which the text is left',
      (json) => ((json.items as unknown[])[1] = { text: 'two', startMs: 'x' }),
      lines,
      2,
    ],
    [
      'a word of which nothing is left',
      (json) => ((json.items as unknown[])[1] = 7),
      ['A: one three [coughs]', ...lines.slice(1)],
      2,
    ],
    [
      'media, model and languages',
      (json) => Object.assign(json, { media: { name: 3, durationMs: 1000 }, model: 4, languages: 'en' }),
      lines,
      3,
    ],
    [
      'nearly everything',
      (json) => Object.keys(json).forEach((key) => key !== 'version' && Reflect.deleteProperty(json, key)),
      [],
      7,
    ],
  ])('keeps what is whole of %s', (_, damage, expected, sentences) => {
    const json = stored();
    damage(json);
    const { document, lost } = readDocument(json);
    expect(read(document)).toEqual(expected);
    expect(lost).toHaveLength(sentences);
    expectSound(document);
  });

  test('whatever stands in a file gives a sound document and keeps every text', () => {
    const anyTime = fc.oneof(
      fc.integer({ min: -5, max: 30_000 }),
      fc.constantFrom(1.5, Number.MAX_SAFE_INTEGER, 1e300, null, 'x'),
    );
    const anyId = fc.constantFrom('a', 'b', 'c', 'd', 'a-2', '', 5);
    const anyItem = fc.oneof(
      fc.record(
        {
          kind: fc.constantFrom('word', 'note', 'other'),
          id: anyId,
          text: fc.constantFrom('the', 'sea', 'x\ny', ' ', '', 7),
          startMs: anyTime,
          endMs: anyTime,
          confidence: fc.constantFrom(0, 0.5, 2),
          origin: fc.constantFrom('recogniser', 'nobody'),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const anyJson = fc.record(
      {
        media: fc.oneof(
          fc.record({
            name: fc.string(),
            durationMs: anyTime,
            frameRate: fc.constant(null),
            startTimecode: fc.constant(null),
          }),
          fc.jsonValue(),
        ),
        model: fc.jsonValue(),
        languages: fc.jsonValue(),
        speakers: fc.array(fc.record({ id: anyId, name: fc.constantFrom('A', ' ') })),
        items: fc.array(anyItem, { maxLength: 25, size: 'max' }),
        segments: fc.array(
          fc.record({ id: anyId, firstItemId: anyId, speakerId: fc.oneof(anyId, fc.constant(null)) }),
        ),
        overrides: fc.array(
          fc.record(
            {
              id: anyId,
              firstWordId: anyId,
              lastWordId: anyId,
              startMs: anyTime,
              endMs: anyTime,
              lineBreakAfterWordIds: fc.array(anyId),
            },
            { requiredKeys: ['id', 'firstWordId', 'lastWordId'] },
          ),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyJson, (json) => {
        const { document } = readDocument({ ...json, version: 1 });
        expectSound(document);
        expectSame(documentSchema.parse(document), document);
        const texts = (json.items ?? []).flatMap((item) => {
          const text = item && typeof item === 'object' && 'text' in item ? item.text : undefined;
          return typeof text === 'string' && text.trim() !== '' ? [text.trim().replace(/\s+/g, ' ')] : [];
        });
        expect(document.items.map((item) => item.text)).toEqual(texts);
      }),
      { numRuns: 500 },
    );
  });
});
