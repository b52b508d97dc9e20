import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMediaTools } from '../../engine/media/tools.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { buildDocument, type Part, type PartCue } from '../../transcript/formats/build.ts';
import {
  encodeText,
  readTranscript,
  writeTranscript,
  writeTranscriptFile,
  type TextFormatId,
  type WriteOptions,
} from '../../transcript/formats/index.ts';
import { xmlEvents } from '../../transcript/formats/xmlEvents.ts';

function said(words: string[], startMs = 0, speaker: string | null = null): Part {
  const items = words.map((text, index) => ({
    text,
    startMs: startMs + index * 500,
    endMs: startMs + index * 500 + 450,
  }));
  return { speaker, items };
}

function documentOf(parts: Part[], cues: PartCue[] = []): TranscriptDocument {
  return buildDocument({ name: 'talk, part 1.mp4', durationMs: 60_000 }, parts, cues);
}

const talk = documentOf([
  said(['Hello,', 'R&D', '<b>'], 120, 'Lee, "Ann"'),
  said(['Again.'], 4000, 'Lee, "Ann"'),
  said(['{Yes}', '\\No.'], 8000),
]);
talk.languages.push('en-GB');

const fixed = documentOf(
  [said(['Up', 'here'], 1000), said(['Slanted'], 5000)],
  [
    {
      firstPart: 0,
      endPart: 1,
      startMs: 1000,
      endMs: 3000,
      breaksAfter: [1],
      italic: false,
      positionPercent: 12.5,
    },
    { firstPart: 1, endPart: 2, startMs: 5000, endMs: 7000, breaksAfter: [], italic: true },
  ],
);

/** What stands behind a heading. */
const after = (heading: string, text: string) => text.slice(text.indexOf(heading) + heading.length);

describe('ASS', () => {
  const events = (document: TranscriptDocument, options: WriteOptions = {}) =>
    after('Effect, Text\n', writeTranscript(document, 'ass', options));

  test('events with names in their field, hundredths of a second and nothing that a player takes for a setting', () => {
    expect(events(talk)).toBe(
      [
        'Dialogue: 0,0:00:00.12,0:00:02.07,Default,Lee; "Ann",0,0,0,,Hello, R&D <b>',
        'Dialogue: 0,0:00:04.00,0:00:04.95,Default,Lee; "Ann",0,0,0,,Again.',
        'Dialogue: 0,0:00:08.00,0:00:09.45,Default,,0,0,0,,\\{Yes\\} \\\u2060No.',
        '',
      ].join('\n'),
    );
    expect(events(talk, { speakers: true })).toContain(',,LEE, "ANN": Hello, R&D <b>\n');
  });

  test('line breaks, places and italics that a person set', () => {
    expect(events(fixed)).toBe(
      [
        'Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\an8\\pos(960,135)}Up\\Nhere',
        'Dialogue: 0,0:00:05.00,0:00:07.00,Default,,0,0,0,,{\\i1}Slanted',
        '',
      ].join('\n'),
    );
  });

  test('reads what other programs write', () => {
    const file = [
      '[Script Info]',
      'PlayResY: 400',
      '[Events]',
      'Format: Start, End, Actor, Style, Text',
      'Comment: 0:00:00.00,0:00:09.00,,Default,not this',
      'Dialogue: 0:00:01.50,0:00:03.25,Ann,Default,{\\i1\\c&HFF0000&}one, two\\N{\\i0}three{a comment} four',
      'Dialogue: 0:00:05.00,0:00:06.00,,Default,{\\p1}m 0 0 l 10 10{\\p0}shown\\hhere',
      'Dialogue: 0:00:07.00,0:00:08.00,,Default,{\\an8}top',
      'Dialogue: 0:00:08.00,0:00:09.00,,Default,{\\an8\\pos(10,100)}a quarter',
      'Dialogue: nonsense',
    ].join('\r\n');
    const { formatId, cues, document, warnings } = readTranscript(encodeText(file), { name: 'a.txt' });
    expect(formatId).toBe('ass');
    expect(warnings).toEqual(['Events without fields or times were left out (1).']);
    expect(cues).toEqual([
      { startMs: 1500, endMs: 3250, lines: ['one, two', 'three four'] },
      { startMs: 5000, endMs: 6000, lines: ['shown\u00a0here'] },
      { startMs: 7000, endMs: 8000, lines: ['top'] },
      { startMs: 8000, endMs: 9000, lines: ['a quarter'] },
    ]);
    expect(document.speakers.map(({ name }) => name)).toEqual(['Ann']);
    expect(document.overrides.map(({ positionPercent }) => positionPercent)).toEqual([
      undefined,
      undefined,
      5,
      25,
    ]);
  });

  test.each([
    ['Start, End, Text, Layer', '0:00:01.00,0:00:02.00,one, two,0'],
    ['Text, Start, End', 'one, two,0:00:01.00,0:00:02.00'],
    ['Start, Text, Name, End', '0:00:01.00,one, two,Ann,0:00:02.00'],
    ['Start, End, Text', '0:00:01.00,0:00:02.00,one, two'],
  ])('the text is found wherever it stands: %s', (fields, event) => {
    const file = `[Events]\nFormat: ${fields}\nDialogue: ${event}\n`;
    const { cues, document } = readTranscript(encodeText(file), { name: 'a.ass' });
    expect(cues).toEqual([{ startMs: 1000, endMs: 2000, lines: ['one, two'] }]);
    expect(document.speakers.map(({ name }) => name)).toEqual(fields.includes('Name') ? ['Ann'] : []);
  });
});

