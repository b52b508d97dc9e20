import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editCue, itemsOfCue, linesText } from '../../renderer/captions/cueText.ts';
import {
  charactersPerSecond,
  cueAt,
  keyOf,
  makingView,
  nextPlace,
  ruleCounts,
} from '../../renderer/captions/cueView.ts';
import { inSlices } from '../../renderer/captions/inSlices.ts';
import { formatEntries } from '../../renderer/export/exportFormats.ts';
import { beginningOf, previewOf } from '../../renderer/export/preview.ts';
import { checkCues } from '../../transcript/captions/check.ts';
import { plainCue } from '../../transcript/captions/cue.ts';
import { layOutCues } from '../../transcript/captions/layout.ts';
import { defaultRules } from '../../transcript/captions/rules.ts';
import { CueSections } from '../../transcript/captions/sections.ts';
import { atOnce, type Sliced } from '../../transcript/captions/slices.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { buildDocument, type Part } from '../../transcript/formats/build.ts';
import { encodeText, formats, readTranscript, writeTranscript } from '../../transcript/formats/index.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';

function said(text: string, startMs: number, speaker: string | null = null, wordMs = 300): Part {
  const items = text.split(' ').map((word, k) => ({
    text: word,
    startMs: startMs + k * wordMs,
    endMs: startMs + (k + 1) * wordMs - 20,
  }));
  return { speaker, items };
}

const documentOf = (...parts: Part[]): TranscriptDocument =>
  buildDocument({ name: 'talk.mp4', durationMs: 1_800_000 }, parts);

const talk = documentOf(
  said('At springs, and at neaps the current drops by half, so the front moves.', 1000),
  said('Then more of it is said, and more.', 12_000),
);

