import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinWords, splitWords } from '../../transcript/captions/joining.ts';
import { layOutCues } from '../../transcript/captions/layout.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import {
  encodeText,
  FormatError,
  readableFormats,
  readTranscript,
  writeTranscript,
  type ReadableFormatId,
  type WriteOptions,
} from '../../transcript/formats/index.ts';
import { faults } from '../../transcript/grammar.ts';
import { anyWord, documents, ordinaryWord } from './captions.arbitraries.ts';

const formatIds = Object.keys(readableFormats) as ReadableFormatId[];

function rewritten(document: TranscriptDocument, formatId: ReadableFormatId, options: WriteOptions = {}) {
  const text = writeTranscript(document, formatId, options);
  return { text, read: readTranscript(encodeText(text), { name: `file.${formatId}`, formatId }) };
}

function textOf(document: TranscriptDocument): string {
  return joinWords(document.items.map((item) => item.text));
}

/** Each word with who says it, in the order of the cues. The names have no sign that a format has to change. */
function saidIn(document: TranscriptDocument): string[] {
  const names = new Map(
    document.speakers.map(({ id, name }) => [id, name.replace('|', '/').replace(',', ';')]),
  );
  return layOutCues(document).flatMap((cue) =>
    cue.lines.flatMap((line) => `${names.get(line.speakerId ?? '')}: ${line.text}`),
  );
}

