import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingIds } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { applyOperations, OperationError } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { giveSpeaker, giveSpeakerToRange, joinToPrevious, mergeSpeakers } from '../../transcript/speaking.ts';
import { anyDocument } from './document.arbitraries.ts';
import { documentOf, expectSame, expectSound, read, readTimes } from './document.builders.ts';

/** Applies operations that must leave a sound document, keep every text and lead back exactly. */
function applied(document: TranscriptDocument, operations: Operation[]): TranscriptDocument {
  const { document: next, inverse } = applyOperations(document, operations);
  expectSound(next);
  const texts = (of: TranscriptDocument) => of.items.map((item) => `${item.id} ${item.text}`).sort();
  expect(texts(next)).toEqual(texts(document));
  expectSame(applyOperations(next, inverse).document, document);
  return next;
}

const talk = () =>
  documentOf([
    'A: so/0-300 what/300-600 now/1000-1400',
    'B: well/500-800 yes/1100-1200',
    'C: hm/1300-1500',
    'A: right/2000-2400',
  ]);

describe('a speaker is given', () => {
  test('to segments that nobody talks over', () => {
    const operations = giveSpeaker(talk(), ['s4'], 'B');
    expect(operations).toEqual([{ type: 'setSpeakers', assignments: [{ segmentId: 's4', speakerId: 'B' }] }]);
    expect(read(applied(talk(), operations)).at(-1)).toBe('B: right');
    expect(giveSpeaker(talk(), ['s2'], 'B')).toEqual([]);
  });

  test('to one who talks over, as one segment in the order of time', () => {
    const document = applied(talk(), mergeSpeakers(talk(), 'B', 'A'));
    expect(document.speakers.map((speaker) => speaker.id)).toEqual(['A', 'C']);
    expect(readTimes(document)).toEqual([
      'A: so/0-300 what/300-500 well/500-800 now/1000-1100 yes/1100-1200',
      'C: hm/1300-1500',
      'A: right/2000-2400',
    ]);
  });

  test('and is taken away, with cues kept that still stand together', () => {
    const start = talk();
    start.overrides.push(
      { id: 'o1', firstWordId: 'so', lastWordId: 'what', italic: true },
      { id: 'o2', firstWordId: 'well', lastWordId: 'yes', italic: true },
      { id: 'o3', firstWordId: 'hm', lastWordId: 'right', italic: true },
    );
    expectSound(start);
    const document = applied(start, [...mergeSpeakers(start, 'B', 'A'), ...giveSpeaker(start, ['s3'], null)]);
    expect(
      document.overrides.map(({ id, firstWordId, lastWordId }) => [id, firstWordId, lastWordId]),
    ).toEqual([
      ['o1', 'so', 'what'],
      ['o3', 'hm', 'right'],
    ]);
  });

  test.each([
    ['in the middle', 'what', 'what', ['A: so', 'C: what', 'A: now', 'B: well yes', 'C: hm']],
    ['from the beginning', 'so', 'what', ['C: so what', 'A: now', 'B: well yes', 'C: hm']],
    ['over a border', 'now', 'well', ['A: so what', 'C: now', 'C: well', 'B: yes', 'C: hm']],
  ])('to a run of words %s', (_, firstItemId, lastItemId, expected) => {
    const start = documentOf([
      'A: so/0-300 what/300-600 now/1000-1400',
      'B: well/1500-1800 yes/2100-2200',
      'C: hm/2300-2500',
    ]);
    const operations = giveSpeakerToRange(start, { firstItemId, lastItemId }, 'C', {
      newId: countingIds('n'),
    });
    expect(read(applied(start, operations))).toEqual(expected);
  });

  test('with the segment before it, also when that is another one’s', () => {
    const start = talk();
    expect(read(applied(start, joinToPrevious(start, 's4'))).at(-1)).toBe('C: hm right');
    expect(read(applied(start, joinToPrevious(start, 's2')))[0]).toBe('A: so what well now yes');
    expect(() => joinToPrevious(start, 's1')).toThrow(OperationError);
  });

  test('in any document', () => {
    fc.assert(
      fc.property(
        anyDocument,
        fc.nat(20),
        fc.nat(20),
        fc.constantFrom('A', 'B', null),
        (start, a, b, speakerId) => {
          const known =
            speakerId === null || start.speakers.some(({ id }) => id === speakerId) ? speakerId : null;
          const { items, segments, speakers } = start;
          applied(
            start,
            giveSpeaker(
              start,
              segments.filter((_, k) => (a >> (k % 5)) & 1).map(({ id }) => id),
              known,
            ),
          );
          for (const { id } of speakers.filter((speaker) => speaker.id !== known)) {
            applied(start, mergeSpeakers(start, id, known));
          }
          if (items.length > 0) {
            const [first, last] = [a % items.length, b % items.length].sort((x, y) => x - y);
            const range = { firstItemId: items[first].id, lastItemId: items[last].id };
            applied(start, giveSpeakerToRange(start, range, known, { newId: countingIds('n') }));
          }
          if (segments.length > 1) {
            applied(start, joinToPrevious(start, segments[1 + (a % (segments.length - 1))].id));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
