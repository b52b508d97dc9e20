import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignmentGraph, type AlignmentGraph } from '../../engine/recognition/alignmentGraph.ts';
import { alignWords } from '../../engine/recognition/alignment.ts';
import { findAnchors } from '../../engine/recognition/anchors.ts';
import { bandAround, wholeBand } from '../../engine/recognition/band.ts';
import { mismatches } from '../../engine/recognition/mismatches.ts';
import { greedyWords } from '../../engine/recognition/ctc.ts';
import type { Costs } from '../../engine/recognition/trellis.ts';
import { bestStates } from '../../engine/recognition/viterbi.ts';
import type { LogProbabilities } from '../../engine/recognition/types.ts';
import { manifestOf, movedTo, recitalClips, recitalManifest, saying } from './recitalFixtures.ts';

const vocabulary = recitalManifest.vocabulary;
const idOf = (letter: string) => vocabulary.indexOf(letter);
const blank = 0;
const wordsOf = (text: string) => text.split(' ').map((word) => ({ text: word }));

/** Frames that say a text: `.` is a blank frame, a letter or `|` a frame of its own. */
function frames(script: string, startSample = 0, certainty = 0.99): LogProbabilities {
  const path = [...script].map((character) => (character === '.' ? blank : idOf(character)));
  return saying(path, vocabulary.length, { certainty, startSample });
}

/** The frame on which each word has its first letter. */
function firstFrames(script: string): number[] {
  return [...script].flatMap((character, i) =>
    /[A-Z']/.test(character) && !/[A-Z'][.]*$/.test(script.slice(0, i)) ? [i] : [],
  );
}

function expectOrdered(words: { startMs: number; endMs: number }[]): void {
  words.forEach(({ startMs, endMs }, i) => {
    expect(endMs).toBeGreaterThan(startMs);
    if (i > 0) expect(startMs).toBeGreaterThanOrEqual(words[i - 1].endMs);
  });
}

const near = (frame: number, ms: number) => Math.abs(frame * 20 - ms) <= 100;