describe('what is written reads back', () => {
  test.each(['srt', 'vtt'] as const)(
    '%s: the text, the times of all cues, and the same bytes',
    (formatId) => {
      fc.assert(
        fc.property(documents({ overlap: false, speakers: [null] }), (document) => {
          const cues = layOutCues(document);
          const { text, read } = rewritten(document, formatId);
          expect(read.cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(
            cues.map(({ startMs, endMs }) => [startMs, endMs]),
          );
          expect(read.cues.map((cue) => cue.lines)).toEqual(
            cues.map((cue) => cue.lines.map((line) => line.text.trim())),
          );
          expect(faults(read.document)).toEqual([]);
          expect(writeTranscript(read.document, formatId)).toBe(text);
        }),
        { numRuns: 150 },
      );
    },
  );

  test('vtt: speakers too', () => {
    fc.assert(
      fc.property(
        documents({ word: ordinaryWord, notes: false, speakers: ['Ann', 'R&D <2>'] }),
        (document) => {
          const nameOf = ({ speakers, segments }: TranscriptDocument) =>
            new Set(segments.map(({ speakerId }) => speakers.find(({ id }) => id === speakerId)?.name));
          const { text, read } = rewritten(document, 'vtt');
          expect(nameOf(read.document)).toEqual(nameOf(document));
          expect(faults(read.document)).toEqual([]);
          expect(writeTranscript(read.document, 'vtt')).toBe(text);
        },
      ),
      { numRuns: 120 },
    );
  });

  test.each(['srt', 'ass', 'ttml'] as const)(
    '%s: cues that two share, a dashed turn for each, with who says them where the format can tell',
    (formatId) => {
      const two = documents({
        word: ordinaryWord,
        notes: false,
        speakers: ['Ann', 'Bo|B, <2>'],
        shortestMs: 50,
      });
      fc.assert(
        fc.property(two, (document) => {
          // ASS counts hundredths of a second.
          fc.pre(layOutCues(document).every(({ startMs, endMs }) => endMs - startMs >= 20));
          const { read } = rewritten(document, formatId);
          const lines = (of: TranscriptDocument) =>
            layOutCues(of).map((cue) => cue.lines.map((line) => line.text));
          expect(lines(read.document)).toEqual(lines(document));
          expect(faults(read.document)).toEqual([]);
          if (formatId !== 'srt') expect(saidIn(read.document)).toEqual(saidIn(document));
        }),
        { numRuns: 150 },
      );
    },
  );

  test('vtt with word times: the start of each word inside its cue', () => {
    const ordinary = documents({ word: ordinaryWord, overlap: false, notes: false, speakers: [null] });
    fc.assert(
      fc.property(ordinary, (document) => {
        const { read } = rewritten(document, 'vtt', { wordTimes: true });
        const written = layOutCues(document).flatMap((cue) =>
          cue.lines.flatMap((line) => line.words.filter((word) => word.startMs < cue.endMs)),
        );
        const starts = new Set(read.document.items.map((item) => item.kind === 'word' && item.startMs));
        expect(written.filter((word) => !starts.has(word.startMs))).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  test('json: words, times, speakers, notes and the same bytes', () => {
    fc.assert(
      fc.property(documents(), (document) => {
        const { text, read } = rewritten(document, 'json');
        const plain = ({ items, segments, speakers }: TranscriptDocument) => ({
          texts: items.map((item) => [item.kind, item.text]),
          names: segments.map(({ speakerId }) => speakers.find(({ id }) => id === speakerId)?.name ?? null),
        });
        if (segmentsAscend(document)) expect(plain(read.document)).toEqual(plain(document));
        expect(faults(read.document)).toEqual([]);
        expect(writeTranscript(read.document, 'json')).toBe(text);
      }),
      { numRuns: 120 },
    );
  });

  test.each(['csv', 'tsv'] as const)('%s: rows of segments and of words', (formatId) => {
    fc.assert(
      fc.property(
        documents({ overlap: false, shortestMs: 50 }),
        fc.constantFrom('segments' as const, 'words' as const),
        (document, rows) => {
          const { text, read } = rewritten(document, formatId, { rows });
          expect(textOf(read.document)).toBe(textOf(document));
          expect(writeTranscript(read.document, formatId, { rows })).toBe(text);
          expect(faults(read.document)).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
  });

  test('txt: the text; with times the starts of segments', () => {
    fc.assert(
      fc.property(
        documents({ word: ordinaryWord, overlap: false, speakers: ['Ann', 'Bo'], shortestMs: 50 }),
        fc.boolean(),
        (document, timestamps) => {
          const { text, read } = rewritten(document, 'txt', { timestamps, speakers: true });
          if (document.segments.length > 1 || timestamps)
            expect(writeTranscript(read.document, 'txt', { timestamps, speakers: true })).toBe(text);
          expect(faults(read.document)).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
  });
});

function segmentsAscend({ items, segments }: TranscriptDocument): boolean {
  const starts = segments.map(({ firstItemId }) => items.find((item) => item.id === firstItemId));
  return starts.every((item, index) => {
    const before = starts[index - 1];
    return (
      index === 0 || (item?.kind === 'word' && before?.kind === 'word' && before.startMs <= item.startMs)
    );
  });
}

describe('words and text', () => {
  test('splitting and joining gives the text again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyWord, fc.string({ unit: 'binary', maxLength: 8 }))),
        fc.constantFrom('', ' '),
        (texts, between) => {
          const text = texts
            .join(between)
            .replace(/[\s\u0085]+/g, (space) => (/[\u00a0\u3000]/.test(space) ? 'x' : ' '))
            .trim();
          expect(joinWords(splitWords(text))).toBe(text);
          for (const word of splitWords(text)) expect(word.trim()).not.toBe('');
        },
      ),
      { numRuns: 800 },
    );
  });
});

describe('readers', () => {
  const name = 'any.bin';
  function readsOrRefuses(bytes: Uint8Array, formatId?: ReadableFormatId) {
    try {
      const { document } = readTranscript(bytes, { name: formatId ? `any.${formatId}` : name, formatId });
      expect(faults(document)).toEqual([]);
      layOutCues(document);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      expect(error.message).toMatch(/^[^\n]*“any\.[^\n]*\.$/);
    }
  }

  test('never throw anything but a FormatError on any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.option(fc.constantFrom(...formatIds), { nil: undefined }),
        readsOrRefuses,
      ),
      { numRuns: 800 },
    );
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '1',
      '00:00:01,000 --> 00:00:02,000',
      '00:00:05.000 --> 00:00:01.000 line:10%',
      '-00:00:01,000 --> 99999:00:00,0',
      'WEBVTT',
      'NOTE x',
      'STYLE',
      '<i>',
      '</i>',
      '<v Ann>',
      '- ',
      '<00:00:01.500>',
      '&amp;',
      '&#x1F600;',
      '&#0;',
      '{\\an8}',
      '"',
      ',',
      '\t',
      'startMs,endMs,text',
      '[00:01.5] ',
      'Ann: ',
      '\u3000',
      '\u00a0',
      '\0',
      '\ufeff',
      '\u2028',
      '{"format":"sewscribe-transcript","version":1,',
      '"segments":[',
      '}',
    ),
    anyWord,
  );
  test('never throw anything but a FormatError on pieces of real files, and give sound documents', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.option(fc.constantFrom(...formatIds), { nil: undefined }),
        (pieces, formatId) => readsOrRefuses(encodeText(pieces.join('')), formatId),
      ),
      { numRuns: 800 },
    );
  });
});
