import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { layOutCues } from '../../transcript/captions/layout.ts';
import { decode } from '../../transcript/formats/detection.ts';
import {
  encodeText,
  FormatError,
  readTranscript,
  writeTranscript,
  type ReadableFormatId,
} from '../../transcript/formats/index.ts';
import { faults } from '../../transcript/grammar.ts';

const fixtures = new URL('../fixtures/subtitles/', import.meta.url);

function readFixture(name: string) {
  return readTranscript(readFileSync(new URL(name, fixtures)), { name });
}

function readText(text: string, name = 'file.srt') {
  return readTranscript(encodeText(text), { name });
}

/** Cues as `start end line|line`, which a table can hold. */
function cuesOf(text: string, name = 'file.srt'): string[] {
  return readText(text, name).cues.map(
    ({ startMs, endMs, lines }) => `${startMs} ${endMs} ${lines.join('|')}`,
  );
}

const timing = '00:00:01,000 --> 00:00:02,000';

describe('files as real programs write them', () => {
  test.each<[string, string[]]>([
    ['b01_blank_inside.srt', ['1000 3000 First part,|second part.', '4000 5000 Next cue.']],
    ['b01_spaces_between.srt', ['1000 3000 One', '4000 5000 Two']],
    ['b03_no_numbers.srt', ['1000 2000 Three', '3000 4000 3|2|1', '5000 6000 1999']],
    ['b03_numbers.srt', ['1000 2000 42', '3000 4000 3|2|1', '5000 6000 1999']],
    ['b04_cr.srt', ['1000 2000 One', '3000 4000 Two']],
    ['b04_cr.vtt', ['1000 2000 One', '3000 4000 Two']],
    ['b04_crcrlf.srt', ['1000 2000 One', '3000 4000 Two']],
    ['b04_mixed.srt', ['1000 2000 One', '3000 4000 Two']],
    [
      'b05_dots.srt',
      ['70250 72750 One', '80500 81500 Two', '82000 83000 Three', '84500 85500 Four', '86000 87000 Five'],
    ],
    ['b08_entities.vtt', ['1000 2000 <laughs> R&D > 0 & 3 < 5', '3000 4000 R&D is < 5 & rising']],
  ])('%s', (name, cues) => {
    const { cues: read, document, warnings } = readFixture(name);
    expect(read.map(({ startMs, endMs, lines }) => `${startMs} ${endMs} ${lines.join('|')}`)).toEqual(cues);
    expect(warnings).toEqual([]);
    expect(faults(document)).toEqual([]);
  });

  test.each(['srt', 'vtt'] as const)('every one of them becomes %s that reads the same', (formatId) => {
    for (const name of [
      'b01_blank_inside.srt',
      'b03_numbers.srt',
      'b05_dots.srt',
      'b08_entities.vtt',
      'b09_gbk.srt',
    ]) {
      const { document, cues } = readFixture(name);
      const again = readText(writeTranscript(document, formatId), `again.${formatId}`);
      expect(again.cues.map(({ number: _, ...cue }) => cue)).toEqual(
        cues.map(({ number: _, ...cue }) => cue),
      );
    }
  });
});

