import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countCharacters, displayWidth } from '../../transcript/captions/characters.ts';
import type { Cue } from '../../transcript/captions/cue.ts';
import { joinWords, splitWords } from '../../transcript/captions/joining.ts';
import { layOutCues, wordCues } from '../../transcript/captions/layout.ts';
import {
  captionRules,
  defaultRules,
  longestPauseMs,
  tailMs,
  type CaptionRules,
} from '../../transcript/captions/rules.ts';
import type { CueOverride, TranscriptDocument } from '../../transcript/document.ts';
import { buildDocument, spreadWords, type Part } from '../../transcript/formats/build.ts';
import { anyWord, documents } from './captions.arbitraries.ts';

/** A part whose words are spread over its time by their letters. */
function said(text: string, startMs: number, endMs: number, speaker: string | null = null): Part {
  return { speaker, items: spreadWords(text.split(' '), startMs, endMs) };
}

function documentOf(...parts: Part[]): TranscriptDocument {
  return buildDocument({ name: 'talk.wav', durationMs: 60_000 }, parts);
}

function shown(cues: Cue[]): string[][] {
  return cues.map((cue) => cue.lines.map((line) => line.text));
}

function times(cues: Cue[]): number[][] {
  return cues.map(({ startMs, endMs }) => [startMs, endMs]);
}

describe('changes of the picture', () => {
  // Ten words 400 ms apart, which fit one cue.
  const counted = documentOf({
    speaker: null,
    items: 'one two three four five six seven eight nine ten'
      .split(' ')
      .map((text, place) => ({ text, startMs: 400 * place, endMs: 400 * place + 350 })),
  });
  const cuesWith = (shotsMs?: number[]) => shown(layOutCues(counted, defaultRules, { shotsMs }));

  test.each<[string, number[], number]>([
    ['between two words', [1975], 5],
    ['in the first half of a word, before it', [2100], 5],
    ['in the second half, behind it', [2300], 6],
  ])('a cue ends there: %s', (_, shotsMs, words) => {
    const [first, ...rest] = cuesWith(shotsMs);
    expect(first.join(' ').split(' ').length).toBe(words);
    expect(rest.length).toBe(1);
  });

  test('before all words, behind them and where there are none, nothing changes', () => {
    expect(cuesWith([0, 9000, 50_000])).toEqual(cuesWith());
    expect(cuesWith().length).toBe(1);
  });

  test('an article stays with its noun all the same', () => {
    const document = documentOf(said('we waited for the boat at the pier all day', 0, 4000));
    const cuts = Array.from({ length: 40 }, (_, k) =>
      layOutCues(document, defaultRules, { shotsMs: [100 * k] }),
    );
    for (const cue of cuts.flatMap(shown)) expect(cue.join(' ')).not.toMatch(/\bthe$/);
  });
});

describe('where lines and cues break', () => {
  test.each<[string, string, string[][]]>([
    ['a line that fits stays one', 'At springs.', [['At springs.']]],
    [
      'after punctuation, before a conjunction',
      'moves back and forth every fortnight, and the pycnocline moves with it.',
      [['moves back and forth every fortnight,', 'and the pycnocline moves with it.']],
    ],
    [
      'at the end of a sentence before all else',
      'The mixing drops to an eighth at neaps. So the front moves back and forth every fortnight.',
      [
        ['The mixing drops to an eighth at neaps.'],
        ['So the front moves back', 'and forth every fortnight.'],
      ],
    ],
    [
      'not between an article and its noun',
      'You can see clearly on the slide that the shear is steep',
      [['You can see clearly on the slide', 'that the shear is steep']],
    ],
    [
      'not after a title or inside a name',
      'and that was the last thing that anybody heard from Dr. Vale in June',
      [['and that was the last thing', 'that anybody heard from Dr. Vale in June']],
    ],
    [
      'a word that is longer than a line has its own',
      `a ${'x'.repeat(50)} b`,
      [['a', 'x'.repeat(50)], ['b']],
    ],
  ])('%s', (_, text, expected) => {
    expect(shown(layOutCues(documentOf(said(text, 0, text.length * 65))))).toEqual(expected);
  });

  test('an article never ends a line or a cue where another break fits', () => {
    const nouns = ['front', 'shelf', 'current', 'slide', 'river', 'bed'];
    const phrase = fc.tuple(
      fc.constantFrom('the', 'a', 'an', 'my'),
      fc.constantFrom(...nouns),
      fc.constantFrom('moves', 'and', 'of', 'with', 'slowly'),
    );
    fc.assert(
      fc.property(fc.array(phrase, { minLength: 5, maxLength: 40 }), (phrases) => {
        const text = phrases.flat().join(' ');
        for (const line of layOutCues(documentOf(said(text, 0, text.length * 65))).flatMap(
          (cue) => cue.lines,
        )) {
          expect(line.text).not.toMatch(/\b(the|a|an|my)$/);
        }
      }),
    );
  });

  test('German text breaks by German words', () => {
    const text = 'Wir haben gestern lange über die alte Brücke und den neuen Hafen gesprochen';
    const document = { ...documentOf(said(text, 0, text.length * 65)), languages: ['de-DE'] };
    for (const line of shown(layOutCues(document)).flat()) expect(line).not.toMatch(/ (die|den|und|über)$/);
  });

  test('where rules allow more lines or fewer', () => {
    const text =
      'So the front moves back and forth every fortnight, and the pycnocline moves with it, as we saw.';
    const document = documentOf(said(text, 0, text.length * 60));
    const narrow = layOutCues(document, captionRules.parse({ maxLineChars: 20, maxLines: 3 }));
    expect(Math.max(...narrow.map((cue) => cue.lines.length))).toBe(3);
    for (const line of shown(narrow).flat()) expect(line.length).toBeLessThanOrEqual(20);
    const single = layOutCues(document, captionRules.parse({ maxLines: 1 }));
    for (const cue of single) expect(cue.lines).toHaveLength(1);
  });
});

