import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCues } from '../../transcript/captions/check.ts';
import { plainCue, type Cue } from '../../transcript/captions/cue.ts';
import { fixCue, recutCues, releaseCue, wordsToFix } from '../../transcript/captions/fixing.ts';
import { layingOutCues, layOutCues } from '../../transcript/captions/layout.ts';
import { mendCue, mendingAll } from '../../transcript/captions/mending.ts';
import { captionPresets, framesMs, presetRules } from '../../transcript/captions/presets.ts';
import { retimeAll, retimingThrough } from '../../transcript/captions/retiming.ts';
import { defaultRules, type CaptionRules } from '../../transcript/captions/rules.ts';
import { functionWords } from '../../transcript/captions/language.ts';
import { CueSections } from '../../transcript/captions/sections.ts';
import { cuttingIntoCues, type Cut } from '../../transcript/captions/segmentation.ts';
import { tokensOf } from '../../transcript/captions/tokens.ts';
import { atOnce } from '../../transcript/captions/slices.ts';
import { documentOfCues } from '../../transcript/captions/surroundings.ts';
import { timecodeMs } from '../../transcript/captions/timecode.ts';
import { countingIds } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editText } from '../../transcript/edit.ts';
import { buildDocument, type Part, type PartCue } from '../../transcript/formats/build.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperations, type Operation } from '../../transcript/operations.ts';
import { documents } from './captions.arbitraries.ts';

/** Words of one length each, without a pause unless one is asked for. */
function said(text: string, startMs: number, wordMs = 300): Part {
  const items = text.split(' ').map((word, index) => ({
    text: word,
    startMs: startMs + index * wordMs,
    endMs: startMs + (index + 1) * wordMs,
  }));
  return { speaker: null, items };
}

function fixedCue(part: number, startMs: number, endMs: number, breaksAfter: number[] = []): PartCue {
  return { firstPart: part, endPart: part + 1, startMs, endMs, breaksAfter, italic: false };
}

function documentOf(parts: Part[], cues: PartCue[] = [], durationMs = 60_000): TranscriptDocument {
  return buildDocument({ name: 'talk.mp4', durationMs }, parts, cues);
}

const faultsOf = (cues: readonly Cue[], rules: CaptionRules = defaultRules) =>
  checkCues(
    cues.map((cue, index) => plainCue(cue, index)),
    rules,
  );
const texts = (cues: readonly Cue[]) => cues.map(({ lines }) => lines.map(({ text }) => text).join(' / '));
const change = (document: TranscriptDocument, operations: Operation[]) =>
  applyOperations(document, operations).document;

