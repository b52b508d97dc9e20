import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingIds, emptyDocument } from '../../transcript/create.ts';
import { cutIntoSegments, defaultSegmentRules } from '../../transcript/segmenting/cutting.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import type { AppendedWord } from '../../transcript/segmentation.ts';
import './document.arbitraries.ts';
import { expectSound, read } from './document.builders.ts';

/** `hello/300 there/300+800`: words and how long each lasts, and the silence before it (100 ms if not said). */
function spoken(line: string, speakerId: string | null = null, fromMs = 0): AppendedWord[] {
  let atMs = fromMs;
  return line.split(' ').map((part, place) => {
    const [, text, lasts = '200', silence = place === 0 ? '0' : '100'] =
      /^([^/+]+)(?:\/(\d+))?(?:\+(\d+))?$/.exec(part) ?? [];
    const startMs = atMs + Number(silence);
    atMs = startMs + Number(lasts);
    return { text, startMs, endMs: atMs, confidence: 0.9, origin: 'recogniser', speakerId };
  });
}

const media = { name: 'talk.wav', durationMs: 600_000 };

function twoSpeakers(): TranscriptDocument {
  return { ...emptyDocument(media), speakers: ['A', 'B'].map((id) => ({ id, name: id })) };
}

const newId = countingIds('x');

function append(document: TranscriptDocument, ...portions: AppendedWord[][]): TranscriptDocument {
  return portions.reduce((current, portion) => {
    const next = applyOperations(current, appendWords(current, portion, { newId })).document;
    expectSound(next);
    return next;
  }, document);
}

describe('where one speaker is cut', () => {
  test.each([
    ['short pauses do not cut', 'then we went to+699 the sea', ['then we went to the sea']],
    ['a pause of 700 ms cuts', 'then we went to+700 the sea', ['then we went', 'to the sea']],
    ['a hesitation after a word or two does not', 'so/200 I+900 think it is late', ['so I think it is late']],
    ['a long silence always does', 'so/200 I+2000 think it is late', ['so', 'I think it is late']],
    ['a short sentence stands alone', 'No. We+900 went to the sea', ['No.', 'We went to the sea']],
    ['a quoted end is an end', '“No.” We+900 went out', ['“No.”', 'We went out']],
    ['a title stays with its name', 'and then Mr.+900 Mell went out', ['and then Mr. Mell went out']],
    ['with “I” a sentence may end', 'So am I. We+900 went out', ['So am I.', 'We went out']],
    [
      'a sentence end without a pause does not cut',
      'We went. Then it+100 rained',
      ['We went. Then it rained'],
    ],
  ])('%s', (_, line, segments) => {
    expect(cutIntoSegments(spoken(line)).map((words) => words.map((word) => word.text).join(' '))).toEqual(
      segments,
    );
  });

  test('a sentence that ends past half of the most ends the segment', () => {
    const line = Array.from({ length: 80 }, (_, k) => (k % 10 === 4 ? `w${k}.` : `w${k}`)).join(' ');
    expect(cutIntoSegments(spoken(line)).map((words) => words.length)).toEqual([35, 30, 15]);
  });

  test('what never pauses is cut at its best place', () => {
    const words = Array.from({ length: 100 }, (_, k) => (k === 41 ? 'w41,' : k === 20 ? 'w20+180' : `w${k}`));
    const cut = cutIntoSegments(spoken(words.join(' ')));
    expect(cut.map((segment) => segment[0].text)).toEqual(['w0', 'w42']);
  });

  test('no segment is longer than the rules say, and no word is lost', () => {
    const word = fc.record({
      text: fc.constantFrom('a', 'the', 'word', 'end.', 'so,'),
      lasts: fc.integer({ min: 1, max: 1500 }),
      silence: fc.integer({ min: 0, max: 1200 }),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 200 }), (parts) => {
        let atMs = 0;
        const words = parts.map(({ text, lasts, silence }) => {
          const startMs = atMs + silence;
          atMs = startMs + lasts;
          return { text, startMs, endMs: atMs };
        });
        const cut = cutIntoSegments(words);
        expect(cut.flat()).toEqual(words);
        const tooLong = cut.filter(
          (segment) =>
            segment.length > defaultSegmentRules.maxWords ||
            segment.at(-1)!.endMs - segment[0].startMs > defaultSegmentRules.maxDurationMs,
        );
        expect(tooLong).toEqual([]);
      }),
    );
  });
});

