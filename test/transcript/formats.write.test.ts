import { describe, expect, test } from 'vitest';
import { joinWords } from '../../transcript/captions/joining.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { buildDocument, type Part } from '../../transcript/formats/build.ts';
import {
  encodeText,
  formats,
  readableFormats,
  isFormatId,
  readTranscript,
  writeTranscript,
  type ReadableFormatId,
  type TextFormatId,
  type WriteOptions,
} from '../../transcript/formats/index.ts';

function documentOf(...parts: Part[]): TranscriptDocument {
  return buildDocument({ name: 'talk.mp4', durationMs: 12_345 }, parts);
}

/** A word each half second. */
function said(words: string[], startMs = 0, speaker: string | null = null): Part {
  const items = words.map((text, index) => ({
    text,
    startMs: startMs + index * 500,
    endMs: startMs + index * 500 + 450,
    confidence: 0.93,
  }));
  return { speaker, items };
}

function again(text: string, formatId: ReadableFormatId, options: WriteOptions = {}) {
  const { document } = readTranscript(encodeText(text), { name: `talk.${formatId}`, formatId });
  return writeTranscript(document, formatId, options);
}

describe('each format, word for word', () => {
  const document = documentOf(said(['Hello,', 'R&D', '<b>'], 120, 'Ann "A" Lee'), said(['Yes.'], 8000));
  document.items.push({ kind: 'note', id: 'n1', text: '[laughs]' });
  document.model = { id: 'small', device: 'cpu' };

  test.each<[string, TextFormatId, WriteOptions, string]>([
    [
      'SRT',
      'srt',
      {},
      '1\n00:00:00,120 --> 00:00:02,070\nHello, R&D <\u2060b>\n\n2\n00:00:08,000 --> 00:00:08,950\nYes. [laughs]\n',
    ],
    [
      'SRT of words',
      'srt',
      { wordCues: true },
      '1\n00:00:00,120 --> 00:00:00,570\nHello,\n\n2\n00:00:00,620 --> 00:00:01,070\nR&D\n\n3\n00:00:01,120 --> 00:00:01,570\n<\u2060b>\n\n4\n00:00:08,000 --> 00:00:08,450\nYes. [laughs]\n',
    ],
    [
      'WebVTT',
      'vtt',
      {},
      'WEBVTT\n\n1\n00:00:00.120 --> 00:00:02.070\n<v Ann "A" Lee>Hello, R&amp;D &lt;b&gt;</v>\n\n2\n00:00:08.000 --> 00:00:08.950\nYes. [laughs]\n',
    ],
    [
      'WebVTT with word times',
      'vtt',
      { wordTimes: true },
      'WEBVTT\n\n1\n00:00:00.120 --> 00:00:02.070\n<v Ann "A" Lee><c>Hello,</c> <00:00:00.620><c>R&amp;D</c> <00:00:01.120><c>&lt;b&gt;</c></v>\n\n2\n00:00:08.000 --> 00:00:08.950\n<c>Yes.</c> [laughs]\n',
    ],
    [
      'SRT with speakers',
      'srt',
      { speakers: true },
      '1\n00:00:00,120 --> 00:00:02,070\nANN "A" LEE: Hello, R&D <\u2060b>\n\n2\n00:00:08,000 --> 00:00:08,950\nYes. [laughs]\n',
    ],
    ['text', 'txt', {}, 'Hello, R&D <b>\nYes. [laughs]\n'],
    [
      'text with times and names',
      'txt',
      { timestamps: true, speakers: true },
      '[00:00:00.120] Ann "A" Lee: Hello, R&D <b>\n[00:00:08.000] Yes. [laughs]\n',
    ],
    [
      'JSON',
      'json',
      {},
      `{"format":"sewscribe-transcript","version":1,"media":{"name":"talk.mp4","durationMs":12345},"model":{"id":"small","device":"cpu"},
"segments":[
{"startMs":120,"endMs":1570,"speaker":"Ann \\"A\\" Lee","words":[{"text":"Hello,","startMs":120,"endMs":570,"confidence":0.93},{"text":"R&D","startMs":620,"endMs":1070,"confidence":0.93},{"text":"<b>","startMs":1120,"endMs":1570,"confidence":0.93}]},
{"startMs":8000,"endMs":8450,"speaker":null,"words":[{"text":"Yes.","startMs":8000,"endMs":8450,"confidence":0.93}],"notes":[{"text":"[laughs]","beforeWord":1}]}
]}
`,
    ],
    [
      'CSV',
      'csv',
      {},
      'startMs,endMs,speaker,text\n120,1570,"Ann ""A"" Lee","Hello, R&D <b>"\n8000,8450,,Yes. [laughs]\n',
    ],
    [
      'CSV of words',
      'csv',
      { rows: 'words' },
      'segment,startMs,endMs,speaker,confidence,word\n1,120,570,"Ann ""A"" Lee",0.93,"Hello,"\n1,620,1070,"Ann ""A"" Lee",0.93,R&D\n1,1120,1570,"Ann ""A"" Lee",0.93,<b>\n2,8000,8450,,0.93,Yes.\n2,,,,,[laughs]\n',
    ],
    [
      'TSV',
      'tsv',
      {},
      'startMs\tendMs\tspeaker\ttext\n120\t1570\t"Ann ""A"" Lee"\tHello, R&D <b>\n8000\t8450\t\tYes. [laughs]\n',
    ],
  ])('%s', (_, formatId, options, text) => {
    expect(writeTranscript(document, formatId, options)).toBe(text);
  });

  test.each<[TextFormatId, string]>([
    ['srt', ''],
    ['vtt', 'WEBVTT\n'],
    ['txt', ''],
    ['csv', 'startMs,endMs,speaker,text\n'],
    [
      'json',
      '{"format":"sewscribe-transcript","version":1,"media":{"name":"talk.mp4","durationMs":12345},"model":null,\n"segments":[]}\n',
    ],
  ])('%s of an empty document', (formatId, text) => {
    expect(writeTranscript(documentOf(), formatId)).toBe(text);
  });

  test('the table of formats names each by its id', () => {
    expect(Object.entries(formats).map(([id, format]) => [id, format.id, format.extension])).toEqual(
      ['srt', 'vtt', 'ass', 'ttml', 'txt', 'json', 'csv', 'tsv', 'html', 'md', 'docx'].map((id) => [
        id,
        id,
        id,
      ]),
    );
    expect([isFormatId('srt'), isFormatId('toString'), isFormatId('doc')]).toEqual([true, false, false]);
  });
});