describe('Chinese and Japanese (c05)', () => {
  const japanese = [
    ...'今日は天気がいいので散歩に行きましょうと彼は言ったが、',
    'OK',
    ...'。私はまだ眠かったので家にいることにしました。「本当」',
  ];

  test.each<[string[], string]>([
    [['今', '日', 'は', 'OK', '。'], '今日は OK。'],
    [['中文', 'and', '中文'], '中文 and 中文'],
    [['「', 'は', '」', 'と'], '「は」と'],
    [['2024', '年', '3', '月'], '2024年3月'],
    [['한국어', '자막'], '한국어 자막'],
    [['Hello', ',', 'you', '!'], 'Hello, you!'],
    [['(', 'softly', ')', '–', 'yes'], '(softly) – yes'],
    [['', 'a', '', 'b'], 'a b'],
  ])('%j is written %s', (words, text) => {
    expect(joinWords(words)).toBe(text);
  });

  test.each([
    ['今日は OK。', ['今', '日', 'は', 'OK。']],
    ['「本当」と', ['「本', '当」', 'と']],
    ['Bonjour !  Ça va', ['Bonjour !', 'Ça', 'va']],
    ['你好 世界', ['你', '好 世', '界']],
    ['\u3000そう', ['\u3000そ', 'う']],
    ['\u00a0', []],
  ])('%j is split into words that join again', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test('no spaces, lines not over their width, no line begins with a full stop', () => {
    const cues = layOutCues(documentOf({ speaker: null, items: spreadWords(japanese, 0, 14_000) }));
    const lines = shown(cues).flat();
    expect(lines.join('')).toBe(
      '今日は天気がいいので散歩に行きましょうと彼は言ったが、OK。私はまだ眠かったので家にいることにしました。「本当」',
    );
    for (const line of lines) {
      expect(displayWidth(line)).toBeLessThanOrEqual(42);
      expect(line).not.toMatch(/^[。、」ーっゃ]/);
      expect(line).not.toMatch(/「$/);
    }
  });

  test('a full stop is never first, whatever surrounds it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('今', 'は', '。', '、', 'テスト', 'OK'), { minLength: 1, maxLength: 120 }),
        (words) => {
          const cues = layOutCues(
            documentOf({ speaker: null, items: spreadWords(words, 0, words.length * 180) }),
          );
          const first = words.findIndex((word) => !/[。、]/.test(word));
          if (first < 0) return;
          const lines = shown(cues).flat();
          const runs = lines.filter((line, index) => index > 0 && /^[。、]/.test(line));
          // Only a row of stops that is itself wider than a line must break before one.
          if (!/[。、]{12,}/.test(words.join(''))) expect(runs).toEqual([]);
        },
      ),
    );
  });

  test.each([
    ['e\u0301', 1, 1],
    ['👩‍👩‍👧‍👦', 1, 2],
    ['今日', 2, 4],
    ['ｱ', 1, 1],
    ['한', 1, 2],
  ])('%s is %i characters, %i wide', (text, characters, width) => {
    expect([countCharacters(text), displayWidth(text)]).toEqual([characters, width]);
  });
});

