import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkCues } from '../../transcript/captions/check.ts';
import { plainCue, type PlainCue } from '../../transcript/captions/cue.ts';
import { layOutCues } from '../../transcript/captions/layout.ts';
import { captionRules, defaultRules } from '../../transcript/captions/rules.ts';
import { encodeText, readTranscript } from '../../transcript/formats/index.ts';
import { documents } from './captions.arbitraries.ts';

test('the rules are those of the contract', () => {
  expect(defaultRules).toEqual({
    maxLineChars: 42,
    maxLines: 2,
    minDurationMs: 833,
    maxDurationMs: 7000,
    maxCharsPerSecond: 20,
    minGapMs: 83,
  });
  expect(captionRules.safeParse({ maxLines: 0 }).success).toBe(false);
});

function cue(startMs: number, endMs: number, ...lines: string[]): PlainCue {
  return { startMs, endMs, lines };
}

const line42 = 'x'.repeat(42);

test.each<[string, PlainCue[], ReturnType<typeof checkCues>]>([
  ['nothing', [], []],
  ['a cue within all limits', [cue(0, 4200, line42, line42)], []],
  ['limits that are just reached', [cue(0, 833, 'x'.repeat(16)), cue(916, 7916, 'One')], []],
  [
    'a long line, counted as viewers see it',
    [cue(0, 5000, `${line42}👩‍👩‍👧‍👦`), cue(6000, 11_000, 'e\u0301'.repeat(42))],
    [{ cue: 1, rule: 'line-chars', value: 43, limit: 42 }],
  ],
  ['three lines', [cue(0, 2000, 'a', 'b', 'c')], [{ cue: 1, rule: 'lines', value: 3, limit: 2 }]],
  ['too fast to read', [cue(0, 1800, line42, 'x')], [{ cue: 1, rule: 'cps', value: 23.89, limit: 20 }]],
  ['too short', [cue(0, 832, 'x')], [{ cue: 1, rule: 'min-duration', value: 832, limit: 833 }]],
  ['too long', [cue(0, 7001, 'x')], [{ cue: 1, rule: 'max-duration', value: 7001, limit: 7000 }]],
  ['a small gap', [cue(0, 1000, 'x'), cue(1020, 2020, 'y')], [{ cue: 1, rule: 'gap', value: 20, limit: 83 }]],
  ['no gap', [cue(0, 1000, 'x'), cue(1000, 2000, 'y')], [{ cue: 1, rule: 'gap', value: 0, limit: 83 }]],
  [
    'an overlap',
    [cue(0, 1000, 'x'), cue(900, 2000, 'y')],
    [{ cue: 1, rule: 'overlap', value: 100, limit: 0 }],
  ],
  [
    'cues out of order, by their places in the file: the next one is the next in time',
    [cue(5000, 6000, 'x'), cue(1000, 2000, 'y'), cue(1950, 3000, 'z')],
    [{ cue: 2, rule: 'overlap', value: 50, limit: 0 }],
  ],
  [
    'a cue of no length, by its number in the file',
    [{ ...cue(5, 5, 'xy'), number: 12 }],
    [
      { cue: 12, rule: 'cps', value: 2000, limit: 20 },
      { cue: 12, rule: 'min-duration', value: 0, limit: 833 },
    ],
  ],
])('%s', (_, cues, faults) => {
  expect(checkCues(cues, defaultRules)).toEqual(faults);
});

test('tags are not counted, escapes count as what they show', () => {
  const text = `1\n00:00:01,000 --> 00:00:04,000\n<i>${'&amp;'.repeat(42)}</i>\n`;
  expect(checkCues(readTranscript(encodeText(text), { name: 'a.srt' }).cues, defaultRules)).toEqual([]);
});

test('what the layout makes breaks only the rules that speech leaves no room for', () => {
  fc.assert(
    fc.property(documents({ overlap: false, notes: false }), (document) => {
      const cues = layOutCues(document);
      const faults = checkCues(
        cues.map((each, index) => plainCue(each, index + 1)),
        defaultRules,
      );
      for (const { cue: number, rule } of faults) {
        const [fault, next] = [cues[number - 1], cues.at(number)];
        const single = fault.lines.some((line) => line.words.length === 1);
        if (rule === 'line-chars') expect(single).toBe(true);
        else {
          // Too fast or too short only where the next cue, or the end, comes at once.
          expect(['cps', 'min-duration', 'gap']).toContain(rule);
          const room = (next?.startMs ?? document.media.durationMs + 83) - fault.endMs;
          expect(room <= 83 || fault.endMs - fault.startMs === defaultRules.maxDurationMs).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});
