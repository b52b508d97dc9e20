import type { TranscriptDocument } from '../document.ts';
import { isWord } from '../positions.ts';
import { overrideTimesFault } from '../soundness.ts';
import { OperationError } from './error.ts';
import type { SetProperties } from './schema.ts';

export function setProperties(
  document: TranscriptDocument,
  operation: SetProperties,
): { document: TranscriptDocument; inverse: SetProperties } {
  const { type, ...given } = operation;
  const next = { ...document };
  const inverse: SetProperties = { type };
  if (given.media) {
    inverse.media = document.media;
    next.media = given.media;
  }
  if (given.model !== undefined) {
    inverse.model = document.model;
    next.model = given.model;
  }
  if (given.languages) {
    inverse.languages = document.languages;
    next.languages = given.languages;
  }
  if (next.media.durationMs < document.media.durationMs) {
    requireInside(document, next.media.durationMs);
  }
  return { document: next, inverse };
}

function requireInside({ items, overrides }: TranscriptDocument, durationMs: number): void {
  const outside = items.find((item) => isWord(item) && item.endMs > durationMs);
  if (outside || overrides.some((override) => overrideTimesFault(override, durationMs))) {
    const text = outside ? `“${outside.text}”` : 'A cue';
    throw new OperationError('invalid', `${text} would lie behind the end of the recording.`);
  }
}