describe('when cues are shown', () => {
  test('a cue ends a short tail after its last word, and none spans a long pause (c01)', () => {
    const cues = layOutCues(
      documentOf(said('Hello there my old friend.', 0, 2000), said('Six seconds later.', 8000, 9500)),
    );
    expect(times(cues)).toEqual([
      [0, 2000 + tailMs],
      [8000, 9500 + tailMs],
    ]);
  });

  test('a pause inside a sentence ends the cue too', () => {
    const [first, second] = layOutCues(
      documentOf(said('and then the', 0, 1200), said('end', 1200 + longestPauseMs, 4000)),
    );
    expect(first.endMs).toBe(1700);
    expect(second.startMs).toBe(2700);
  });

  test('a short cue stays for the shortest time, a dense one until it can be read, where there is room', () => {
    expect(times(layOutCues(documentOf(said('Yes.', 5000, 5200))))).toEqual([[5000, 5833]]);
    const dense = 'moves back and forth every fortnight, and the pycnocline moves with it.';
    expect(times(layOutCues(documentOf(said(dense, 0, 1000))))).toEqual([[0, 3500]]);
  });

  test('two frames stay between cues that follow at once', () => {
    const text = 'So the question I left you with last week was a simple one: where does the energy go? '
      .repeat(6)
      .trim();
    const cues = layOutCues(documentOf(said(text, 0, text.length * 65)));
    expect(cues.length).toBeGreaterThan(4);
    cues.slice(1).forEach((cue, index) => expect(cue.startMs - cues[index].endMs).toBe(83));
  });

  test('no cue passes the end of the media, a word of half a minute not the longest time', () => {
    const document = buildDocument({ name: 'a.wav', durationMs: 1100 }, [said('One two', 0, 1000)]);
    expect(times(layOutCues(document))).toEqual([[0, 1100]]);
    expect(times(layOutCues(documentOf(said('Ooooh', 0, 30_000))))).toEqual([[0, 7000]]);
  });
});

describe('speakers', () => {
  test('two who speak at once share a cue, one dashed line each', () => {
    const cues = layOutCues(
      documentOf(
        said('So what I wanted to say is that', 0, 2500, 'Ann'),
        said('Yes, exactly, right.', 1000, 2200, 'Bo'),
        said('the front moves back and forth.', 2500, 4500, 'Ann'),
      ),
    );
    expect(shown(cues)).toEqual([
      ['- So what I wanted to say is that', '- Yes, exactly, right.'],
      ['the front moves back and forth.'],
    ]);
    expect(cues[0].lines.map((line) => line.speakerId)).toEqual(['p1', 'p2']);
  });

  test('a change of speaker ends the cue where both have time to be read', () => {
    const cues = layOutCues(
      documentOf(
        said('Is that at springs or at neaps?', 0, 2000, 'Tom'),
        said('It is at springs, of course.', 2400, 4200, 'Ines'),
      ),
    );
    expect(shown(cues)).toEqual([['Is that at springs or at neaps?'], ['It is at springs, of course.']]);
  });

  test('an exchange too quick for cues of their own is shown together', () => {
    const cues = layOutCues(
      documentOf(
        said('Is it?', 0, 300, 'Ann'),
        said('Yes.', 350, 600, 'Bo'),
        said('So we go on with the lecture.', 900, 3000, 'Ann'),
      ),
    );
    expect(shown(cues)[0]).toEqual(['- Is it?', '- Yes.']);
  });

  test('their names stand where they change, and count in the width of the line', () => {
    const document = documentOf(
      said('Sorry, is that at springs or at neaps?', 0, 2600, 'Tom Adeyemi'),
      said('At springs.', 3100, 4000, 'Ines Vale'),
      said('At neaps the current drops by half,', 5700, 7500, 'Ines Vale'),
    );
    expect(shown(layOutCues(document, defaultRules, { speakerNames: true }))).toEqual([
      ['TOM ADEYEMI: Sorry,', 'is that at springs or at neaps?'],
      ['INES VALE: At springs.'],
      ['At neaps the current drops by half,'],
    ]);
  });

  test('one line only: they follow each other', () => {
    const document = documentOf(said('one two three', 0, 1500, 'Ann'), said('four five six', 0, 1500, 'Bo'));
    const cues = layOutCues(document, captionRules.parse({ maxLines: 1 }));
    expect(cues.every((cue) => cue.lines.length === 1)).toBe(true);
    expectSound(cues, document);
  });
});

