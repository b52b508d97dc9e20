import type { CueOverride, Item, TranscriptDocument } from '../document.ts';
import { isWord, itemIndex, lowerBound } from '../positions.ts';
import { overrideTimesFault } from '../soundness.ts';
import { requireItem } from './checks.ts';
import { OperationError } from './error.ts';
import type { ChangeOverrides, OverrideChanges } from './schema.ts';

/** Items [start, end) of `items` that were replaced by `added`. */
type Replacement = { items: readonly Item[]; start: number; end: number; added: readonly Item[] };

/**
 * What becomes of the overrides (of the document as it was) when items are replaced, as `replaceItems` says.
 * Line breaks after words that go move to the end of the new words, or to the word before.
 */
export function overridesAfter(document: TranscriptDocument, replacement: Replacement): CueOverride[] {
  const { overrides, items } = document;
  const { start, end } = replacement;
  if (!items.slice(start, end).some(isWord)) {
    return overrides;
  }
  // They are in order and apart: only the last one that begins before the range can reach into it.
  const first = Math.max(
    0,
    lowerBound(overrides, (override) => itemIndex(items, override.firstWordId) < start) - 1,
  );
  const afterLast = lowerBound(overrides, (override) => itemIndex(items, override.firstWordId) < end);
  let added = replacement.added;
  const touched = overrides.slice(first, afterLast).flatMap((override) => {
    if (itemIndex(items, override.lastWordId) < start) {
      return [override];
    }
    const shrunk = shrink(override, { ...replacement, added });
    added = [];
    return shrunk ? [shrunk] : [];
  });
  return touched.every((override, k) => override === overrides[first + k]) &&
    touched.length === afterLast - first
    ? overrides
    : [...overrides.slice(0, first), ...touched, ...overrides.slice(afterLast)];
}

function shrink(override: CueOverride, { items, start, end, added }: Replacement): CueOverride | null {
  const firstIndex = itemIndex(items, override.firstWordId);
  const lastIndex = itemIndex(items, override.lastWordId);
  const head = items.slice(firstIndex, Math.max(start, firstIndex)).filter(isWord);
  const tail = items.slice(end, lastIndex + 1).filter(isWord);
  const left = [...head, ...added.filter(isWord), ...tail];
  if (left.length === 0) {
    return null;
  }
  const next: CueOverride = { ...override, firstWordId: left[0].id, lastWordId: left[left.length - 1].id };
  if (override.lineBreakAfterWordIds) {
    const gone = new Set(items.slice(start, end).map((item) => item.id));
    const standIn = left[left.length - tail.length - 1]?.id;
    const moved = override.lineBreakAfterWordIds
      .map((id) => (gone.has(id) ? standIn : id))
      .filter((id) => id !== undefined && (id !== next.lastWordId || id === override.lastWordId));
    next.lineBreakAfterWordIds = [...new Set(moved)];
  }
  return next;
}

/** Overrides with changes made, in order; each must lie on words and none in another. */
export function withOverrides(
  document: TranscriptDocument,
  overrides: readonly CueOverride[],
  changes: OverrideChanges,
): CueOverride[] {
  const putIds = new Set(changes.put.map((override) => override.id));
  const goneIds = new Set([...changes.removeIds, ...putIds]);
  if (putIds.size < changes.put.length) {
    throw new OperationError('taken', 'A cue is put twice.');
  }
  const start = (override: CueOverride) => itemIndex(document.items, override.firstWordId);
  const next = overrides.filter((override) => !goneIds.has(override.id));
  for (const override of changes.put) {
    requireAnchors(document, override);
    const at = start(override);
    const place = lowerBound(next, (other) => start(other) < at);
    const reaches = itemIndex(document.items, override.lastWordId);
    const previous = next[place - 1];
    if (
      (previous && itemIndex(document.items, previous.lastWordId) >= at) ||
      (place < next.length && start(next[place]) <= reaches)
    ) {
      throw new OperationError('overlap', 'A word would belong to two cues that were set by hand.');
    }
    next.splice(place, 0, override);
  }
  return next;
}

/** What makes `before` of `after`. */
export function overrideDifference(
  before: readonly CueOverride[],
  after: readonly CueOverride[],
): OverrideChanges | undefined {
  if (before === after) {
    return undefined;
  }
  // Most of thousands are the same: only what lies between the first and the last difference is compared.
  const from = before.findIndex((override, place) => override !== after[place]);
  const start = from < 0 ? before.length : from;
  let same = 0;
  while (
    same < Math.min(before.length, after.length) - start &&
    before.at(-1 - same) === after.at(-1 - same)
  ) {
    same++;
  }
  const was = before.slice(start, before.length - same);
  const is = after.slice(start, after.length - same);
  const known = new Set(was.map((override) => override.id));
  const kept = new Set(is);
  const put = was.filter((override) => !kept.has(override));
  const removeIds = is.map((override) => override.id).filter((id) => !known.has(id));
  return put.length + removeIds.length > 0 ? { removeIds, put } : undefined;
}

function requireAnchors(document: TranscriptDocument, override: CueOverride): void {
  const { items, media } = document;
  const first = requireItem(document, override.firstWordId);
  const last = requireItem(document, override.lastWordId);
  if (!isWord(items[first]) || !isWord(items[last]) || last < first) {
    throw new OperationError('invalid', 'A cue must run from a word to the same or a later one.');
  }
  for (const id of override.lineBreakAfterWordIds ?? []) {
    const index = requireItem(document, id);
    if (index < first || index > last || !isWord(items[index])) {
      throw new OperationError('invalid', 'A line must end after a word of its cue.');
    }
  }
  const fault = overrideTimesFault(override, media.durationMs);
  if (fault) {
    throw new OperationError('invalid', fault);
  }
}

export function changeOverrides(
  document: TranscriptDocument,
  operation: ChangeOverrides,
): { document: TranscriptDocument; inverse: ChangeOverrides } {
  for (const id of operation.removeIds) {
    if (!document.overrides.some((override) => override.id === id)) {
      throw new OperationError('missing', `There is no cue ${id} set by hand (any more).`);
    }
  }
  const overrides = withOverrides(document, document.overrides, operation);
  const inverse = overrideDifference(document.overrides, overrides) ?? { removeIds: [], put: [] };
  return { document: { ...document, overrides }, inverse: { type: 'changeOverrides', ...inverse } };
}