describe('SRT', () => {
  test.each<[string, string, string[]]>([
    ['no text, no cue', `1\n${timing}\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n`, ['3000 4000 Two']],
    [
      'no empty line between cues',
      `1\n${timing}\nOne\n2\n00:00:03,000 --> 00:00:04,000\nTwo`,
      ['1000 2000 One', '3000 4000 Two'],
    ],
    [
      'every second line empty',
      `1\n\n${timing}\n\nOne\n\nmore\n\n2\n\n00:00:03,000 --> 00:00:04,000\n\nTwo\n`,
      ['1000 2000 One|more', '3000 4000 Two'],
    ],
    ['text beside the times', '00:00:01,000 --> 00:00:02,000 Hello there', ['1000 2000 Hello there']],
    [
      'no spaces, or many',
      '00:00:01,000-->00:00:02,000\nOne\n\n  00:00:03,000   -->   00:00:04,000  \nTwo',
      ['1000 2000 One', '3000 4000 Two'],
    ],
    ['spaces inside times', '00: 00: 01, 000 --> 00: 00: 02, 000\nOne', ['1000 2000 One']],
    [
      'a translated arrow',
      '00:00:01,000 -> 00:00:02,000\nOne\n\n00:00:03,000 -- > 00:00:04,000\nTwo',
      ['1000 2000 One', '3000 4000 Two'],
    ],
    ['wide signs', '00：00：01，500 --＞ 00：00：02，000\nOne', ['1500 2000 One']],
    ['no hours', '01:02,5 --> 01:03,25\nOne', ['62500 63250 One']],
    ['more than 99 hours', '100:00:00,000 --> 100:00:01,000\nOne', ['360000000 360001000 One']],
    ['many digits of a fraction', '00:00:01,1234 --> 00:00:02,9996\nOne', ['1123 3000 One']],
    ['a negative time', '-00:00:01,000 --> 00:00:02,000\nOne', ['0 2000 One']],
    ['reversed times', '00:00:02,000 --> 00:00:01,000\nOne', ['1000 2000 One']],
    [
      'tags of players',
      `${timing}\n<b>One</b> <font color="#ff0000" size=2>two</font>\n{\\an8}<u>three</u>{y:i} {i}four{/i}<br/>five`,
      ['1000 2000 One two|three four|five'],
    ],
    [
      'what only looks like tags',
      `${timing}\n<laughs> 3 < 5 {sic} a<b R&D AT&T; <3`,
      ['1000 2000 <laughs> 3 < 5 {sic} a<b R&D AT&T; <3'],
    ],
    [
      'references',
      `${timing}\n&lt;b&gt; Q&amp;A &#39;x&#x27; &#xD800; &nonsense;`,
      ["1000 2000 <b> Q&A 'x' &#xD800; &nonsense;"],
    ],
    [
      'a time in the text',
      `${timing}\nat 00:00:05,000 --> 00:00:06,000 it was\n5 -> 6`,
      ['1000 2000 at 00:00:05,000 --> 00:00:06,000 it was|5 -> 6'],
    ],
    [
      'a wide space and a no-break one',
      `${timing}\n\u3000そう\u3000です\n\u00a0\nOui\u00a0!`,
      ['1000 2000 そう\u3000です|Oui\u00a0!'],
    ],
    ['a mark, twice', `\ufeff\ufeff1\n${timing}\nOne`, ['1000 2000 One']],
    [
      'numbers with zeros and texts that are numbers',
      `01\n${timing}\n1\n2\n\n02\n00:00:03,000 --> 00:00:04,000\n3`,
      ['1000 2000 1|2', '3000 4000 3'],
    ],
  ])('%s', (_, text, cues) => {
    expect(cuesOf(text)).toEqual(cues);
    expect(faults(readText(text).document)).toEqual([]);
  });

  test.each<[string, string]>([
    [`${timing}\n<i>All of it</i>\n<i>in italics</i>`, 'italic'],
    [`${timing}\n<em>All of it</em>`, 'italic'],
    [`${timing}\n<i>Not</i> all of it`, 'upright'],
    [`${timing}\nNone`, 'upright'],
  ])('%j is %s', (text, slant) => {
    const { document } = readText(text);
    expect(layOutCues(document)[0].italic ?? false).toBe(slant === 'italic');
    expect(writeTranscript(document, 'srt').includes('<i>')).toBe(slant === 'italic');
  });

  test('what was mended is said', () => {
    const broken = `Made by somebody\n\n1\n00:00:05,000 --> 00:00:04,000\nOne\n\n2\n00:00:01,000 --> 00:00:03,000\nTwo\n\n3\n00:00:02,000 --> 00:00:03,500\nThree\n\n4\n00:00:06,000 --> 00:00:07,000\n\n`;
    expect(readText(broken).warnings).toEqual([
      'The text before the first cue was left out: “Made by somebody”.',
      'One cue had the end before the beginning; the times were swapped.',
      'Cues without text were left out (1).',
      'The cues were not in the order of their times; they were sorted.',
      'One cue began before the one before had ended; that one ends sooner, or both are one.',
    ]);
  });

  test('of two cues that overlap the first ends sooner, or they become one', () => {
    const apart = `00:00:01,000 --> 00:00:05,000\nOne\n\n00:00:04,000 --> 00:00:06,000\nTwo`;
    expect(layOutCues(readText(apart).document).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [1000, 4000],
      [4000, 6000],
    ]);
    const together = `00:00:01,000 --> 00:00:05,000\nOne\n\n00:00:01,100 --> 00:00:06,000\nTwo`;
    expect(writeTranscript(readText(together).document, 'srt')).toBe(
      '1\n00:00:01,000 --> 00:00:06,000\nOne\nTwo\n',
    );
    // For checking they stay as they are.
    expect(cuesOf(apart)).toEqual(['1000 5000 One', '4000 6000 Two']);
  });

  test('lines that begin with dashes are turns of two speakers', () => {
    const { document } = readText(
      `${timing}\n- Is it?\n- Yes,\nit is.\n\n00:00:03,000 --> 00:00:04,000\n- Alone`,
    );
    expect(document.speakers.map(({ name }) => name)).toEqual(['Speaker 1', 'Speaker 2']);
    expect(document.items.map((item) => item.text).slice(0, 6)).toEqual([
      'Is',
      'it?',
      'Yes,',
      'it',
      'is.',
      '-',
    ]);
    expect(layOutCues(document).map((cue) => cue.lines.map((line) => line.text))).toEqual([
      ['- Is it?', '- Yes,', 'it is.'],
      ['- Alone'],
    ]);
  });

  test('words share the time of their cue by their letters, each its own', () => {
    const { document } = readText('00:00:01,000 --> 00:00:02,000\na bbb cccccc');
    expect(document.items).toMatchObject([
      { id: 'w1', text: 'a', startMs: 1000, endMs: 1100, origin: 'import' },
      { id: 'w2', text: 'bbb', startMs: 1100, endMs: 1400 },
      { id: 'w3', text: 'cccccc', startMs: 1400, endMs: 2000 },
    ]);
    expect(document.segments).toEqual([{ id: 's1', firstItemId: 'w1', speakerId: null }]);
    expect(document.media).toMatchObject({ name: 'file.srt', durationMs: 2000 });
  });

  test('more words than milliseconds still have a time each', () => {
    const { document } = readText(
      '00:00:01,000 --> 00:00:01,001\na b c d\n\n00:00:01,001 --> 00:00:02,000\ne',
    );
    expect(faults(document)).toEqual([]);
    expect(document.items).toHaveLength(5);
  });
});