describe('layout in slices', () => {
  test('after any edit, what was laid out before gives the cues of a fresh layout', () => {
    fc.assert(
      fc.property(
        documents({}),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom('', 'one', 'two words, here', '[laughs] so')), {
          minLength: 1,
          maxLength: 4,
        }),
        (document, edits) => {
          const sections = new CueSections();
          let current = document;
          atOnce(layingOutCues(current, defaultRules, { sections }));
          for (const [place, text] of edits) {
            if (current.items.length === 0) return;
            const item = current.items[place % current.items.length];
            try {
              current = editText(current, { itemIds: [item.id] }, text, {
                newId: countingIds(`e${place}`),
              }).document;
            } catch {
              continue;
            }
            expect(atOnce(layingOutCues(current, defaultRules, { sections }))).toEqual(layOutCues(current));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('hours without a pause: the same, and only the cues around an edit are decided again', () => {
    const lines = ['so it goes on and on', 'and nobody, as far as I know,', 'has ever made it stop.'];
    const long = documentOf(
      Array.from({ length: 400 }, (_, k) => said(lines[k % 3], k * 2000)),
      [],
      900_000,
    );
    const cut = (document: TranscriptDocument, before?: Cut) =>
      atOnce(cuttingIntoCues(tokensOf(document), defaultRules, functionWords('en'), Infinity, before));
    const first = cut(long);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: long.items.length - 1 }),
        fc.constantFrom('', 'one', 'two words, here', 'Full stop. And', 'incomprehensibilities'),
        (place, text) => {
          const edited = editText(long, { itemIds: [long.items[place].id] }, text, {
            newId: countingIds('e'),
          }).document;
          const [again, fresh] = [cut(edited, first), cut(edited)];
          expect(again).toEqual(fresh);
          const known = new Set(first.runs);
          const sameBefore = again.runs.filter((run) => known.has(run)).length;
          const cuesBefore = first.runs.filter(({ end }) => end <= place).length;
          expect(sameBefore).toBeGreaterThan(cuesBefore - 40);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a layout that is broken off leaves nothing wrong behind', () => {
    const document = documentOf(
      Array.from({ length: 40 }, (_, k) => said('so it goes on and on', k * 5000)),
      [],
      300_000,
    );
    const sections = new CueSections();
    const work = layingOutCues(document, defaultRules, { sections });
    for (let step = 0; step < 10; step += 1) expect(work.next().done).toBe(false);
    expect(atOnce(layingOutCues(document, defaultRules, { sections }))).toEqual(layOutCues(document));
    const narrow = { ...defaultRules, maxLineChars: 12 };
    expect(atOnce(layingOutCues(document, narrow, { sections }))).toEqual(layOutCues(document, narrow));
  });

  test('it pauses often: no step looks at more than some hundred words', () => {
    const document = documentOf(
      Array.from({ length: 500 }, (_, k) => said('so it goes on and on', k * 5000)),
      [],
      3e6,
    );
    let steps = 0;
    for (const work = layingOutCues(document, defaultRules); !work.next().done;) steps += 1;
    expect(steps).toBeGreaterThan(500);
  });

  test('the surroundings of cues, by themselves, give these cues again', () => {
    fc.assert(
      fc.property(documents({ overlap: false }), fc.nat(), (document, at) => {
        const cues = layOutCues(document);
        if (cues.length === 0 || cues.some((cue) => wordsToFix(document, cue) === null)) return;
        const from = at % cues.length;
        const some = cues.slice(from, from + 3);
        const again = layOutCues(documentOfCues(document, some));
        expect(again.flatMap(({ wordIds }) => wordIds)).toEqual(some.flatMap(({ wordIds }) => wordIds));
        expect(faults(documentOfCues(document, some))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('set by hand', () => {
  const document = documentOf([
    said('One two three, four five six seven eight nine ten.', 1000),
    said('Then more.', 9000),
  ]);
  const [cue, other] = layOutCues(document);
  const laid = (changes: ReturnType<typeof fixCue>, from = document) =>
    layOutCues(change(from, [{ type: 'changeOverrides', ...changes! }]));

  test('times, place and italics hold, and the lines stay as they are seen', () => {
    const fixed = laid(
      fixCue(document, cue, { startMs: 800, endMs: 5000, positionPercent: 10, italic: true }),
    )[0];
    expect(fixed).toMatchObject({ startMs: 800, endMs: 5000, positionPercent: 10, italic: true });
    expect(texts([fixed])).toEqual(texts([cue]));
    expect(layOutCues(document)[1]).toEqual(other);
  });

  test('a line break moves, and a cue follows its words again', () => {
    const id = cue.wordIds[3];
    const changes = fixCue(document, cue, { lineBreakAfterWordIds: [id] });
    expect(texts(laid(changes))[0]).toBe('One two three, four / five six seven eight nine ten.');
    const broken = change(document, [{ type: 'changeOverrides', ...changes! }]);
    expect(laid(releaseCue(layOutCues(broken)[0]), broken)).toEqual(layOutCues(document));
    expect(releaseCue(cue)).toBeNull();
  });

  test('null takes one setting back and leaves the others', () => {
    const both = change(document, [
      { type: 'changeOverrides', ...fixCue(document, cue, { startMs: 800, endMs: 5000, italic: true })! },
    ]);
    const less = laid(fixCue(both, layOutCues(both)[0], { endMs: null, italic: false }), both)[0];
    expect(less).toMatchObject({ startMs: 800, endMs: cue.endMs });
    expect(less.italic).toBeUndefined();
  });

  test('cues are split, joined, and a word goes over the boundary', () => {
    const split = laid(recutCues(document, [cue], [cue.wordIds[3]]));
    expect(texts(split)).toEqual(['One two three,', 'four five six seven eight nine ten.', 'Then more.']);
    const pair = recutCues(document, [cue, other], []);
    expect(texts(laid(pair))).toEqual(['One two three, four five six / seven eight nine ten. Then more.']);
    const moved = laid(recutCues(document, [cue, other], [other.wordIds[1]]));
    expect(texts(moved)[1]).toBe('more.');
  });

  test('where two speak at once nothing is set that would take in words of another cue', () => {
    const both = buildDocument({ name: 'a', durationMs: 60_000 }, [
      { ...said('a b c d e f g h i j k l m n o p q r s t', 0, 500), speaker: 'Ann' },
      { ...said('1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19', 250, 500), speaker: 'Ben' },
    ]);
    const cues = layOutCues(both);
    expect(cues.length).toBeGreaterThan(1);
    expect(cues.map((each) => fixCue(both, each, { endMs: 50_000 }))).toContain(null);
  });

  test('any fix is a sound document', () => {
    fc.assert(
      fc.property(documents({}), fc.nat(), fc.nat(60_000), fc.nat(9000), (any, at, startMs, lengthMs) => {
        const cues = layOutCues(any);
        if (cues.length === 0) return;
        const endMs = Math.min(any.media.durationMs, startMs + lengthMs + 1);
        if (startMs >= endMs) return;
        const changes = fixCue(any, cues[at % cues.length], { startMs, endMs });
        if (changes === null) return;
        expect(faults(change(any, [{ type: 'changeOverrides', ...changes }]))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('mending', () => {
  const mend = (document: TranscriptDocument, place: number, rules = defaultRules) => {
    const found = mendCue(document, layOutCues(document, rules), place, rules);
    const cues =
      found && layOutCues(change(document, [{ type: 'changeOverrides', ...found.changes }]), rules);
    return found && { kind: found.kind, cues: cues!, faults: faultsOf(cues!, rules) };
  };

  test.each<[string, string, TranscriptDocument, number, string[]]>([
    [
      'a gap that is too small: ends sooner',
      'endsSooner',
      documentOf(
        [said('At springs.', 1000), said('At neaps.', 4000)],
        [fixedCue(0, 1000, 3980), fixedCue(1, 4000, 6000)],
      ),
      0,
      ['At springs.', 'At neaps.'],
    ],
    [
      'too long on the screen: ends sooner',
      'endsSooner',
      documentOf([said('At springs.', 1000)], [fixedCue(0, 1000, 9000)]),
      0,
      ['At springs.'],
    ],
    [
      'too short: stays longer',
      'staysLonger',
      documentOf([said('At springs.', 1000)], [fixedCue(0, 1000, 1400)]),
      0,
      ['At springs.'],
    ],
    [
      'too short with no room behind: starts sooner',
      'startsSooner',
      documentOf(
        [said('At springs.', 2000), said('And so on.', 2600)],
        [fixedCue(0, 2000, 2500), fixedCue(1, 2600, 5000)],
      ),
      0,
      ['At springs.', 'And so on.'],
    ],
    [
      'no room at all: joined with its neighbour',
      'joinsNext',
      documentOf(
        [said('So, one.', 1000), said('Two.', 2000, 200), said('Three and four.', 2300)],
        [fixedCue(0, 500, 1900), fixedCue(1, 2000, 2200), fixedCue(2, 2290, 4000)],
      ),
      1,
      ['So, one.', 'Two. Three and four.'],
    ],
    [
      'a line that is too long: broken anew',
      'breaksAnew',
      documentOf(
        [said('when somebody hands me a new stretch of coast to look at', 1000)],
        [fixedCue(0, 1000, 6000)],
      ),
      0,
      ['when somebody hands me a new stretch / of coast to look at'],
    ],
  ])('%s', (_, kind, document, place, after) => {
    expect(faultsOf(layOutCues(document)).some(({ cue }) => cue === place)).toBe(true);
    const mended = mend(document, place);
    expect(mended?.kind).toBe(kind);
    expect(texts(mended!.cues)).toEqual(after);
    expect(mended?.faults).toEqual([]);
  });

  test('what is too much for two lines is split', () => {
    const words =
      'and it is still the first thing I work out when somebody hands me a new stretch of coast to look at again';
    const document = documentOf([said(words, 1000, 400)], [fixedCue(0, 1000, 12_000)]);
    const mended = mend(document, 0)!;
    expect(mended.cues.length).toBeGreaterThan(1);
    expect(mended.faults.length).toBeLessThan(faultsOf(layOutCues(document)).length);
  });

  test('what nothing makes better stays as it is', () => {
    const hopeless = documentOf([said('x'.repeat(60), 1000, 500)]);
    expect(faultsOf(layOutCues(hopeless))).not.toEqual([]);
    expect(mend(hopeless, 0)).toBeNull();
  });

  test('all at once: fewer faults, the same words, and one change that is undone whole', () => {
    fc.assert(
      fc.property(documents({ overlap: false, speakers: [null] }), (document) => {
        const tight = { ...defaultRules, maxLineChars: 24, maxCharsPerSecond: 14 };
        const cues = layOutCues(document, tight);
        const { changes, mended } = atOnce(mendingAll(document, cues, tight));
        const { document: after, inverse } = applyOperations(document, [
          { type: 'changeOverrides', ...changes },
        ]);
        const cuesAfter = layOutCues(after, tight);
        expect(faults(after)).toEqual([]);
        expect(cuesAfter.flatMap(({ wordIds }) => wordIds)).toEqual(cues.flatMap(({ wordIds }) => wordIds));
        const [many, few] = [faultsOf(cues, tight).length, faultsOf(cuesAfter, tight).length];
        if (mended > 0) expect(few).toBeLessThan(many);
        expect(applyOperations(after, inverse).document.overrides).toEqual(document.overrides);
      }),
      { numRuns: 60 },
    );
  });
});

describe('shift and stretch', () => {
  const document = documentOf(
    [said('At springs it is so.', 1000), said('At neaps.', 4000)],
    [fixedCue(0, 900, 3000), fixedCue(1, 4000, 6000)],
  );

  test('words and what was set by hand move together', () => {
    const operations = retimeAll(document, { scale: 1, offsetMs: 2500 })!;
    const moved = change(document, operations);
    const times = ({ items }: TranscriptDocument) =>
      items.map((item) => (item.kind === 'word' ? [item.startMs, item.endMs] : []));
    expect(times(moved)).toEqual(times(document).map((pair) => pair.map((ms) => ms + 2500)));
    expect(layOutCues(moved).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [3400, 5500],
      [6500, 8500],
    ]);
  });

  test('two known times give the line through them', () => {
    const retiming = retimingThrough({ fromMs: 1000, toMs: 2000 }, { fromMs: 11_000, toMs: 12_500 });
    expect(retiming.scale).toBeCloseTo(1.05, 10);
    const moved = change(document, retimeAll(document, retiming)!);
    expect(moved.items[0]).toMatchObject({ startMs: 2000 });
  });

  test.each([-2000, 58_000])('what would leave the recording is refused: %i ms', (offsetMs) => {
    expect(retimeAll(document, { scale: 1, offsetMs })).toBeNull();
  });

  test('any document stays sound', () => {
    fc.assert(
      fc.property(
        documents({}),
        fc.double({ min: 0.25, max: 2, noNaN: true }),
        fc.integer({ min: -500, max: 5000 }),
        (any, scale, offsetMs) => {
          const roomy = { ...any, media: { ...any.media, durationMs: any.media.durationMs * 3 + 20_000 } };
          const operations = retimeAll(roomy, { scale, offsetMs });
          if (operations === null) return;
          expect(faults(change(roomy, operations))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('numbers of the trade', () => {
  test.each<[string, number | null, number | undefined]>([
    ['00:00:00:00', 25, 0],
    ['01:00:00:00', 25, 3_600_000],
    ['01:00:00:00', 24000 / 1001, 3_603_600],
    ['01:00:00;00', 30000 / 1001, 3_599_996],
    ['00:01:00;02', 30000 / 1001, 60_060],
    ['10:00:00:12', 24, 36_000_500],
    ['00:00:01:05', null, 1200],
    ['00:00:00:25', 25, undefined],
    ['00:61:00:00', 25, undefined],
    ['1 hour', 25, undefined],
  ])('time code %s at %f', (text, frameRate, ms) => {
    expect(timecodeMs(text, frameRate)).toBe(ms);
  });

  test('presets are rules, gaps count in frames of the film', () => {
    expect(presetRules('sewscribe', 24)).toEqual(defaultRules);
    expect(presetRules('netflix', 25).minGapMs).toBe(80);
    expect(framesMs(2, 24)).toBe(83);
    for (const preset of captionPresets) {
      const rules = presetRules(preset, 24);
      expect(rules.minDurationMs).toBeLessThan(rules.maxDurationMs);
    }
  });
});
