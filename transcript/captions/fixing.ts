import { newId as randomId, type NewId } from '../create.ts';
import type { CueOverride, TranscriptDocument } from '../document.ts';
import type { OverrideChanges } from '../operations/schema.ts';
import { isWord, itemIndex } from '../positions.ts';
import type { Cue } from './cue.ts';

/** What a person can set on a cue; null lets it follow the words again. */
export type CueFix = {
  startMs?: number | null;
  endMs?: number | null;
  /** Words after which a line ends. */
  lineBreakAfterWordIds?: string[] | null;
  positionPercent?: number | null;
  italic?: boolean;
};

/**
 * The words of a cue in the document's order; null where others stand between them (two who speak at once), so that
 * nothing can be set on this cue by hand.
 */
export function wordsToFix(document: TranscriptDocument, cue: Cue): string[] | null {
  const places = cue.wordIds.map((id) => itemIndex(document.items, id)).sort((a, b) => a - b);
  if (places.length === 0 || places[0] < 0) return null;
  const words = document.items.slice(places[0], places[places.length - 1] + 1).filter(isWord);
  return words.length === places.length ? words.map(({ id }) => id) : null;
}

/** The line breaks that a cue has, as an override would name them. */
export function lineBreaksOf(cue: Cue): string[] {
  return cue.lines.flatMap(({ words, speakerId }, index) => {
    const next = cue.lines.at(index + 1);
    return next !== undefined && next.speakerId === speakerId && words.length > 0
      ? [words[words.length - 1].id]
      : [];
  });
}

/**
 * Sets something on a cue by hand. What is not named stays as it is seen: the words of the cue and its lines hold
 * together from now on.
 * @returns null where that cannot be, or changes nothing
 */
export function fixCue(
  document: TranscriptDocument,
  cue: Cue,
  fix: CueFix,
  newId: NewId = randomId,
): OverrideChanges | null {
  const words = wordsToFix(document, cue);
  if (words === null) return null;
  const before = overrideOf(document, cue);
  const next: CueOverride = before
    ? { ...before }
    : { ...bare(words, newId), lineBreakAfterWordIds: lineBreaksOf(cue) };
  for (const key of ['startMs', 'endMs', 'lineBreakAfterWordIds', 'positionPercent'] as const) {
    if (fix[key] === null) Reflect.deleteProperty(next, key);
    else if (fix[key] !== undefined) Object.assign(next, { [key]: fix[key] });
  }
  if (fix.italic === false) delete next.italic;
  else if (fix.italic) next.italic = true;
  return { removeIds: [], put: [next] };
}

/** Lets a cue follow its words again in all that was set by hand. @returns null where nothing was */
export function releaseCue(cue: Cue): OverrideChanges | null {
  return cue.overrideId === undefined ? null : { removeIds: [cue.overrideId], put: [] };
}

/**
 * Cuts the words of neighbouring cues anew: a cue begins at each of `startIds`. A time that was set stays with the
 * cue that begins or ends where the old one did; lines are laid anew.
 * @param cues neighbours, in their order
 * @param startIds in the order of the words; the first word of all is one of them by itself
 * @returns null where that cannot be
 */
export function recutCues(
  document: TranscriptDocument,
  cues: readonly Cue[],
  startIds: readonly string[],
  newId: NewId = randomId,
): OverrideChanges | null {
  const words: string[] = [];
  for (const cue of cues) {
    const own = wordsToFix(document, cue);
    if (own === null) return null;
    words.push(...own);
  }
  const starts = new Set(startIds);
  const before = cues.map((cue) => overrideOf(document, cue));
  const pieces: string[][] = [];
  for (const id of words) {
    const piece = pieces.at(-1);
    if (piece === undefined || starts.has(id)) pieces.push([id]);
    else piece.push(id);
  }
  const put = pieces.map((piece): CueOverride => {
    const startMs = before.find((override) => override?.firstWordId === piece[0])?.startMs;
    const endMs = before.find((override) => override?.lastWordId === piece[piece.length - 1])?.endMs;
    const shaping = before.find((override) => override !== undefined);
    return {
      ...bare(piece, newId),
      ...(startMs !== undefined && { startMs }),
      ...(endMs !== undefined && { endMs }),
      ...(shaping?.italic && { italic: true }),
      ...(shaping?.positionPercent !== undefined && { positionPercent: shaping.positionPercent }),
    };
  });
  const removeIds = before.flatMap((override) => (override === undefined ? [] : [override.id]));
  return { removeIds, put };
}

/** The override that shaped a cue. */
export function overrideOf(document: TranscriptDocument, cue: Cue): CueOverride | undefined {
  if (cue.overrideId === undefined) return undefined;
  return document.overrides.find((override) => override.id === cue.overrideId);
}

function bare(words: readonly string[], newId: NewId): CueOverride {
  return { id: newId(), firstWordId: words[0], lastWordId: words[words.length - 1] };
}