describe('TTML', () => {
  const body = (document: TranscriptDocument, options: WriteOptions = {}) =>
    after('<div>\n', writeTranscript(document, 'ttml', options)).split('</div>')[0];

  test('paragraphs with their agents, escaped', () => {
    expect(body(talk)).toBe(
      [
        '<p xml:id="c1" begin="00:00:00.120" end="00:00:02.070" ttm:agent="a1">Hello, R&amp;D &lt;b&gt;</p>',
        '<p xml:id="c2" begin="00:00:04.000" end="00:00:04.950" ttm:agent="a1">Again.</p>',
        '<p xml:id="c3" begin="00:00:08.000" end="00:00:09.450">{Yes} \\No.</p>',
        '',
      ].join('\n'),
    );
    const whole = writeTranscript(talk, 'ttml');
    expect(whole).toContain('xml:lang="en-GB"');
    expect(whole).toContain('<ttm:name type="full">Lee, &quot;Ann&quot;</ttm:name>');
  });

  test('line breaks, places and italics that a person set', () => {
    expect(body(fixed)).toBe(
      [
        '<p xml:id="c1" begin="00:00:01.000" end="00:00:03.000" region="top12-5">Up<br/>here</p>',
        '<p xml:id="c2" begin="00:00:05.000" end="00:00:07.000" tts:fontStyle="italic">Slanted</p>',
        '',
      ].join('\n'),
    );
    expect(writeTranscript(fixed, 'ttml')).toContain(
      '<region xml:id="top12-5" tts:origin="10% 12.5%" tts:extent="80% 87.5%" tts:displayAlign="before"/>',
    );
  });

  test('two who speak at once are two spans', () => {
    const both = documentOf([said(['Yes', 'indeed'], 1000, 'Ann'), said(['No', 'never'], 1100, 'Ben')]);
    expect(body(both)).toContain(
      '><span ttm:agent="a1">- Yes indeed</span><br/><span ttm:agent="a2">- No never</span></p>',
    );
    const names = readTranscript(encodeText(writeTranscript(both, 'ttml')), { name: 'a' }).document.speakers;
    expect(names.map(({ name }) => name)).toEqual(['Ann', 'Ben']);
  });

  test('is well formed and holds only what XML can hold', () => {
    const strange = documentOf([said(['a\u0000b', '\ud800c', ']]>', '"', '😀', '\uffff'], 0, '<&"\u0001>')]);
    const text = writeTranscript(strange, 'ttml');
    const open: string[] = [];
    for (const event of xmlEvents(text)) {
      if (event.kind === 'open' && !event.isEmpty) open.push(event.name);
      if (event.kind === 'close') expect(open.pop()).toBe(event.name);
    }
    expect(open).toEqual([]);
    expect(text).not.toMatch(/[\0-\x08\ud800](?![\udc00-\udfff])|\uffff/);
    expect(text).toContain('ab c ]]&gt; &quot; 😀');
  });

  test('reads what other programs write: nested times, frames, ticks, styles, regions, prefixes', () => {
    const file = `<?xml version="1.0"?>
<!-- <p begin="0s" end="1s">not this</p> -->
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" ttp:frameRate="25" ttp:tickRate="10000000" xml:lang="en">
 <tt:head>
  <tt:styling><tt:style xml:id="s1" tts:fontStyle="italic"/></tt:styling>
  <tt:layout><tt:region xml:id="r1" tts:origin="10% 8%" tts:displayAlign="before"/><tt:region xml:id="r2" tts:origin="10% 8%" tts:displayAlign="after"/></tt:layout>
 </tt:head>
 <tt:body begin="1s"><tt:div begin="00:00:10">
  <tt:p begin="00:00:01:05" end="2.5s" region="r1">
    <tt:span style="s1">one &amp;
     two</tt:span><tt:br/><![CDATA[<three>]]>
  </tt:p>
  <tt:p begin="50000000t" dur="500ms" region="r2">four</tt:p>
  <tt:p begin="10s">has no end</tt:p>
  <tt:p begin="11s" end="12s"></tt:p>
 </tt:div></tt:body>
</tt:tt>`;
    const { formatId, cues, document, warnings } = readTranscript(encodeText(file), { name: 'a.xml' });
    expect(formatId).toBe('ttml');
    expect(cues).toEqual([
      { startMs: 12_200, endMs: 13_500, lines: ['one & two', '<three>'] },
      { startMs: 16_000, endMs: 16_500, lines: ['four'] },
      { startMs: 21_000, endMs: 24_000, lines: ['has no end'] },
    ]);
    expect(document.overrides.map(({ positionPercent }) => positionPercent)).toEqual([
      8,
      undefined,
      undefined,
    ]);
    expect(warnings).toEqual([
      'Cues without an end are shown for 3 s (1).',
      'Cues without text were left out (1).',
    ]);
  });

  const whole =
    '<tt><body><p begin="1s" end="2s">one</p><p begin="3s" end="4s">two <br/>more</p></body></tt>';
  test.each<[number, string[]]>([
    [whole.length, ['one', 'two|more']],
    [whole.indexOf('</tt>'), ['one', 'two|more']],
    [whole.indexOf('e</p></body>'), ['one', 'two|mor']],
    [whole.indexOf('r/>more'), ['one', 'two']],
    [whole.indexOf(' end="4s"'), ['one']],
    [whole.indexOf('e</p>'), ['on']],
  ])('cut after %i characters it is read up to there, and that is said', (length, cues) => {
    const read = readTranscript(encodeText(whole.slice(0, length)), { name: 'a.ttml' });
    expect(read.cues.map(({ lines }) => lines.join('|'))).toEqual(cues);
    expect(read.warnings).toEqual(
      length < whole.length ? ['The file breaks off before its end; its text is read up to there.'] : [],
    );
  });

  test.each([
    '<tt',
    '<tt>',
    '<tt><p begin="1s" end="2s">x',
    `<tt>${'<p '.repeat(20_000)}`,
    `<tt ${'a="b" '.repeat(20_000)}`,
  ])('what is broken is read as far as it goes: %.20s', (text) => {
    const read = () => readTranscript(encodeText(text), { name: 'a.ttml', formatId: 'ttml' });
    if (/<tt[\s>]/.test(text)) expect(read().cues.length).toBeLessThanOrEqual(1);
    else expect(read).toThrow('“a.ttml” is no TTML file');
  });
});

