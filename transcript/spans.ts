import { shortestWordMs } from './soundness.ts';
import { letterCount } from './wording.ts';

/** A stretch of time, whole milliseconds on the media's clock. */
export type Span = { startMs: number; endMs: number };

/** How long a letter takes to say, about: 150 words a minute of 5 letters. */
const letterMs = 80;

/** How long texts take to say at an ordinary pace. */
export function paceMs(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + letterCount(text), 0) * letterMs;
}

/**
 * Shares a stretch among texts by their letters, each at least 1 ms.
 *
 * The stretch must have room: at least 1 ms for each.
 */
export function shareByLetters(texts: readonly string[], { startMs, endMs }: Span): Span[] {
  const letters = texts.map(letterCount);
  const total = letters.reduce((sum, count) => sum + count, 0);
  const spareMs = endMs - startMs - texts.length * shortestWordMs;
  let said = 0;
  let atMs = startMs;
  return letters.map((count, place) => {
    said += count;
    const untilMs = startMs + (place + 1) * shortestWordMs + Math.round((spareMs * said) / total);
    const span = { startMs: atMs, endMs: untilMs };
    atMs = untilMs;
    return span;
  });
}

/**
 * Takes overlaps out of spans in their order, changing as little as it simply can: a span that reaches into the
 * next one ends where that begins; where even that leaves less than 1 ms, the following ones are pushed on, and
 * where they would be pushed past the end, the last ones are pushed back.
 *
 * @returns spans in order and apart, inside `within`; null where there is not 1 ms for each.
 */
export function untangle(spans: readonly Span[], within: Span): Span[] | null {
  let earliestMs = within.startMs;
  const apart = spans.map((span, place) => {
    const startMs = Math.max(span.startMs, earliestMs);
    const nextStartMs = spans[place + 1]?.startMs ?? within.endMs;
    const endMs = Math.max(Math.min(span.endMs, nextStartMs), startMs + shortestWordMs);
    earliestMs = endMs;
    return { startMs, endMs };
  });
  let latestMs = within.endMs;
  for (let place = apart.length - 1; place >= 0 && apart[place].endMs > latestMs; place--) {
    const span = apart[place];
    span.endMs = latestMs;
    span.startMs = Math.min(span.startMs, latestMs - shortestWordMs);
    latestMs = span.startMs;
  }
  return apart.length > 0 && apart[0].startMs < within.startMs ? null : apart;
}