describe('WebVTT', () => {
  test.each<[string, string, string[]]>([
    [
      'header, comments, styles, regions, identifiers',
      'WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\nNOTE a comment\nof two lines\n\nintro\n00:01.000 --> 00:02.000 align:start\nOne\n\nNOTE\nnot shown\n\n00:03.000 --> 00:04.000\nTwo',
      ['1000 2000 One', '3000 4000 Two'],
    ],
    [
      'an empty line inside a cue',
      'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\nstill one\n\n00:03.000 --> 00:04.000\nTwo',
      ['1000 2000 One|still one', '3000 4000 Two'],
    ],
    [
      'tags',
      'WEBVTT\n\n00:01.000 --> 00:02.000\n<c.yellow.bg_blue>One</c> <b>two</b> <lang en>three</lang> <ruby>four<rt>4</rt></ruby>',
      ['1000 2000 One two three four4'],
    ],
    [
      'references',
      'WEBVTT\n\n00:01.000 --> 00:02.000\n&lt;i&gt; &amp;amp; a&nbsp;b &lrm;x',
      ['1000 2000 <i> &amp; a\u00a0b \u200ex'],
    ],
    ['no header', '00:01.000 --> 00:02.000\nOne', ['1000 2000 One']],
    [
      'a text that begins like a comment',
      'WEBVTT\n\n00:01.000 --> 00:02.000\nNOTE this\nNOTEBOOK\n\nNOTEBOOK',
      ['1000 2000 NOTE this|NOTEBOOK|NOTEBOOK'],
    ],
  ])('%s', (_, text, cues) => {
    expect(cuesOf(text, 'file.vtt')).toEqual(cues);
  });

  test('voices are speakers, of one cue or of several', () => {
    const { document } = readText(
      'WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Ann &amp; Bo>Hello\nthere</v>\n\n00:03.000 --> 00:04.000\n<v Cy>- Yes</v>\n<v Dee>- No</v>\n\n00:05.000 --> 00:06.000\n<v Cy>So <v Dee>what',
      'file.vtt',
    );
    expect(document.speakers.map(({ name }) => name)).toEqual(['Ann & Bo', 'Cy', 'Dee']);
    expect(document.segments.map(({ speakerId }) => speakerId)).toEqual(['p1', 'p2', 'p3', 'p2', 'p3']);
    expect(document.items.map((item) => item.text)).toEqual(['Hello', 'there', 'Yes', 'No', 'So', 'what']);
    expect(writeTranscript(document, 'vtt')).toBe(
      'WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<v Ann &amp; Bo>Hello\nthere</v>\n\n2\n00:00:03.000 --> 00:00:04.000\n<v Cy>- Yes</v>\n<v Dee>- No</v>\n\n3\n00:00:05.000 --> 00:00:06.000\n<v Cy>- So</v>\n<v Dee>- what</v>\n',
    );
  });

  test('times inside a cue are those of its words', () => {
    const { document } = readText(
      'WEBVTT\n\n00:01.000 --> 00:03.000\nOne<00:01.500><c> two</c><00:02.500><c> three</c>',
      'file.vtt',
    );
    expect(document.items).toMatchObject([
      { text: 'One', startMs: 1000, endMs: 1500 },
      { text: 'two', startMs: 1500, endMs: 2500 },
      { text: 'three', startMs: 2500, endMs: 3000 },
    ]);
  });

  test('a position in percent is kept, a line number is not one', () => {
    const { document } = readText(
      'WEBVTT\n\n00:01.000 --> 00:02.000 align:left line:12.5%\nOne\n\n00:03.000 --> 00:04.000 line:0\nTwo',
      'file.vtt',
    );
    expect(layOutCues(document).map((cue) => cue.positionPercent)).toEqual([12.5, undefined]);
    expect(writeTranscript(document, 'vtt')).toContain('--> 00:00:02.000 line:12.5%\n');
  });

  test('a file without a cue is an empty document', () => {
    expect(readText('WEBVTT\n', 'file.vtt').document.items).toEqual([]);
  });
});

