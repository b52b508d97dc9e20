import fc from 'fast-check';
import { buildDocument, type Part } from '../../transcript/formats/build.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';

/** Words as recognisers give them, and the ones that break exporters. */
export const ordinaryWord = fc.constantFrom(
  ...'the a of and but so front moves back forth Hello, Yes. No? pycnocline mixing, "Really?" Dr. Vale 42 1999 $7,250'.split(
    ' ',
  ),
);
export const awkwardWord = fc.constantFrom(
  '<laughs>',
  'R&D',
  '3 < 5',
  '-->',
  '&amp;',
  '&lt;i&gt;',
  '<i>',
  '</i>',
  '{\\an8}',
  '<00:00:01.000>',
  '<v Ann>',
  '00:00:01,000',
  '–',
  '-',
  '- ',
  '...',
  '=1+1',
  "'=x",
  '@home',
  '+1',
  '"',
  '""',
  'a"b',
  'a,b',
  'a;b',
  '<\u2060b',
  '&\u2060amp;',
  '--\u2060>',
  'NOTE',
  'WEBVTT',
  'STYLE',
  'Bonjour\u00a0!',
  'wait !',
  'x'.repeat(60),
  '👩‍👩‍👧‍👦',
  'e\u0301te\u0301',
  '{i}',
  '[laughs]',
  '1.',
);
export const cjkWord = fc.constantFrom(
  '今',
  '日',
  'は',
  'OK',
  '。',
  '、',
  '「',
  '」',
  '中文',
  'テスト',
  'ー',
  '3',
  '한국어',
  '好。',
  '（笑）',
);
export const anyWord = fc.oneof(
  { weight: 6, arbitrary: ordinaryWord },
  { weight: 2, arbitrary: awkwardWord },
  { weight: 2, arbitrary: cjkWord },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
);

type Options = {
  word?: fc.Arbitrary<string>;
  notes?: boolean;
  overlap?: boolean;
  speakers?: readonly (string | null)[];
  shortestMs?: number;
};

/** Documents that hold the grammar: some speakers, some at once, pauses of all lengths, notes. */
export function documents({
  word = anyWord,
  notes = true,
  overlap = true,
  speakers,
  shortestMs = 1,
}: Options = {}): fc.Arbitrary<TranscriptDocument> {
  const item = fc.record({
    text: word.map((text) => text.replace(/[\s\u0085]+/g, ' ').trim() || 'x'),
    gapMs: fc.oneof(fc.constant(0), fc.nat(200), fc.nat(4000)),
    lengthMs: fc.oneof(
      fc.integer({ min: shortestMs, max: shortestMs + 20 }),
      fc.integer({ min: 50, max: 900 }),
      fc.constant(9000),
    ),
    note: notes
      ? fc.option(fc.constantFrom('[laughs]', '(a long remark that somebody made about all of it)'), {
          freq: 8,
        })
      : fc.constant(null),
  });
  const part = fc.record({
    speaker: fc.constantFrom(...(speakers ?? ['Ann', 'Bo', null])),
    backMs: overlap ? fc.oneof(fc.constant(0), fc.nat(3000)) : fc.constant(0),
    items: fc.array(item, { minLength: 1, maxLength: 25 }),
  });
  return fc.array(part, { minLength: 1, maxLength: 8 }).map((drawn) => {
    let clockMs = 0;
    const parts = drawn.map(({ speaker, backMs, items }): Part => {
      let atMs = Math.max(0, clockMs - backMs);
      const made: Part['items'] = [];
      for (const { text, gapMs, lengthMs, note } of items) {
        atMs += gapMs;
        made.push({ text, startMs: atMs, endMs: atMs + lengthMs });
        atMs += lengthMs;
        if (note !== null) made.push({ note });
      }
      clockMs = Math.max(clockMs, atMs);
      return { speaker, items: made };
    });
    return buildDocument({ name: 'drawn.wav', durationMs: clockMs }, parts);
  });
}
