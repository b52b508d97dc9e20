import type { TranscriptDocument, Word } from '../../transcript/document.ts';
import type { Operation, WordChange } from '../../transcript/operations.ts';
import { isWord, segmentItems, segmentRange, wordsBefore, wordsFrom } from '../../transcript/positions.ts';
import { untangle } from '../../transcript/spans.ts';

/** How far a segment's edges can be moved: up to what the same speaker says before and after. */
export function roomOf(
  document: TranscriptDocument,
  segmentPlace: number,
): { startMs: number; endMs: number } {
  const [start, end] = segmentRange(document, segmentPlace);
  const { speakerId } = document.segments[segmentPlace];
  const before = wordsBefore(document, start, speakerId).next();
  const after = wordsFrom(document, end, speakerId).next();
  return {
    startMs: before.done ? 0 : before.value.endMs,
    endMs: after.done ? document.media.durationMs : after.value.startMs,
  };
}

/**
 * Moves the edges of a segment: its first word begins, its last word ends there. Words that lie outside then are
 * pushed inside, in their order and at least 1 ms long; the others keep their times. What a person sets counts as
 * true.
 *
 * @returns no operation where nothing changes, or where there is no room for all its words
 */
export function retimeSegment(
  document: TranscriptDocument,
  segmentPlace: number,
  wished: { startMs?: number; endMs?: number },
): Operation[] {
  const words = segmentItems(document, segmentPlace).filter(isWord);
  if (words.length === 0) {
    return [];
  }
  const room = roomOf(document, segmentPlace);
  const within = (ms: number) => Math.min(Math.max(Math.round(ms), room.startMs), room.endMs);
  const startMs = within(wished.startMs ?? words[0].startMs);
  const endMs = within(wished.endMs ?? words.at(-1)!.endMs);
  if (endMs - startMs < words.length) {
    return [];
  }
  const clamped = words.map((word, k) => ({
    startMs: k === 0 ? startMs : Math.min(Math.max(word.startMs, startMs), endMs - 1),
    endMs: k === words.length - 1 ? endMs : Math.min(Math.max(word.endMs, startMs + 1), endMs),
  }));
  const spans = untangle(clamped, { startMs, endMs });
  const changes = spans?.flatMap((span, k) => changeOf(words[k], span)) ?? [];
  return changes.length === 0 ? [] : [{ type: 'changeWords', changes }];
}

function changeOf(word: Word, { startMs, endMs }: { startMs: number; endMs: number }): WordChange[] {
  return word.startMs === startMs && word.endMs === endMs
    ? []
    : [{ id: word.id, startMs, endMs, alignment: 1 }];
}