describe('text, tables and JSON', () => {
  test.each<[string, string, [number, string | null, string][]]>([
    [
      'lines',
      'One two.\nThree.\n',
      [
        [0, null, 'One two.'],
        [533, null, 'Three.'],
      ],
    ],
    [
      'paragraphs of wrapped lines',
      'One\ntwo.\n\n\nThree.',
      [
        [0, null, 'One two.'],
        [533, null, 'Three.'],
      ],
    ],
    [
      'times and names',
      '[00:00:01.500] Ann: Hello\n[00:00:03] Bo: Yes',
      [
        [1500, 'Ann', 'Hello'],
        [3000, 'Bo', 'Yes'],
      ],
    ],
    [
      'a play',
      'HAMLET: To be\nOPHELIA: Good my lord\n',
      [
        [0, 'HAMLET', 'To be'],
        [333, 'OPHELIA', 'Good my lord'],
      ],
    ],
    [
      'a colon that names nobody',
      'There is one thing: time\nand so on',
      [
        [0, null, 'There is one thing: time'],
        [1600, null, 'and so on'],
      ],
    ],
  ])('txt with %s', (_, text, expected) => {
    const { document } = readText(text, 'file.txt');
    const parts = document.segments.map(({ firstItemId, speakerId }, index) => {
      const first = document.items.findIndex((item) => item.id === firstItemId);
      const next = document.items.findIndex(
        (item) => item.id === document.segments.at(index + 1)?.firstItemId,
      );
      const words = document.items.slice(first, next < 0 ? undefined : next);
      const startMs = words[0].kind === 'word' ? words[0].startMs : -1;
      return [
        startMs,
        document.speakers.find(({ id }) => id === speakerId)?.name ?? null,
        words.map((word) => word.text).join(' '),
      ];
    });
    expect(parts).toEqual(expected);
    expect(faults(document)).toEqual([]);
  });

  test.each<[string, string, string, string[]]>([
    [
      'ours',
      'a.csv',
      'startMs,endMs,speaker,text\n1000,2000,Ann,"Hello, ""you"""\n',
      ['1000 2000 Hello, "you"'],
    ],
    [
      'milliseconds of other programs, no quoting',
      'a.tsv',
      'start\tend\ttext\n0\t1000\t"Hello," he said\n1000\t2000\tit\'s 5" long\n',
      ['0 1000 "Hello," he said', '1000 2000 it\'s 5" long'],
    ],
    [
      'times of day and semicolons',
      'a.csv',
      'Start time;End time;Subtitle\r\n00:00:01,5;0:00:02;One\r\n',
      ['1500 2000 One'],
    ],
    ['seconds', 'a.csv', 'start,end,text\n1.25,2.5,One\n', ['1250 2500 One']],
    [
      'words',
      'a.csv',
      'segment,startMs,endMs,speaker,confidence,word\n1,0,500,Ann,0.5,One\n1,500,900,Ann,1,two\n2,900,1000,Bo,,three\n',
      ['0 900 One two', '900 1000 three'],
    ],
    [
      'rows over two lines, without a time',
      'a.csv',
      'startMs,endMs,text\n0,10,"One\ntwo"\n,,lost\n\n',
      ['0 10 One two'],
    ],
  ])('a table with %s', (_, name, text, cues) => {
    expect(cuesOf(text, name)).toEqual(cues);
  });

  test('JSON that others wrote: times are mended, not trusted', () => {
    const word = (text: string, startMs: number, endMs: number) => ({
      text,
      startMs,
      endMs,
      confidence: 0.5,
    });
    const json = {
      format: 'sewscribe-transcript',
      version: 1,
      media: { name: 'talk.mp4', durationMs: 100 },
      model: { id: 'm', device: 'cpu' },
      segments: [
        {
          startMs: 0,
          endMs: 0,
          speaker: 'Ann',
          words: [word('b', 500.4, 400), word('', 0, 0), word('c\nd', 450, 900)],
        },
        { startMs: 0, endMs: 0, speaker: null, words: [] },
      ],
      more: true,
    };
    const { document } = readText(JSON.stringify(json), 'talk.json');
    expect(faults(document)).toEqual([]);
    expect(document).toMatchObject({ model: json.model, media: { name: 'talk.mp4', durationMs: 900 } });
    expect(document.items.map((item) => item.text)).toEqual(['b', 'c d']);
  });
});