describe('a cue as it is edited', () => {
  const [cue] = layOutCues(talk);
  const edited = (text: string) => {
    const edit = editCue(talk, cue, text);
    return edit && applyOperations(talk, edit.operations).document;
  };
  const words = (document: TranscriptDocument) => document.items.map((item) => item.text).join(' ');

  test('the same text is no change', () => {
    expect(editCue(talk, cue, linesText(cue))).toBeNull();
    expect(editCue(talk, cue, `  ${linesText(cue)} \n`)).toBeNull();
  });

  test('other words are an edit of the document; where lines stay, nothing is set by hand', () => {
    const text = linesText(cue).replace('current', 'tide');
    const document = edited(text)!;
    expect(words(document)).toBe(words(talk).replace('current', 'tide'));
    expect(document.overrides).toEqual([]);
    const kept = document.items.filter(({ id }) => talk.items.some((item) => item.id === id));
    expect(kept.length).toBe(talk.items.length);
  });

  test('a line that ends elsewhere is set by hand, and words keep their times', () => {
    const flat = linesText(cue).replace('\n', ' ');
    const document = edited(flat.replace('springs, ', 'springs,\n'))!;
    expect(document.items).toEqual(talk.items);
    expect(linesText(layOutCues(document)[0])).toBe(flat.replace('springs, ', 'springs,\n'));
  });

  test('both at once', () => {
    const wished = 'At springs,\nand at neaps the tide drops';
    const document = edited(wished)!;
    expect(faults(document)).toEqual([]);
    expect(linesText(layOutCues(document)[0])).toBe(wished);
  });

  test.each([
    ['behind its last word', (text: string) => `${text} indeed`, 1],
    ['before its first word', (text: string) => `Now ${text}`, 2],
    ['as other words', () => 'Completely other words', 1],
  ])('words at its edge stay in it, over the borders of sentences and segments: %s', (_, typed, place) => {
    const long = documentOf(
      said(
        'He was not an ill disposed young man, unless to be rather cold hearted is to be ill disposed.',
        1000,
      ),
      said('His troops gained several victories over the saracens.', 7000),
      said('The awe of man rushed over him again.', 10_000),
    );
    const flat = (document: TranscriptDocument) =>
      layOutCues(document).map((shown) => linesText(shown).replaceAll('\n', ' '));
    const change = (document: TranscriptDocument, text: string) => {
      const { operations } = editCue(document, layOutCues(document)[place], text)!;
      return applyOperations(document, operations).document;
    };
    const before = flat(long);
    expect(before).toHaveLength(3);
    const text = typed(before[place]);
    const document = change(long, text);
    expect(faults(document)).toEqual([]);
    expect(flat(document)).toEqual(before.with(place, text));
    // Also where it was set by hand before.
    const twice = change(document, `${text} too`);
    expect(flat(twice)).toEqual(before.with(place, `${text} too`));
    expect(twice.overrides).toHaveLength(1);
  });

  test('notes in a cue are part of its text', () => {
    const noted = structuredClone(talk);
    noted.items.splice(2, 0, { kind: 'note', id: 'n1', text: '[laughs]' });
    const [shown] = layOutCues(noted);
    expect(linesText(shown)).toContain('[laughs]');
    const edit = editCue(noted, shown, linesText(shown).replace('neaps', 'neap tides'))!;
    const document = applyOperations(noted, edit.operations).document;
    expect(document.items.filter((item) => item.kind === 'note')).toEqual([noted.items[2]]);
    expect(words(document)).toContain('At springs, [laughs] and at neap tides the');
  });

  test('where two speak at once, the text is edited elsewhere', () => {
    const both = documentOf(said('yes yes yes', 1000, 'Ann'), said('no no no', 1100, 'Ben'));
    const [shared] = layOutCues(both);
    expect(shared.lines).toHaveLength(2);
    expect(itemsOfCue(both, shared)).toBeNull();
    expect(editCue(both, shared, 'other')).toBeNull();
  });

  test('any text that is typed is what stands there, in a sound document', () => {
    const line = fc
      .array(fc.constantFrom('At', 'springs,', 'neaps', 'a', 'tide', 'half.', '[laughs]'), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
        if (!lines.some((each) => /\w/.test(each.replaceAll('[laughs]', '')))) return;
        const document = edited(lines.join('\n')) ?? talk;
        expect(faults(document)).toEqual([]);
        const rest = talk.items.length - cue.wordIds.length;
        const own = document.items.slice(0, document.items.length - rest);
        expect(own.map((item) => item.text).join(' ')).toBe(lines.join(' '));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the view of all cues', () => {
  const long = documentOf(
    ...Array.from({ length: 600 }, (_, k) => said('so it goes on and on and on', k * 1950, null, 240)),
  );
  const tight = { ...defaultRules, maxCharsPerSecond: 11 };
  const view = atOnce(makingView(long, tight, new CueSections()));

  test('is what the export writes', () => {
    const { cues } = readTranscript(encodeText(writeTranscript(long, 'srt', { rules: tight })), {
      name: 'a.srt',
    });
    expect(view.cues.map((cue, k) => plainCue(cue, k + 1))).toEqual(cues);
    expect(new Set(view.keys).size).toBe(view.cues.length);
    expect(view.keys[0]).toBe(keyOf(view.cues[0]));
  });

  test('knows the faults that the checker finds in one go, also between slices', () => {
    const all = checkCues(
      view.cues.map((cue, k) => plainCue(cue, k)),
      tight,
    );
    expect(view.cues.length).toBeGreaterThan(250);
    expect(view.faulty.flatMap((place) => view.faults.get(place)!.map(({ rule }) => [place, rule]))).toEqual(
      all.map(({ cue, rule }) => [cue, rule]),
    );
    const counts = ruleCounts(view);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(all.length);
    expect(counts.cps).toBe(view.cues.filter((cue) => charactersPerSecond(cue) > 11).length);
  });

  test('the cue at a time, and the next fault, going round', () => {
    const [first, second] = view.cues;
    expect(cueAt(view.cues, first.startMs)).toBe(0);
    expect(cueAt(view.cues, first.endMs)).toBe(first.endMs === second.startMs ? 1 : -1);
    expect(cueAt(view.cues, -1)).toBe(-1);
    expect([nextPlace([2, 5], -1, 1), nextPlace([2, 5], 2, 1), nextPlace([2, 5], 5, 1)]).toEqual([2, 5, 2]);
    expect([nextPlace([2, 5], 5, -1), nextPlace([2, 5], 2, -1), nextPlace([], 1, 1)]).toEqual([2, 5, -1]);
  });
});

describe('work in slices', () => {
  function* counting(steps: number): Sliced<number> {
    for (let k = 0; k < steps; k += 1) yield;
    return steps;
  }

  test('short work is done at once', () => {
    const done: number[] = [];
    inSlices(counting(3), (result) => done.push(result));
    expect(done).toEqual([3]);
  });

  test('long work goes on later, and is broken off for good', async () => {
    function* slow(): Sliced<string> {
      for (let k = 0; k < 3; k += 1) {
        const until = performance.now() + 10;
        while (performance.now() < until);
        yield;
      }
      return 'done';
    }
    const done: string[] = [];
    await new Promise<void>((resolve) => {
      inSlices(slow(), (result) => {
        done.push(result);
        resolve();
      });
      expect(done).toEqual([]);
    });
    inSlices(slow(), () => done.push('never'))();
    await new Promise<void>((resolve) => inSlices(slow(), () => resolve()));
    expect(done).toEqual(['done']);
  });
});

describe('the export dialog', () => {
  test('offers every format once', () => {
    expect(formatEntries.map(({ id }) => id).sort()).toEqual(Object.keys(formats).sort());
  });

  test.each(formatEntries.map(({ id }) => id))('the preview of %s is how the file begins', (id) => {
    const captions = { preset: 'sewscribe', rules: defaultRules };
    const preview = previewOf(talk, captions, id, {});
    const whole = id === 'docx' ? writeTranscript(talk, 'txt') : writeTranscript(talk, id);
    expect(whole.startsWith(preview.replace(/\n…$/, '').trimEnd())).toBe(true);
    expect(preview).toContain('springs');
  });

  test('a beginning is a sound document', () => {
    const long = documentOf(...Array.from({ length: 60 }, (_, k) => said('so it goes on', k * 2000)));
    const beginning = beginningOf(long);
    expect(beginning.items.filter(isWord)).toHaveLength(150);
    expect(faults(beginning)).toEqual([]);
  });
});