describe('times (b13)', () => {
  const document = documentOf();
  const times = [0.9997, 5.3, 8.7, 59.9998, 3599.9996, 3605.25, 360_000.5].map((seconds) =>
    Math.round(seconds * 1000),
  );
  const long: TranscriptDocument = buildDocument(
    { ...document.media, durationMs: 400_000_000 },
    times.map((startMs) => ({ speaker: null, items: [{ text: 'word', startMs, endMs: startMs + 900 }] })),
  );

  test('are rounded to whole milliseconds that carry', () => {
    const starts = [...writeTranscript(long, 'srt').matchAll(/^(\S+) -->/gm)].map((match) => match[1]);
    expect(starts).toEqual([
      '00:00:01,000',
      '00:00:05,300',
      '00:00:08,700',
      '00:01:00,000',
      '01:00:00,000',
      '01:00:05,250',
      '100:00:00,500',
    ]);
  });

  test.each<[ReadableFormatId, WriteOptions]>([
    ['srt', {}],
    ['vtt', {}],
    ['vtt', { wordTimes: true }],
    ['ass', {}],
    ['ttml', {}],
    ['json', {}],
    ['csv', {}],
    ['tsv', { rows: 'words' }],
    ['txt', { timestamps: true }],
  ])('%s %j stays the same, byte for byte, over ten round trips', (formatId, options) => {
    const first = writeTranscript(long, formatId, options);
    let text = first;
    for (let round = 0; round < 10; round += 1) text = again(text, formatId, options);
    expect(text).toBe(first);
  });
});