describe('which format a file is', () => {
  const cue = '00:00:01.000 --> 00:00:02.000\nOne\n';
  test.each<[string, string, ReadableFormatId]>([
    ['a.vtt', `WEBVTT\n\n${cue}`, 'vtt'],
    ['wrong.srt', `WEBVTT\n\n${cue}`, 'vtt'],
    ['wrong.vtt', cue, 'srt'],
    ['a.txt', cue, 'srt'],
    ['a.txt', 'startMs\tendMs\ttext\n1\t2\tOne\n', 'tsv'],
    ['a.csv', 'startMs,endMs,text\n1,2,--> One\n', 'csv'],
    ['a.txt', 'Just text', 'txt'],
    ['nothing', 'Just text', 'txt'],
    [
      'a.txt',
      '{"format":"sewscribe-transcript","version":1,"media":{"name":"","durationMs":0},"model":null,"segments":[]}',
      'json',
    ],
  ])('%s with %j is %s', (name, text, formatId) => {
    expect(readText(text, name).formatId).toBe(formatId);
  });
});

describe('files that cannot be read are refused in a sentence', () => {
  const cut = '{"format":"sewscribe-transcript","version":1,"media":{';
  test.each<[string, string | number[], string]>([
    ['a.srt', '', '“a.srt” is empty; choose another file.'],
    [
      'a.srt',
      'No times here',
      'No cue was found in “a.srt”; choose the file that has lines such as 00:00:01,000 --> 00:00:02,000.',
    ],
    [
      'dir/a.vtt',
      'No header',
      '“a.vtt” is no WebVTT file: it has neither its first line nor a cue; choose another file.',
    ],
    ['C:\\x\\a.txt', ' \n ', '“a.txt” holds no text; choose another file.'],
    ['a.txt', [0, 1, 2, 3, 0, 255, 4, 0, 0, 9], '“a.txt” is no text file; choose a transcript or subtitles.'],
    ['a.json', cut, '“a.json” is damaged: it is no whole JSON; export it again.'],
    [
      'a.json',
      '{"format":"sewscribe-transcript","version":2}',
      '“a.json” was written by a newer Sewscribe; update this one to read it.',
    ],
    [
      'a.json',
      '{"format":"sewscribe-transcript","version":1}',
      '“a.json” is no transcript of Sewscribe (see media); export it as JSON again.',
    ],
    [
      'a.csv',
      'one,two\n1,2\n',
      '“a.csv” does not name its columns; its first row must have startMs, endMs and text or word.',
    ],
    [
      'a.csv',
      'startMs,endMs,text\nx,y,z\n',
      '“a.csv” has no row with a time and a text; choose another file.',
    ],
  ])('%s with %j', (name, content, message) => {
    const bytes = typeof content === 'string' ? encodeText(content) : Uint8Array.from(content);
    expect(() => readTranscript(bytes, { name })).toThrow(new FormatError(message));
  });

  test.each<[string, string, string]>([
    ['a.sub', 'MicroDVD', '{1}{1}25.000\n{1}{50}One|two\n{60}{90}Three'],
    ['a.txt', 'MicroDVD', '{1}{50}One'],
    ['a.sbv', 'SubViewer (SBV)', '0:00:01.000,0:00:02.000\nOne\ntwo\n\n0:00:03.000,0:00:04.000\nThree'],
    ['a.sub', 'SubViewer (SBV)', '[INFORMATION]\n[END INFORMATION]\n00:00:01.00,00:00:02.00\nOne[br]two'],
    ['a.lrc', 'LRC', '[ti:Song]\n[ar:Somebody]\n\n[00:01.50]One two\n[00:03.50]Three'],
    ['a.lrc', 'LRC', '[00:01.50][00:21.50]One two\n[00:03.50]Three'],
    ['a.lrc', 'LRC', '[00:01.50]<00:01.50>One <00:01.80>two'],
    ['a.smi', 'SAMI', '<SAMI><BODY>\n<SYNC Start=1000><P Class=ENCC>One\n</BODY></SAMI>'],
  ])('%s of %s: %j', (name, format, text) => {
    expect(() => readText(text, name)).toThrow(
      new FormatError(`“${name}” holds ${format} subtitles; save them as SRT or WebVTT first.`),
    );
  });

  test.each([
    '{1}{50}One\nis how a frame is written\nin that format.',
    'Then it says\n0:00:01.000,0:00:02.000\nand a line below\nthe words,\nand so on,\nto its end.',
    '[ar:Somebody] is how a song\nnames its singer.',
    '[00:01.50] One\n[00:03.50] Two',
    'A file that begins with\n<SAMI>\nis none of ours.',
  ])('a text that merely holds such a line, or reads as it stands, is text: %j', (text) => {
    expect(readText(text, 'a.txt').formatId).toBe('txt');
  });

  test.each([
    [
      'quiet sound',
      (index: number) => (index % 2 === 1 ? (Math.sin(index) < 0 ? 255 : 0) : (index * 37) & 255),
    ],
    ['noise', (index: number) => (index * index * 31 + (index >> 3)) & 255],
    ['zeros', () => 0],
  ])('%s too', (_, byte) => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => byte(index));
    expect(() => readTranscript(bytes, { name: 'a.wav' })).toThrow(FormatError);
  });

  test('an encoding that nobody knows too', () => {
    expect(() => readTranscript(encodeText('x'), { name: 'a.txt', encoding: 'klingon' })).toThrow(
      new FormatError(
        '“a.txt” cannot be read as “klingon”: there is no such encoding; try windows-1252 or utf-8.',
      ),
    );
  });
});

