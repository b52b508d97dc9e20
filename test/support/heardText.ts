import { readFileSync } from 'node:fs';
import type { RecognisedWord } from '../../engine/recognition/types.ts';
import type { Mark } from '../../native-models/language/wordFeatures.ts';

/** A word of a known text as it may be heard. */
export type HeardTextWord = {
  text: string;
  pauseMs: number;
  /** What truly stands behind it. */
  mark: Mark;
  /** Whether the word itself, not its place, has a capital; null where only its place tells. */
  isCapital: boolean | null;
};

/** A file with a line for each word: word, pause behind it in ms, true mark, true case or nothing. */
export function readHeardText(path: string | URL): HeardTextWord[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [text, pause, mark, letterCase] = line.split('\t');
    const isCapital = letterCase === '' ? null : letterCase !== 'lower';
    return { text, pauseMs: Number(pause), mark: mark as Mark, isCapital };
  });
}

/** As a recogniser would give it, each word 300 ms long. */
export function asSpoken(
  words: readonly { text: string; pauseMs?: number }[],
  { channel = 0 } = {},
): RecognisedWord[] {
  let startMs = 0;
  return words.map(({ text, pauseMs = 0 }) => {
    const endMs = startMs + 300;
    const word = { text, startMs, endMs, confidence: 1, channel };
    startMs = endMs + pauseMs;
    return word;
  });
}

export const markOf = (text: string): Mark => (/[,.?!:;]$/.exec(text)?.[0] ?? '') as Mark;

export const isStop = (mark: Mark) => mark === '.' || mark === '?' || mark === '!';

/** Twice what both have over what each has, 0..1. */
export function f1(found: readonly boolean[], isTrue: readonly boolean[]): number {
  const both = found.filter((value, place) => value && isTrue[place]).length;
  const all = found.filter(Boolean).length + isTrue.filter(Boolean).length;
  return all === 0 ? 0 : (2 * both) / all;
}