describe('text that a format could take for its own signs (b08)', () => {
  const awkward = [
    '<laughs>',
    'R&D',
    '3 < 5',
    '-->',
    '&lt;',
    '<i>x</i>',
    '{\\an8}',
    '{i}',
    '<00:00:01.000>',
    '<v Ann>',
    '&#39;',
    '<\u2060b>',
    '&\u2060amp;',
    '--\u2060>',
    '{\u2060\\an8}',
    '00:00:01,000 --> 00:00:02,000',
    '1',
    'NOTE',
    'WEBVTT',
    '->',
    '=1+1',
    "'=1+1",
    "''x",
    '+x',
    '-x',
    '@x',
    '"',
    '""',
    'a"b',
    'a,b',
    'a;b',
    "it's",
  ];

  test.each(awkward)('%s comes back from all of them', (word) => {
    const document = documentOf(said(['so', word, 'then'], 0, 'Ann'), said([word], 5000, 'Ann'));
    for (const formatId of ['srt', 'vtt', 'ass', 'ttml', 'json', 'csv', 'tsv', 'txt'] as const) {
      const text = writeTranscript(document, formatId);
      const read = readTranscript(encodeText(text), { name: 'a', formatId });
      expect(read.cues.map((cue) => cue.lines.join(' '))).toEqual([`so ${word} then`, word]);
    }
  });

  test('nothing that ends or begins a cue stands inside one', () => {
    const document = documentOf(said(awkward));
    const [srt, vtt] = [writeTranscript(document, 'srt'), writeTranscript(document, 'vtt')];
    for (const text of [srt, vtt]) {
      for (const block of text.replace(/^WEBVTT\n\n/, '').split('\n\n')) {
        const [number, times, ...lines] = block.trimEnd().split('\n');
        expect(number).toMatch(/^\d+$/);
        expect(times).toMatch(/^\d\d:\d\d:\d\d[.,]\d{3} --> \d\d:\d\d:\d\d[.,]\d{3}$/);
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect(line).not.toMatch(/-->|^\s*$/);
      }
    }
    // W3C WebVTT, cue text: only tags of its own, only references of its own.
    expect(vtt.replace(/ --> /g, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    expect(srt).not.toMatch(/<[a-z/\d]|&[a-z#]\w*;|\{\\/);
  });

  test('a line break inside a word never reaches a file', () => {
    const document = documentOf(said(['one', 'two', 'three']));
    document.items.forEach((item, index) => (item.text = ['a\n\nb', ' \n ', '\r\n\u2028c'][index]));
    expect(writeTranscript(document, 'srt').split('\n').slice(2)).toEqual(['a b c', '']);
    expect(writeTranscript(document, 'txt')).toBe('a b c\n');
    expect(writeTranscript(document, 'tsv').split('\n')).toHaveLength(3);
  });

  test('word times ascend inside their cue', () => {
    const document = documentOf(
      {
        speaker: 'Ann',
        items: [...Array(6).keys()].map((at) => ({
          text: `a${at}`,
          startMs: at * 200,
          endMs: at * 200 + 150,
        })),
      },
      {
        speaker: 'Bo',
        items: [...Array(6).keys()].map((at) => ({
          text: `b${at}`,
          startMs: at * 200 + 100,
          endMs: at * 200 + 290,
        })),
      },
    );
    for (const block of writeTranscript(document, 'vtt', { wordTimes: true }).split('\n\n').slice(1)) {
      const [start, end, ...inside] = [...block.matchAll(/00:00:0\d\.\d{3}/g)].map((match) => match[0]);
      const all = [start, ...inside, end];
      expect([...all].sort()).toEqual(all);
      expect(new Set(all).size).toBe(all.length);
    }
  });
});

describe('spreadsheets', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1', "'＝1"],
    ["'=1", "''=1"],
    ["'tis", "'tis"],
    ['a=1', 'a=1'],
  ])('%s is no formula: %s', (word, field) => {
    for (const formatId of ['csv', 'tsv'] as const) {
      const text = writeTranscript(documentOf(said([word])), formatId);
      expect(
        text
          .trimEnd()
          .split(/[\n,\t]/)
          .at(-1),
      ).toBe(field);
      const { document } = readTranscript(encodeText(text), { name: 'a', formatId });
      expect(joinWords(document.items.map((item) => item.text))).toBe(word);
    }
  });
});

describe('bytes', () => {
  test.each([
    [{}, 'a\nb\n'],
    [{ bom: true }, '\ufeffa\nb\n'],
    [{ crlf: true }, 'a\r\nb\r\n'],
    [{ bom: true, crlf: true }, '\ufeffa\r\nb\r\n'],
  ])('with %j', (options, text) => {
    expect(encodeText('a\nb\n', options)).toEqual(new TextEncoder().encode(text));
  });

  test.each(Object.keys(readableFormats) as ReadableFormatId[])(
    '%s with a mark and CRLF reads like without',
    (formatId) => {
      const text = writeTranscript(documentOf(said(['One', 'two.']), said(['Three'], 6000)), formatId);
      const plain = readTranscript(encodeText(text), { name: 'a' });
      const marked = readTranscript(encodeText(text, { bom: true, crlf: true }), { name: 'a' });
      expect(marked).toEqual(plain);
    },
  );
});