describe('words that come while a file is read', () => {
  test('the last segment goes on where the pause is short', () => {
    const document = append(
      emptyDocument(media),
      spoken('the ship left'),
      spoken('port at dawn', null, 1000),
      spoken('Nobody saw it', null, 3000),
    );
    expect(read(document)).toEqual(['the ship left port at dawn', 'Nobody saw it']);
  });

  test('in portions they make the segments that they make at once', () => {
    const words = fc.array(
      fc.record({
        text: fc.constantFrom('a', 'word', 'end.', 'so,'),
        lasts: fc.integer({ min: 1, max: 900 }),
        silence: fc.integer({ min: 0, max: 900 }),
      }),
      { minLength: 1, maxLength: 150 },
    );
    fc.assert(
      fc.property(words, fc.array(fc.nat(150), { maxLength: 8 }), (parts, cuts) => {
        const line = parts.map(({ text, lasts, silence }) => `${text}/${lasts}+${silence}`).join(' ');
        const all = spoken(line);
        const edges = [0, ...cuts.filter((cut) => cut < all.length).toSorted((a, b) => a - b), all.length];
        const portions = edges.slice(1).map((edge, k) => all.slice(edges[k], edge));
        expect(read(append(emptyDocument(media), ...portions))).toEqual(
          cutIntoSegments(all).map((segment) => segment.map((word) => word.text).join(' ')),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('a medium that is longer than its header says becomes longer', () => {
    const document = append(emptyDocument({ name: 'a.webm' }), spoken('well/400'));
    expect(document.media.durationMs).toBe(400);
  });

  test('words that a person typed at the end give way', () => {
    const typed = append(emptyDocument(media), spoken('we typed/900'));
    const document = append(typed, spoken('further words', null, 700));
    expect(document.items.filter(isWord).map((word) => [word.text, word.startMs, word.endMs])).toEqual([
      ['we', 0, 200],
      ['typed', 300, 700],
      ['further', 700, 900],
      ['words', 1000, 1200],
    ]);
  });
});

describe('two channels', () => {
  const question = spoken('where did you go', 'A');
  const answer = spoken('to the market', 'B', 1150);
  const reply = spoken('all alone then', 'A', 2100);

  const turns = ['A: where did you go', 'B: to the market', 'A: all alone then'];

  test.each([
    ['at once', [[...question, ...reply, ...answer]]],
    ['in order', [question, answer, reply]],
    ['one channel behind the other', [[...question, ...reply], answer]],
    ['the other channel first', [answer, [...question, ...reply]]],
  ])('take turns: %s', (_, portions) => {
    expect(read(append(twoSpeakers(), ...portions))).toEqual(turns);
  });

  test('who speaks into a word does not cut it', () => {
    const long = spoken('and then we all/1500 went home', 'A');
    const aside = spoken('right', 'B', 1100);
    for (const portions of [[long, aside], [aside, long], [[...aside, ...long]]]) {
      expect(read(append(twoSpeakers(), ...portions))).toEqual(['A: and then we all went home', 'B: right']);
    }
  });

  test('any talk of two gives a sound document with every word', () => {
    const talk = fc.array(
      fc.record({
        speakerId: fc.constantFrom('A', 'B'),
        startMs: fc.integer({ min: 0, max: 20_000 }),
        lasts: fc.integer({ min: 0, max: 2000 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.array(talk, { maxLength: 4 }), (portions) => {
        const words = portions.map((portion) =>
          portion.map(({ speakerId, startMs, lasts }, k): AppendedWord => ({
            text: `w${k}`,
            startMs,
            endMs: startMs + lasts,
            confidence: 0.5,
            origin: 'recogniser',
            speakerId,
          })),
        );
        const document = append(twoSpeakers(), ...words);
        expect(document.items).toHaveLength(words.flat().length);
      }),
    );
  });
});