test('times count from the time code of the film where that is asked for, those of words too', () => {
  const film = structuredClone(talk);
  film.media = { ...film.media, frameRate: 25, startTimecode: '10:00:00:00' };
  const vtt = writeTranscript(film, 'vtt', { fromTimecode: true, wordTimes: true });
  expect(vtt).toContain('10:00:00.120 --> 10:00:02.070\n<v Lee, "Ann"><c>Hello,</c> <10:00:00.620>');
  expect(writeTranscript(film, 'srt', { fromTimecode: true })).toContain('10:00:08,000 --> 10:00:09,450');
  expect(writeTranscript(film, 'ass')).toContain(',0:00:08.00,');
});

describe('for reading', () => {
  test.each<[string, TextFormatId, WriteOptions, string]>([
    [
      'HTML',
      'html',
      {},
      '<h1>talk, part 1</h1>\n<h2>Lee, &quot;Ann&quot;</h2>\n<p>Hello, R&amp;D &lt;b&gt;</p>\n<p>Again.</p>\n<p>{Yes} \\No.</p>\n</main>',
    ],
    [
      'HTML with times and without names',
      'html',
      { timestamps: true, speakers: false },
      '<h1>talk, part 1</h1>\n<p><time>00:00:00</time>Hello, R&amp;D &lt;b&gt;</p>\n<p><time>00:00:04</time>Again.</p>\n<p><time>00:00:08</time>{Yes} \\No.</p>\n</main>',
    ],
    [
      'Markdown',
      'md',
      {},
      '# talk, part 1\n\n**Lee, "Ann":** Hello, R\\&D \\<b\\>\n\nAgain.\n\n{Yes} \\\\No.\n',
    ],
    ['Markdown with times', 'md', { timestamps: true }, '\n\n\\[00:00:04\\] Again.\n'],
  ])('%s', (_, formatId, options, part) => {
    expect(writeTranscript(talk, formatId, options)).toContain(part);
  });

  test.each([
    ['# not a heading', '\\# not a heading'],
    ['- not a list', '\\- not a list'],
    ['12. not a list', '12\\. not a list'],
    ['*a* _b_ `c` [d](e)', '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e)'],
    ['https://example.org', 'https\\://example.org'],
    ['a | b ~~c~~ &amp;', 'a \\| b \\~\\~c\\~\\~ \\&amp;'],
  ])('Markdown: %s stays text', (text, written) => {
    expect(writeTranscript(documentOf([said(text.split(' '))]), 'md')).toBe(`# talk, part 1\n\n${written}\n`);
  });

  test('HTML runs nothing and asks for nothing, whatever a name or a word says', () => {
    const hostile = documentOf([
      said(['</p><script>alert(1)</script>', '"onload="x'], 0, '<img src=x onerror=y>'),
    ]);
    hostile.media.name = '</title><script>';
    hostile.languages.push('"><script>');
    const html = writeTranscript(hostile, 'html');
    expect(html.match(/<(?!\/)[a-z0-9]+/g)).toEqual([
      '<html',
      '<head',
      '<meta',
      '<meta',
      '<title',
      '<style',
      '<body',
      '<main',
      '<h1',
      '<h2',
      '<p',
    ]);
    expect(html).not.toMatch(/https?:|url\(/);
  });
});

describe('DOCX', () => {
  const parts = (document: TranscriptDocument, options: WriteOptions = {}) =>
    Object.fromEntries(
      Object.entries(unzipSync(writeTranscriptFile(document, 'docx', options))).map(([name, bytes]) => [
        name,
        strFromU8(bytes),
      ]),
    );
  const paragraphs = (text: string) =>
    [...text.matchAll(/<w:p>.*?<\/w:p>/g)].map(([paragraph]) =>
      [...paragraph.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, run]) => run),
    );

  test('a zip of well-formed parts, each declared and reachable', () => {
    const files = parts(talk);
    expect(Object.keys(files)).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'docProps/core.xml',
      'word/document.xml',
      'word/_rels/document.xml.rels',
      'word/styles.xml',
    ]);
    for (const text of Object.values(files)) {
      const open: string[] = [];
      for (const event of xmlEvents(text)) {
        if (event.kind === 'open' && !event.isEmpty) open.push(event.name);
        if (event.kind === 'close') expect(open.pop()).toBe(event.name);
      }
      expect(open).toEqual([]);
    }
    for (const [, part] of files['[Content_Types].xml'].matchAll(/PartName="\/([^"]+)"/g)) {
      expect(files).toHaveProperty([part]);
    }
    for (const [, target] of files['_rels/.rels'].matchAll(/Target="([^"]+)"/g)) {
      expect(files).toHaveProperty([target]);
    }
  });

  test('says what is said, with names and with times', () => {
    expect(paragraphs(parts(talk)['word/document.xml'])).toEqual([
      ['talk, part 1'],
      ['Lee, &quot;Ann&quot;: ', 'Hello, R&amp;D &lt;b&gt;'],
      ['Again.'],
      ['{Yes} \\No.'],
    ]);
    expect(paragraphs(parts(talk, { speakers: false, timestamps: true })['word/document.xml'])).toEqual([
      ['talk, part 1'],
      ['00:00:00  ', 'Hello, R&amp;D &lt;b&gt;'],
      ['00:00:04  ', 'Again.'],
      ['00:00:08  ', '{Yes} \\No.'],
    ]);
  });

  test('the same document is the same file', () => {
    expect(writeTranscriptFile(talk, 'docx')).toEqual(writeTranscriptFile(structuredClone(talk), 'docx'));
  });
});

describe('ffmpeg', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sewscribe ass '));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('reads our ASS as it reads our SRT', async () => {
    const { ffmpeg } = await findMediaTools();
    const plain = documentOf([
      said(['Hello,', 'R&D', 'is', 'three', 'words.'], 120, 'Ann'),
      said(['Yes.', '50%'], 8000),
    ]);
    const texts = await Promise.all(
      (['ass', 'srt'] as const).map(async (formatId) => {
        const path = join(folder, `talk.${formatId}`);
        await writeFile(path, writeTranscriptFile(plain, formatId));
        const args = ['-v', 'warning', '-i', path, '-f', 'webvtt', 'pipe:1'];
        const { stdout, stderr } = await promisify(execFile)(ffmpeg.path, args);
        expect(stderr).toBe('');
        return stdout;
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('Hello, R&D is three words.');
  });
});