describe('notes', () => {
  test('stand with the word before them, or after where their segment begins', () => {
    const first = said('That is so good.', 0, 2000);
    const second = said('And now?', 9000, 10_000);
    first.items.push({ note: '[laughs]' });
    second.items.unshift({ note: '(door)' });
    const document = documentOf(first, second);
    expect(shown(layOutCues(document))).toEqual([['That is so good. [laughs]'], ['(door) And now?']]);
    expect(wordCues(document).map((cue) => cue.lines[0].text)).toEqual([
      'That',
      'is',
      'so',
      'good. [laughs]',
      '(door) And',
      'now?',
    ]);
  });

  test('a document of notes alone has no cues, an empty one neither', () => {
    expect(layOutCues(documentOf({ speaker: null, items: [{ note: '[music]' }] }))).toEqual([]);
    expect(layOutCues(documentOf())).toEqual([]);
    expect(wordCues(documentOf())).toEqual([]);
  });
});

describe('cues fixed by hand', () => {
  const text = 'So the question I left you with last week was a simple one: where does the energy go?';
  const document = documentOf(said(text, 1000, 7000));
  const word = (place: number) => document.items[place].id;
  const withOverride = (override: Partial<CueOverride>, from = 5, to = 9) => ({
    ...document,
    overrides: [{ id: 'fix', firstWordId: word(from), lastWordId: word(to), ...override }],
  });
  const fixed = (cues: Cue[]) => cues.find((cue) => cue.overrideId === 'fix')!;

  test('hold exactly their words, and what was fixed', () => {
    const cues = layOutCues(withOverride({ italic: true, positionPercent: 10 }));
    expect(fixed(cues)).toMatchObject({ italic: true, positionPercent: 10 });
    expect(fixed(cues).wordIds).toEqual([5, 6, 7, 8, 9].map(word));
    expectSound(cues, document);
  });

  test('break their lines after the words that were chosen', () => {
    const cues = layOutCues(withOverride({ lineBreakAfterWordIds: [word(5), word(7)] }));
    expect(fixed(cues).lines.map((line) => line.text)).toEqual(['you', 'with last', 'week was']);
    expect(fixed(layOutCues(withOverride({ lineBreakAfterWordIds: [] }, 0, 17))).lines).toHaveLength(1);
    expect(fixed(layOutCues(withOverride({}, 0, 17))).lines.every((line) => line.text.length <= 42)).toBe(
      true,
    );
  });

  test('keep their times; neighbours make room and keep the gap', () => {
    const natural = fixed(layOutCues(withOverride({})));
    for (const [startMs, endMs] of [
      [natural.startMs - 300, natural.endMs + 300],
      [natural.startMs + 200, natural.endMs - 200],
      [natural.startMs - 300, undefined],
      [undefined, natural.endMs + 300],
    ]) {
      const cues = layOutCues(withOverride({ startMs, endMs }));
      expect(fixed(cues).startMs).toBe(startMs ?? natural.startMs);
      if (endMs !== undefined) expect(fixed(cues).endMs).toBe(endMs);
      expectSound(cues, document);
      cues
        .slice(1)
        .forEach((cue, index) => expect(cue.startMs - cues[index].endMs).toBeGreaterThanOrEqual(83));
    }
  });

  test('an end far behind the next words gives way to them', () => {
    const cues = layOutCues(withOverride({ endMs: 50_000 }));
    expectSound(cues, document);
    expect(fixed(cues).endMs).toBeLessThan(7000);
  });

  test.each<[string, Partial<CueOverride>]>([
    ['words that are gone', { firstWordId: 'gone' }],
    ['words in the wrong order', { firstWordId: word(9), lastWordId: word(5) }],
  ])('with %s are left aside', (_, override) => {
    expect(layOutCues(withOverride(override))).toEqual(layOutCues(document));
  });
});

/** What holds for all cues of all documents. */
function expectSound(cues: Cue[], document: TranscriptDocument) {
  const words = document.items.filter((item) => item.kind === 'word');
  expect(cues.flatMap((cue) => cue.wordIds).sort()).toEqual(words.map((word) => word.id).sort());
  cues.forEach((cue, index) => {
    expect(cue.endMs).toBeGreaterThan(cue.startMs);
    if (index > 0) expect(cue.startMs).toBeGreaterThanOrEqual(cues[index - 1].endMs);
    expect(cue.lines.length).toBeGreaterThan(0);
    expect(cue.wordIds).toEqual(cue.lines.flatMap((line) => line.words.map((word) => word.id)));
    for (const line of cue.lines) {
      for (const word of line.words) expect(line.text.startsWith(word.text, word.offset)).toBe(true);
    }
  });
}