describe('encodings (b09)', () => {
  test.each([
    ['b09_cp1250.srt', 'windows-1250', 'Příliš žluťoučký kůň'],
    ['b09_cp1251.srt', 'windows-1251', 'Привет, мир'],
    ['b09_gbk.srt', 'gb18030', '测试字幕一二三'],
    ['b09_sjis.srt', 'shift_jis', '字幕のテストです'],
    ['b09_utf16be_nobom.srt', 'utf-16be', 'café'],
    ['b09_utf16le_bom.srt', 'utf-16le', 'café'],
    ['b09_utf8_bom.srt', 'utf-8', 'café'],
  ])('%s is %s', (name, encoding, line) => {
    const read = readFixture(name);
    expect(read.encoding).toBe(encoding);
    expect(read.cues.map((cue) => cue.lines)).toEqual([[line], [`${line}.`]]);
  });

  /** Bytes of a text in an encoding that only has a decoder: what each byte or pair of bytes decodes to, turned round. */
  function encodeAs(text: string, label: string): Uint8Array {
    const table = new Map<string, number[]>();
    for (let lead = 255; lead >= 0; lead -= 1) {
      for (let trail = 255; trail >= 0x40 && lead >= 0x80; trail -= 1) {
        const pair = decode(Uint8Array.of(lead, trail), label).text;
        if ([...pair].length === 1 && pair !== '\ufffd') table.set(pair, [lead, trail]);
      }
    }
    for (let byte = 255; byte >= 0; byte -= 1) {
      const single = decode(Uint8Array.of(byte), label).text;
      if (single !== '\ufffd' && single !== '') table.set(single, [byte]);
    }
    return Uint8Array.from([...text].flatMap((character) => table.get(character) ?? [0x3f]));
  }

  test.each([
    ['windows-1250', 'Gdzie byłeś wczoraj?|Nie wiem, co się stało.'],
    ['windows-1250', 'Nem tudom, mit csináljak.|Köszönöm szépen, őszintén.'],
    ['iso-8859-2', 'Kde jsi byl včera večer?|Řekl jsem ti, že to nejde.'],
    ['windows-1252', 'Ich weiß nicht, was ich tun soll.|Schöne Grüße aus München.'],
    ['windows-1252', 'Où étiez-vous hier soir ?|Ça n’a aucune importance.'],
    ['windows-1252', '¿Dónde estabas anoche?|No sé qué pasó, señor.'],
    ['windows-1252', 'I don’t know – “really”?|It’s a café…'],
    ['windows-1254', 'Ne olduğunu bilmiyorum.|Günaydın, nasılsınız?'],
    ['windows-1251', 'Где ты был вчера вечером?|Я не знаю, что случилось.'],
    ['koi8-u', 'Где ты был вчера вечером?|Я не знаю, что случилось.'],
    ['windows-1253', 'Πού ήσουν χθες το βράδυ;|Δεν ξέρω τι έγινε.'],
    ['windows-1255', 'איפה היית אתמול בלילה?|אני לא יודע מה קרה.'],
    ['windows-1256', 'أين كنت ليلة أمس؟|لا أعرف ماذا حدث.'],
    ['big5', '你昨天晚上在哪裡？|我不知道發生了什麼事。'],
    ['gb18030', '你昨天晚上在哪里？|我不知道发生了什么事。'],
    ['euc-jp', '昨日の夜はどこにいたの？|何が起こったのか分からない。'],
    ['euc-kr', '어젯밤에 어디 있었어?|무슨 일이 일어났는지 모르겠어.'],
  ])('two short cues in %s: %s', (label, text) => {
    const [first, second] = text.split('|');
    const srt = `1\r\n${timing}\r\n${first}\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n${second}\r\n`;
    const read = readTranscript(encodeAs(srt, label), { name: 'old.srt' });
    expect([read.encoding, read.cues.map((cue) => cue.lines[0])]).toEqual([label, [first, second]]);
  });

  test('an encoding that the person chose is taken', () => {
    const bytes = encodeAs(`${timing}\nPříliš žluťoučký`, 'windows-1250');
    expect(readTranscript(bytes, { name: 'a.srt', encoding: 'windows-1251' }).cues[0].lines[0]).toMatch(
      /\p{Script=Cyrillic}/u,
    );
  });

  test.each<[string, number[], number]>([
    ['ñandú, señor, ¿qué pasó ayer? Él está aquí.', [0xc3], 1],
    ['A café in the street', [0xff], 1],
    ['A café in the street', [0xe2, 0x80], 1],
    ['Schöne Grüße', [0xff, 0x20, 0xfe], 2],
    ['Schöne Grüße', [], 0],
  ])('UTF-8 stays UTF-8 with a few damaged bytes, and that is said: %s %j', (text, damaged, letters) => {
    const bytes = Uint8Array.from([
      ...encodeText(`${timing}\n${text} `),
      ...damaged,
      ...encodeText(' again'),
    ]);
    const read = readTranscript(bytes, { name: 'a.srt' });
    expect([read.encoding, read.cues[0].lines[0].startsWith(text)]).toEqual(['utf-8', true]);
    expect(read.warnings).toEqual(
      letters > 0 ? [`Letters that could not be read stand as � (${letters}).`] : [],
    );
  });

  test.each([
    ['a café', 0xe9],
    ['it’s', 0x92],
  ])('one letter of Windows alone makes no UTF-8 of a long file: %s', (_, byte) => {
    const bytes = Uint8Array.from([...encodeText(`${timing}\n${'all plain '.repeat(500)}`), byte]);
    expect(readTranscript(bytes, { name: 'a.srt' })).toMatchObject({
      encoding: 'windows-1252',
      warnings: [],
    });
  });
});

