import type { CueOverride, Item } from './document.ts';
import { isOneLine } from './wording.ts';

/** The least that a word lasts. */
export const shortestWordMs = 1;

/** What is wrong with an item by itself, in a medium of this length. */
export function itemFault(
  item: Item,
  durationMs: number,
): { rule: 'text' | 'duration' | 'range'; message: string } | null {
  if (!isOneLine(item.text)) {
    return { rule: 'text', message: `The text of ${item.kind} ${item.id} is empty or has a line break.` };
  }
  if (item.kind === 'word' && !(Number.isInteger(item.startMs) && Number.isInteger(item.endMs))) {
    return { rule: 'range', message: `“${item.text}” has a time that is no whole number of milliseconds.` };
  }
  if (item.kind === 'word' && item.endMs - item.startMs < shortestWordMs) {
    return { rule: 'duration', message: `“${item.text}” ends before it has begun.` };
  }
  if (item.kind === 'word' && (item.startMs < 0 || item.endMs > durationMs)) {
    return { rule: 'range', message: `“${item.text}” lies outside the recording.` };
  }
  return null;
}

/** What is wrong with the times of a cue that was set by hand, in a medium of this length. */
export function overrideTimesFault({ startMs, endMs }: CueOverride, durationMs: number): string | null {
  if ((startMs ?? 0) > durationMs || (endMs ?? 0) > durationMs) {
    return 'A cue that was set by hand lies outside the recording.';
  }
  return startMs !== undefined && endMs !== undefined && endMs <= startMs
    ? 'A cue that was set by hand ends before it has begun.'
    : null;
}