/** A text and frames that say it, with blanks, delimiters and doubled frames here and there. */
const spoken = fc
  .array(
    fc.tuple(fc.array(fc.constantFrom(...'ABEST'), { minLength: 1, maxLength: 6 }), fc.nat(12), fc.nat(2)),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((words) => {
    let script = '....';
    for (const [letters, pause, stretch] of words) {
      letters.forEach((letter, i) => {
        const isDouble = letters[i - 1] === letter;
        script += (isDouble || stretch === 2 ? '.' : '') + letter.repeat(stretch === 1 ? 2 : 1);
      });
      script += `${'.'.repeat(pause)}|${'.'.repeat(pause)}`;
    }
    return { text: words.map(([letters]) => letters.join('')).join(' '), script };
  });

describe('forced alignment', () => {
  test('finds every word where it is said', () => {
    fc.assert(
      fc.property(spoken, ({ text, script }) => {
        const aligned = alignWords([frames(script)], wordsOf(text), recitalManifest);
        const starts = firstFrames(script);
        expectOrdered(aligned);
        aligned.forEach((word, i) => {
          expect(near(starts[i], word.startMs)).toBe(true);
          expect(word.alignment).toBeGreaterThan(0.99);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('keeps the words as they are written, in order and apart, whatever they and the frames are', () => {
    const row = fc.array(fc.constantFrom(...'AB.|ETS'), { maxLength: 40 }).map((letters) => letters.join(''));
    const word = fc.constantFrom('A', 'be', 'Tast.', '–', '$7,250', '19', 'é', '今', 'EEEE', 'BATES');
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.array(word, { maxLength: 10 }), (scripts, texts) => {
        const pieces = scripts.map((script, i) => frames(script, i * 16000));
        const aligned = alignWords(
          pieces,
          texts.map((text) => ({ text })),
          recitalManifest,
        );
        expect(aligned.map(({ text }) => text)).toEqual(texts);
        expectOrdered(aligned);
        for (const { alignment } of aligned) expect(alignment >= 0 && alignment <= 1).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.each(recitalClips)('agrees with recognition on $name', ({ text, logProbabilities }) => {
    const recognised = greedyWords(logProbabilities, recitalManifest, { channel: 0 });
    const aligned = alignWords([logProbabilities], wordsOf(text), recitalManifest);
    expect(aligned.map(({ startMs, endMs }) => ({ startMs, endMs }))).toEqual(
      recognised.map(({ startMs, endMs }) => ({ startMs, endMs })),
    );
    for (const { alignment } of aligned) expect(alignment).toBeGreaterThan(0.9);
  });

  test('marks a wrong word, keeps it in its place and the others in theirs', () => {
    const script = '...CAT...|..SAT..|..ON..|..MATS....';
    const aligned = alignWords([frames(script)], wordsOf('CAT SIT ON DOGS'), recitalManifest);
    const right = alignWords([frames(script)], wordsOf('CAT SAT ON MATS'), recitalManifest);
    expectOrdered(aligned);
    expect(aligned.map(({ alignment }) => alignment > 0.9)).toEqual([true, false, true, false]);
    expect(aligned[1].alignment).toBeGreaterThan(aligned[3].alignment);
    for (const i of [0, 2]) expect(aligned[i]).toMatchObject({ startMs: right[i].startMs });
    for (const i of [1, 3]) expect(Math.abs(aligned[i].startMs - right[i].startMs)).toBeLessThanOrEqual(100);
  });

  test('words that nobody says, and sound that the text has not, leave the others where they are', () => {
    const script = '..ONE..|..TWO..|..THREE..|..FOUR..|...';
    const starts = firstFrames(script);
    const extra = alignWords(
      [frames(script)],
      wordsOf('ONE TWO ABSOLUTELY MARVELLOUS THREE FOUR'),
      recitalManifest,
    );
    const less = alignWords([frames(script)], wordsOf('ONE FOUR'), recitalManifest);
    expectOrdered(extra);
    [0, 1, 4, 5].forEach((word, i) => expect(near(starts[i], extra[word].startMs)).toBe(true));
    expect(extra.slice(2, 4).map(({ alignment, spoken }) => [alignment, spoken])).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(near(starts[0], less[0].startMs) && near(starts[3], less[1].startMs)).toBe(true);
    expect(less[0].endMs).toBeLessThan(starts[1] * 20);
  });

  test.each<[string, string, RegExp[]]>([
    ['nothing', 'ONE TWO THREE FOUR FIVE', []],
    ['speech that the text lacks', 'ONE FIVE', [/^From 00:00:00\.\d to 00:00:00\.\d something is said/]],
    ['one word that it lacks, which is a slip', 'ONE TWO THREE FIVE', []],
    [
      'words that nobody says',
      'ONE TWO ABSOLUTELY MARVELLOUS WEATHER THREE FOUR FIVE',
      [/^“ABSOLUTELY … WEATHER” \(3 words\) was not heard near 00:00:00\.\d\.$/],
    ],
  ])('of a text that does not fit is named: %s', async (_, text, sentences) => {
    const pieces = [frames('..ONE..|..TWO..|..THREE..|..FOUR..|..FIVE...')];
    const found = await mismatches(
      pieces,
      alignWords(pieces, wordsOf(text), recitalManifest),
      recitalManifest,
    );
    expect(found).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
  });

  test('a text of another recording or language hardly fits, and that is said; a right one is left in peace', async () => {
    const hardlyFits = async ({ logProbabilities }: (typeof recitalClips)[number], text: string) => {
      const aligned = alignWords([logProbabilities], wordsOf(text), recitalManifest);
      const [first = ''] = await mismatches([logProbabilities], aligned, recitalManifest);
      return first.startsWith('The text hardly fits the sound');
    };
    for (const clip of recitalClips) {
      expect(await hardlyFits(clip, clip.text)).toBe(false);
      expect(await hardlyFits(clip, 'Der Hund läuft schnell davon')).toBe(true);
      expect(await hardlyFits(clip, `${clip.text} Der Hund läuft schnell davon`)).toBe(false);
    }
    expect(await hardlyFits(recitalClips[0], recitalClips[3].text)).toBe(true);
  });

  test('more text than there are frames', () => {
    const aligned = alignWords(
      [frames('..AB..')],
      wordsOf('all of these words in a tenth of a second'),
      recitalManifest,
    );
    expect(aligned).toHaveLength(10);
    expectOrdered(aligned);
    expect(aligned.at(-1)!.endMs).toBeLessThanOrEqual(120);
  });

  test.each([
    [
      '$7,250',
      '..SEVEN|THOUSAND|TWO|HUNDRED|AND|FIFTY|DOL.LARS..',
      'SEVEN THOUSAND TWO HUNDRED AND FIFTY DOLLARS',
    ],
    ['$7,250', '..SEVEN|THOUSAND|TWO|HUNDRED|FIFTY|DOL.LARS..', 'SEVEN THOUSAND TWO HUNDRED FIFTY DOLLARS'],
    ['1999', '..NINETE.EN|NINETY|NINE..', 'NINETEEN NINETY NINE'],
    ['1999', '..ONE|THOUSAND|NINE|HUNDRED|NINETY|NINE..', 'ONE THOUSAND NINE HUNDRED NINETY NINE'],
    ['No.', '..NUMBER..', 'NUMBER'],
    ['No.', '..NO..', 'NO'],
    ['café', '..CAFE..', 'CAFE'],
  ])('%s, said %s', (text, said, spoken) => {
    const script = `..I.|${said}|.MORE..`;
    const [, word, last] = alignWords([frames(script)], wordsOf(`i ${text} more`), recitalManifest);
    expect(word).toMatchObject({ text, spoken });
    expect(word.alignment).toBeGreaterThan(0.9);
    expect(near(script.indexOf('MORE'), last.startMs)).toBe(true);
  });

  test('the spoken form counts where one is given', () => {
    const word = { text: '☎', spoken: 'five five' };
    expect(alignWords([frames('..FIVE|FIVE..')], [word], recitalManifest)[0]).toMatchObject({
      text: '☎',
      spoken: 'FIVE FIVE',
    });
  });

  test('a word with nothing to say stands between its neighbours', () => {
    const script = '..ONE..|..TWO...';
    const [one, dash, two] = alignWords([frames(script)], wordsOf('one – two'), recitalManifest);
    expectOrdered([one, dash, two]);
    expect(dash).toMatchObject({ text: '–', alignment: 1, spoken: null });
    expect(dash.endMs - dash.startMs).toBeGreaterThanOrEqual(10);
    const alone = alignWords([frames(script)], wordsOf('… – …'), recitalManifest, { fromMs: 100, toMs: 140 });
    expectOrdered(alone);
    expect([alone[0].startMs >= 100, alone[2].endMs <= 140]).toEqual([true, true]);
  });

  test('without a single frame words still get their order', () => {
    const aligned = alignWords([], wordsOf('one – two'), recitalManifest, { fromMs: 500, toMs: 800 });
    expectOrdered(aligned);
    expect([aligned[0].startMs, aligned[2].endMs <= 800, aligned[2].alignment]).toEqual([500, true, 0]);
  });

  test('an edited span stays between its neighbours', () => {
    const script = '..ONE..|..ONE..|..ONE..|..TWO..';
    const [start] = firstFrames(script).slice(1);
    const options = { fromMs: (start - 2) * 20, toMs: (start + 6) * 20 };
    const [word] = alignWords([frames(script)], [{ text: 'One' }], recitalManifest, options);
    expect(near(start, word.startMs)).toBe(true);
    expect([word.startMs >= options.fromMs, word.endMs <= options.toMs]).toEqual([true, true]);
  });

  test('pieces with gaps between, in any order: no word lies in a gap or reaches far into it', () => {
    const second = 16000;
    const pieces = [
      frames('..TWO..', 65 * second),
      frames('..ONE..', 3 * second),
      frames('..THREE..', 700 * second),
    ];
    const aligned = alignWords(pieces, wordsOf('one two three'), recitalManifest);
    expect(aligned.map(({ startMs }) => Math.floor(startMs / 1000))).toEqual([3, 65, 700]);
    for (const { startMs, endMs } of aligned) expect(endMs - startMs).toBeLessThan(200);
  });

  test('thirty words in ten seconds, edited to nonsense in the middle', () => {
    const pieces: LogProbabilities[] = [];
    let at = 0;
    for (const { logProbabilities } of recitalClips.slice(0, 4)) {
      pieces.push(movedTo(logProbabilities, at));
      at += logProbabilities.frames * 320 + 1600;
    }
    const texts = wordsOf(
      recitalClips
        .slice(0, 4)
        .map(({ text }) => text)
        .join(' '),
    );
    texts.splice(8, 3, { text: 'xylophone' }, { text: 'quartz' }, { text: 'jazz' });
    const aligned = alignWords(pieces, texts, recitalManifest);
    expectOrdered(aligned);
    expect(aligned.filter(({ alignment }) => alignment < 0.5).map(({ text }) => text)).toEqual([
      'xylophone',
      'quartz',
      'jazz',
    ]);
  });

  test('a vocabulary without a delimiter', () => {
    const chinese = manifestOf(['<pad>', '今', '日', '雨'], { languages: ['zh'] });
    const piece = saying([0, 1, 0, 0, 2, 2, 0, 2, 0, 3], 4);
    const aligned = alignWords([piece], wordsOf('今 日 日， 雨。'), chinese);
    expect(aligned.map(({ startMs }) => startMs)).toEqual(
      greedyWords(piece, chinese, { channel: 0 }).map(({ startMs }) => startMs),
    );
  });

  test('another vocabulary is refused', () => {
    expect(() => alignWords([saying([0], 5)], wordsOf('a'), recitalManifest)).toThrow(/5 tokens a frame/);
  });
});

describe('search', () => {
  /** Costs from a list of numbers, every column of a frame its own. */
  const costsOf = (values: number[], count: number, columns: number): Costs => ({
    frames: count,
    columns,
    unsaidPassage: -7,
    unsaidLetter: -2,
    letterWorth: 5,
    readCosts: (frame, costs) => {
      for (let i = 0; i < columns; i += 1)
        costs[i] = -(values[(frame * columns + i * 7) % values.length] ?? 1);
      return 0;
    },
  });
  const anyWords = fc.array(
    fc.array(fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }), {
      minLength: 1,
      maxLength: 3,
    }),
    { minLength: 1, maxLength: 5 },
  );
  const ids = { blank: 3, between: 4 };

  /** What leaving out the words from `first` up to, not with, `end` costs. */
  const passageCost = ({ progress, silences }: AlignmentGraph, costs: Costs, first: number, end: number) =>
    costs.unsaidPassage + costs.unsaidLetter * (progress[silences[end]] - progress[silences[first]]);

  /** The best score by the definition: every frame, every state, every way in. */
  function fullScore(graph: AlignmentGraph, costs: Costs): number {
    const row = new Float64Array(costs.columns);
    let before = Array.from(graph.columns, (_, state) => (state === 0 ? 0 : -Infinity));
    for (let frame = 0; frame < costs.frames; frame += 1) {
      costs.readCosts(frame, row);
      const now: number[] = [];
      graph.columns.forEach((column, state) => {
        const from = graph.predecessors.subarray(
          graph.predecessorsStart[state],
          graph.predecessorsStart[state + 1],
        );
        now[state] = row[column] + Math.max(before[state], ...Array.from(from, (each) => before[each]));
        const word = graph.silences.indexOf(state) - 1;
        for (let first = 0; first <= word; first += 1) {
          const begun = now[graph.silences[first]];
          now[state] = Math.max(now[state], begun + passageCost(graph, costs, first, word + 1));
        }
      });
      before = now;
    }
    const last = graph.columns.length - 1;
    const ends = graph.predecessors.subarray(
      graph.predecessorsStart[last],
      graph.predecessorsStart[last + 1],
    );
    return Math.max(before[last], ...Array.from(ends, (each) => before[each]));
  }

  test('finds the best path of all, and its states have the score that it says', () => {
    fc.assert(
      fc.property(
        anyWords,
        fc.array(fc.nat(40), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(1, 9, 40, 300, 700),
        (words, values, count) => {
          const graph = alignmentGraph(
            words.map((spellings) => ({ spellings })),
            ids,
          );
          const costs = costsOf(values, count, 5);
          const { states, score } = bestStates(graph, wholeBand(count, graph.columns.length), costs);
          expect(score).toBe(fullScore(graph, costs));
          const row = new Float64Array(5);
          let sum = 0;
          states.forEach((state, frame) => {
            costs.readCosts(frame, row);
            sum += row[graph.columns[state]];
            if (frame > 0) expect(state).toBeGreaterThanOrEqual(states[frame - 1]);
          });
          // Words without a state form passages, which a visited silence parts.
          const visited = new Set(states);
          const isSaid = new Set(Array.from(states, (state) => graph.words[state]));
          for (let first = 0, end = 0; first < words.length; first = end) {
            end = first + 1;
            if (isSaid.has(first)) continue;
            while (end < words.length && !isSaid.has(end) && !visited.has(graph.silences[end])) end += 1;
            sum += passageCost(graph, costs, first, end);
          }
          expect(sum).toBe(score);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any knots leave a way through, and where they lie on the best path nothing is lost', () => {
    fc.assert(
      fc.property(
        anyWords,
        fc.array(fc.nat(40), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 300 }),
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        ),
        (words, values, count, places) => {
          const graph = alignmentGraph(
            words.map((spellings) => ({ spellings })),
            ids,
          );
          const size = graph.columns.length;
          const longest = Math.max(...Array.from(graph.silences, (s, i) => s - (graph.silences[i - 1] ?? 0)));
          const costs = costsOf(values, count, 5);
          const best = bestStates(graph, wholeBand(count, size), costs);
          const rising = (values: number[], limit: number) =>
            values.map((value) => Math.floor(value * limit)).sort((x, y) => x - y);
          const knotFrames = rising(
            places.map(([frame]) => frame),
            count - 1,
          );
          const wrong = rising(
            places.map(([, state]) => state),
            size - 1,
          );
          const through = bestStates(
            graph,
            bandAround(
              knotFrames.map((frame, i) => ({ frame, state: wrong[i] })),
              count,
              size,
              longest + 1,
            ),
            costs,
          );
          expect(through.score).toBeGreaterThan(-Infinity);
          expect(through.score).toBeLessThanOrEqual(best.score);
          const right = knotFrames.map((frame) => ({ frame, state: best.states[frame] }));
          expect(bestStates(graph, bandAround(right, count, size, longest + 1), costs).score).toBe(
            best.score,
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('anchors rise on both sides and name equal letters', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcd'), minLength: 60, maxLength: 200 });
    fc.assert(
      fc.property(letters, letters, letters, (head, tail, other) => {
        const text = head + tail;
        const heard = head + other + tail;
        const anchors = findAnchors(text, heard);
        expect(anchors.length).toBeGreaterThan(0);
        anchors.forEach((anchor, i) => {
          expect(heard.slice(anchor.heard, anchor.heard + 6)).toBe(text.slice(anchor.text, anchor.text + 6));
          if (i > 0) {
            expect(anchor.text).toBeGreaterThan(anchors[i - 1].text);
            expect(anchor.heard).toBeGreaterThan(anchors[i - 1].heard);
          }
        });
      }),
    );
  });
});

/** Numbers below a limit, the same in every run (a linear congruential generator). */
function sameNumbers(): (limit: number) => number {
  let state = 4711;
  return (limit) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * limit);
  };
}

describe('a long recording', () => {
  // A quarter of an hour of clips in changing order, with silence between.
  const pieces: LogProbabilities[] = [];
  const texts: { text: string }[] = [];
  const truth: number[] = [];
  let at = 0;
  for (let i = 0; i < 240; i += 1) {
    const { text, logProbabilities } = recitalClips[(i * 7 + Math.floor(i / 12)) % recitalClips.length];
    const piece = movedTo(logProbabilities, at);
    pieces.push(piece);
    texts.push(...wordsOf(text));
    truth.push(...greedyWords(piece, recitalManifest, { channel: 0 }).map(({ startMs }) => startMs));
    at += logProbabilities.frames * 320 + (i % 3) * 8000;
  }
  const isOff = (word: { startMs: number }, i: number) => Math.abs(word.startMs - truth[i]) > 100;

  test('every word within 100 ms where the text is right', () => {
    const aligned = alignWords(pieces, texts, recitalManifest);
    expectOrdered(aligned);
    expect(aligned.filter(isOff)).toEqual([]);
  });

  test('with 5 % of the words wrong, 95 % of the others within 100 ms', () => {
    const random = sameNumbers();
    const isWrong = texts.map(() => random(20) === 0);
    const changed = texts.map((word, i) =>
      isWrong[i] ? { text: ['zebra', 'quick', 'mountains', 'of'][random(4)] } : word,
    );
    const aligned = alignWords(pieces, changed, recitalManifest);
    expectOrdered(aligned);
    const off = aligned.filter((word, i) => !isWrong[i] && isOff(word, i)).length;
    expect(off / (texts.length * 0.95)).toBeLessThan(0.05);
  });

  test('a minute missing from the text, and another that nobody says, however sure the model is', () => {
    // Made-up words, since the clips say the same over and over.
    const random = sameNumbers();
    const word = () => Array.from({ length: 2 + random(7) }, () => 'ETAOINSHRDLU'[random(12)]).join('');
    const all = Array.from({ length: 2400 }, word);
    for (const wrong of [0, 0.25]) {
      const script = all
        .map((letters) => {
          const heard = [...letters].map((letter) =>
            random(100) < wrong * 100 ? 'ETAOINSHRDLU'[random(12)] : letter,
          );
          return `${heard.join('..')}..|${'.'.repeat(random(12) === 0 ? 30 : 2)}`;
        })
        .join('');
      const starts = [...script.matchAll(/[A-Z.]+\|\.*/g)].map(({ index }) => index);
      const missing = { from: 800, to: 950 };
      const extraAt = 1600;
      const changed = [
        ...all.slice(0, missing.from),
        ...all.slice(missing.to, extraAt),
        ...Array.from({ length: 120 }, word),
        ...all.slice(extraAt),
      ].map((text) => ({ text }));
      const aligned = alignWords([frames(script, 0, wrong > 0 ? 0.8 : 0.99)], changed, recitalManifest);
      expectOrdered(aligned);
      const gone = missing.to - missing.from;
      const off = all.filter((_, i) => {
        if (i >= missing.from && i < missing.to) return false;
        const shift = i < missing.from ? 0 : i < extraAt ? -gone : 120 - gone;
        return !near(starts[i], aligned[i + shift].startMs);
      });
      expect(off.length / all.length).toBeLessThan(0.03);
      const extra = aligned.slice(extraAt - gone, extraAt - gone + 120);
      expect(extra.filter(({ alignment }) => alignment > 0.5).length).toBeLessThan(12);
    }
  });
});