describe('files made to take long', () => {
  const size = 100_000;
  // Each of these takes a moment where reading is linear, and minutes where it is not.
  test.each([
    '<',
    '<i',
    '<c.a',
    '{\\',
    '&',
    '&#',
    '-',
    '--> ',
    '\r',
    '\n',
    ' ',
    '0',
    '0:',
    '00:00:01,000 --> ',
    `${timing}\na\n\n`,
    '1\n',
    '"',
    '""',
    '"\t',
    '<\u2060',
    '=',
    'a: ',
    'あ',
    '。',
    '\u0301',
    '- a\n',
    '<v a>x\n',
    '<00:01.500>a ',
  ])('many of %j', (piece) => {
    const body = piece.repeat(Math.ceil(size / piece.length));
    const files: [ReadableFormatId, string][] = [
      ['srt', `${timing}\n${body}`],
      ['vtt', `WEBVTT\n\n00:01.000 --> 00:02.000\n${body}`],
      ['txt', body],
      ['csv', `startMs,endMs,text\n1,2,${body}`],
      ['tsv', body],
    ];
    for (const [formatId, text] of files) {
      try {
        readTranscript(encodeText(text), { name: 'long', formatId });
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
  });

  test('lines and words beyond what a call can take as arguments', () => {
    const lines = readText(`${timing}\n${'- a\n'.repeat(150_000)}`);
    expect(lines.document.segments).toHaveLength(150_000);
    expect(readText(`${timing}\n${'a '.repeat(150_000)}`).document.items).toHaveLength(150_000);
  });

  test('JSON nested a hundred thousand deep', () => {
    expect(() => readText(`${'['.repeat(100_000)}"sewscribe-transcript"`, 'deep.json')).toThrow(FormatError);
    expect(() =>
      readText(
        `{"format":"sewscribe-transcript","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
        'deep.json',
      ),
    ).toThrow(FormatError);
  });
});
