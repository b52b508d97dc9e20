import type { Item, Segment, TranscriptDocument, Word } from '../document.ts';
import { isWord } from '../positions.ts';
import { shortestWordMs } from '../soundness.ts';
import { paceMs, shareByLetters, untangle } from '../spans.ts';
import type { Span } from '../spans.ts';

/** Says what happened to how many, one or more; `#` stands for the number. */
export type Report = (count: number, one: string, many?: string) => void;

/**
 * Gives every word a time that the grammar allows. For each speaker, the times of as many words as can be in
 * order are believed (they lose only what overlaps); the others share, by letters, the gap in which they stand.
 * A medium that most words do not fit in, or that has no room for them, becomes longer.
 */
export function retimed(
  { items, segments, media }: Pick<TranscriptDocument, 'items' | 'segments' | 'media'>,
  report: Report,
): { items: Item[]; durationMs: number } {
  const words = items.filter(isWord);
  const outside = words.filter((word) => word.endMs > media.durationMs).length;
  let durationMs = media.durationMs;
  if (outside * 2 > words.length) {
    durationMs = chainEndMs(words);
    report(1, 'The length of the recording was lost and is guessed from the words.');
  }
  const timed = new Map<string, Span>();
  let guessed = 0;
  for (const own of wordsBySpeaker(items, segments)) {
    durationMs = Math.max(durationMs, own.length * shortestWordMs);
    const { spans, guessedCount } = spansInOrder(own, durationMs);
    guessed += guessedCount;
    own.forEach((word, place) => timed.set(word.id, spans[place]));
  }
  report(
    guessed,
    'The time of a word was lost and is a guess.',
    'The times of # words were lost and are guesses.',
  );
  return {
    durationMs,
    items: items.map((item) => (isWord(item) ? withTime(item, timed.get(item.id)) : item)),
  };
}

function withTime(word: Word, span: Span | undefined): Word {
  if (!span || (span.startMs === word.startMs && span.endMs === word.endMs)) {
    return word;
  }
  const next = { ...word, ...span };
  delete next.alignment;
  return next;
}

function wordsBySpeaker(items: readonly Item[], segments: readonly Segment[]): Word[][] {
  const begins = new Map(segments.map((segment) => [segment.firstItemId, segment.speakerId]));
  const words = new Map<string | null, Word[]>();
  let speakerId: string | null = null;
  for (const item of items) {
    speakerId = begins.has(item.id) ? (begins.get(item.id) ?? null) : speakerId;
    if (isWord(item)) {
      const own = words.get(speakerId) ?? [];
      own.push(item);
      words.set(speakerId, own);
    }
  }
  return [...words.values()];
}

function spansInOrder(words: readonly Word[], durationMs: number): { spans: Span[]; guessedCount: number } {
  const believed = new Set(longestChain(words, (word) => isSane(word) && word.endMs <= durationMs));
  const within = { startMs: 0, endMs: durationMs };
  const places = [...believed].sort((a, b) => a - b);
  const apart =
    untangle(
      places.map((place) => words[place]),
      within,
    ) ?? [];
  const spans: Span[] = [];
  let run: Word[] = [];
  let fromMs = 0;
  const fill = (untilMs: number) => {
    const texts = run.map((word) => word.text);
    // Without room they get none here; untangling makes some.
    const roomMs = Math.max(Math.min(untilMs - fromMs, paceMs(texts)), run.length * shortestWordMs);
    spans.push(...shareByLetters(texts, { startMs: fromMs, endMs: fromMs + roomMs }));
    run = [];
  };
  let next = 0;
  words.forEach((word, place) => {
    if (!believed.has(place)) {
      run.push(word);
      return;
    }
    const span = apart[next++];
    fill(span.startMs);
    spans.push(span);
    fromMs = span.endMs;
  });
  fill(durationMs);
  return { spans: untangle(spans, within) ?? [], guessedCount: words.length - believed.size };
}

function isSane({ startMs, endMs }: Word): boolean {
  return Number.isInteger(startMs) && Number.isInteger(endMs) && startMs >= 0 && startMs < endMs;
}

/** The places of as many entries as possible whose starts do not fall (C. Schensted, 1961). */
function longestChain(words: readonly Word[], mayStand: (word: Word) => boolean): number[] {
  const tails: number[] = [];
  const previous: number[] = [];
  words.forEach((word, place) => {
    if (!mayStand(word)) {
      return;
    }
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (words[tails[middle]].startMs <= word.startMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    previous[place] = low > 0 ? tails[low - 1] : -1;
    tails[low] = place;
  });
  const chain: number[] = [];
  for (let place = tails.at(-1) ?? -1; place >= 0; place = previous[place]) {
    chain.push(place);
  }
  return chain.reverse();
}

function chainEndMs(words: readonly Word[]): number {
  const chain = longestChain(words, isSane);
  return chain.reduce((endMs, place) => Math.max(endMs, words[place].endMs), 0);
}
