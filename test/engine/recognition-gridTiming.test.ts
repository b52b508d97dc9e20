import { describe, expect, test } from 'vitest';
import { alignWords } from '../../engine/recognition/alignment.ts';
import { greedyWords } from '../../engine/recognition/ctc.ts';
import {
  gridLogProbabilities,
  recitalClips,
  recitalManifest,
  trueWords,
  type TrueWord,
} from './recitalFixtures.ts';

const clips = recitalClips.filter(({ name }) => name.startsWith('grid-'));

type Timed = { startMs: number; endMs: number };
type Errors = { starts: number[]; ends: number[] };

function errorsOf(found: Timed[], truth: TrueWord[]): Errors {
  return {
    starts: found.map(({ startMs }, i) => startMs - truth[i].startMs),
    ends: found.map(({ endMs }, i) => endMs - truth[i].endMs),
  };
}

function together(all: Errors[]): Errors {
  return { starts: all.flatMap(({ starts }) => starts), ends: all.flatMap(({ ends }) => ends) };
}

function quantile(values: number[], share: number): number {
  const sorted = values.map(Math.abs).sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))];
}

function tell(what: string, { starts, ends }: Errors): void {
  const say = (values: number[]) =>
    `median ${quantile(values, 0.5)}, 90 % within ${quantile(values, 0.9)}, all within ${quantile(values, 1)} ms`;
  console.log(`GRID word times, ${what}: starts ${say(starts)}; ends ${say(ends)}`);
}

const aligned = (name: string, piece = gridLogProbabilities(name)) =>
  alignWords(
    [piece],
    trueWords(name).map(({ text }) => ({ text })),
    recitalManifest,
  );

describe('word times of the GRID clips against their true ones', () => {
  test('by alignment, with a real acoustic model that has never heard them', () => {
    const errors = together(clips.map(({ name }) => errorsOf(aligned(name), trueWords(name))));
    tell('a real acoustic model, by alignment', errors);
    for (const values of [errors.starts, errors.ends]) {
      expect(quantile(values, 0.5)).toBeLessThanOrEqual(40);
      expect(quantile(values, 1)).toBeLessThanOrEqual(100);
    }
  });

  test('the recital model spells its clips off beat; alignment and recognition say the same of it', () => {
    const errors = clips.map(({ name, logProbabilities }) => {
      const truth = trueWords(name);
      const found = greedyWords(logProbabilities, recitalManifest, { channel: 0 });
      const placed = aligned(name, logProbabilities);
      expect(placed.map(({ startMs, endMs }) => ({ startMs, endMs }))).toEqual(
        found.map(({ startMs, endMs }) => ({ startMs, endMs })),
      );
      return errorsOf(found, truth);
    });
    tell('the recital model, by recognition and by alignment', together(errors));
  });
});