/** No cue lingers, and two frames are kept wherever they leave more than they take. */
function expectTimed(cues: Cue[], document: TranscriptDocument, rules: CaptionRules) {
  cues.forEach((cue, index) => {
    const words = cue.lines.flatMap((line) => line.words);
    const width = cue.lines.reduce((sum, line) => sum + displayWidth(line.text), 0);
    const readMs = Math.ceil((width / rules.maxCharsPerSecond) * 1000);
    const lingers = cue.startMs + Math.max(rules.minDurationMs, readMs);
    // A note is not heard, so nothing says when it ends.
    const noted = document.items.some((item) => item.kind === 'note');
    const heardMs = words.reduce((end, word) => Math.max(end, word.endMs), noted ? Infinity : 0);
    expect(cue.endMs).toBeLessThanOrEqual(Math.max(heardMs + tailMs, lingers));
    expect(cue.endMs).toBeLessThanOrEqual(document.media.durationMs);
    const next = cues.at(index + 1);
    if (next !== undefined && next.startMs - cue.startMs >= 2 * rules.minGapMs) {
      expect(next.startMs - cue.endMs).toBeGreaterThanOrEqual(rules.minGapMs);
    }
  });
}

describe('any document', () => {
  const anyRules = fc
    .record({
      maxLineChars: fc.integer({ min: 1, max: 60 }),
      maxLines: fc.integer({ min: 1, max: 4 }),
      maxCharsPerSecond: fc.integer({ min: 1, max: 40 }),
    })
    .map((rules) => captionRules.parse(rules));

  test('has each word in one cue, cues in order and apart, lines within their limits', () => {
    fc.assert(
      fc.property(
        fc.oneof(documents(), documents({ notes: false })),
        fc.oneof(fc.constant(defaultRules), anyRules),
        (document, rules) => {
          const cues = layOutCues(document, rules);
          expectSound(cues, document);
          for (const cue of cues) {
            expect(cue.lines.length).toBeLessThanOrEqual(rules.maxLines);
            expect(cue.endMs - cue.startMs).toBeLessThanOrEqual(rules.maxDurationMs);
            for (const { text } of cue.lines) {
              const single = document.items.some((item) => text === item.text || text === `- ${item.text}`);
              if (displayWidth(text) > rules.maxLineChars) expect(single).toBe(true);
            }
          }
          expectTimed(cues, document, rules);
          expect(layOutCues(structuredClone(document), rules)).toEqual(cues);
        },
      ),
      { numRuns: 250 },
    );
  });

  test('keeps this with cues fixed by hand at random', () => {
    const fix = fc.record({
      from: fc.nat(60),
      length: fc.nat(12),
      startMs: fc.option(fc.nat(20_000), { nil: undefined }),
      lastsMs: fc.option(fc.nat(9000), { nil: undefined }),
    });
    fc.assert(
      fc.property(documents(), fc.array(fix, { maxLength: 5 }), (document, fixes) => {
        const words = document.items.filter((item) => item.kind === 'word');
        const overrides = fixes.map(({ from, length, startMs, lastsMs }, index): CueOverride => {
          const first = words[from % words.length];
          const last = words[Math.min(words.length - 1, (from % words.length) + length)];
          return {
            id: `o${index}`,
            firstWordId: first.id,
            lastWordId: last.id,
            startMs,
            endMs: lastsMs === undefined ? undefined : (startMs ?? first.startMs) + lastsMs,
          };
        });
        expectSound(layOutCues({ ...document, overrides }), document);
      }),
      { numRuns: 250 },
    );
  });

  test('gives one cue a word, where asked for', () => {
    fc.assert(
      fc.property(documents(), (document) => {
        const cues = wordCues(document);
        expectSound(cues, document);
        expect(cues.every((cue) => cue.wordIds.length === 1)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  test('is laid out in one pass over its length', () => {
    const words = fc.sample(anyWord, { numRuns: 200, seed: 7 });
    const many = Array.from({ length: 80_000 }, (_, index) => words[index % words.length].trim() || 'x');
    const document = documentOf({ speaker: null, items: spreadWords(many, 0, many.length * 300) });
    const cues = layOutCues(document);
    expect(cues.reduce((sum, cue) => sum + cue.wordIds.length, 0)).toBe(80_000);
  });
});
