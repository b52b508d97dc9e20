import type { Item, Segment, TranscriptDocument } from '../document.ts';
import { segmentStart, withItems } from '../positions.ts';
import {
  requireFreeItemIds,
  requireItem,
  requireOrder,
  requireSound,
  requireSpeaker,
  segmentLowerBound,
} from './checks.ts';
import { OperationError } from './error.ts';
import { overrideDifference, overridesAfter, withOverrides } from './overrides.ts';
import type { ReplaceItems } from './schema.ts';

/** The segments around replaced items, as they were. */
type Borders = {
  before: Segment[];
  /** Those that began at a removed item. */
  begun: Segment[];
  after: Segment[];
  /** The one of `after` that begins right behind the removed items, if any. */
  directlyBehind: Segment | undefined;
  /** The one that new items begin, where it loses its beginning or has to begin the document. */
  opening: Segment | undefined;
  /** The item right behind the removed ones. */
  itemBehind: Item | undefined;
};

export function replaceItems(
  document: TranscriptDocument,
  operation: ReplaceItems,
): { document: TranscriptDocument; inverse: ReplaceItems } {
  const start = operation.afterId === null ? 0 : requireItem(document, operation.afterId) + 1;
  const end = start + operation.removeIds.length;
  const removed = document.items.slice(start, end);
  if (operation.removeIds.some((id, k) => removed[k]?.id !== id)) {
    throw new OperationError('changed', 'The words to be replaced do not stand there (any more).');
  }
  requireFreeItemIds(document, operation.items, operation.removeIds);
  operation.items.forEach((item) => requireSound(item, document));

  // All that needs the old list comes first: it may be changed in place.
  const borders = bordersOf(document, start, end);
  const anchored = overridesAfter(document, { items: document.items, start, end, added: operation.items });
  const items = withItems(document.items, start, end, operation.items);
  const listed = operation.segments ?? usualSegments(borders, operation.items);
  const listedIds = new Set(listed.map((segment) => segment.id));
  const next: TranscriptDocument = {
    ...document,
    items,
    segments: [
      ...borders.before,
      ...listed,
      ...borders.after.filter((segment) => segment !== borders.directlyBehind || !listedIds.has(segment.id)),
    ],
  };
  requireSegments(next, borders, listed, operation.items);
  requireOrder(next, start - 1, start + operation.items.length + 1);

  next.overrides = operation.overrides ? withOverrides(next, anchored, operation.overrides) : anchored;

  const overrides = overrideDifference(document.overrides, next.overrides);
  const moved = borders.directlyBehind && listedIds.has(borders.directlyBehind.id);
  return {
    document: next,
    inverse: {
      type: 'replaceItems',
      afterId: operation.afterId,
      removeIds: operation.items.map((item) => item.id),
      items: removed,
      segments: moved && borders.directlyBehind ? [...borders.begun, borders.directlyBehind] : borders.begun,
      ...(overrides && { overrides }),
    },
  };
}

function bordersOf(document: TranscriptDocument, start: number, end: number): Borders {
  const { segments, items } = document;
  const first = segmentLowerBound(document, start);
  const afterLast = segmentLowerBound(document, end);
  const begun = segments.slice(first, afterLast);
  const following = segments[afterLast];
  const directlyBehind = following && segmentStart(document, following) === end ? following : undefined;
  const loses = begun[0] && segmentStart(document, begun[0]) === start ? begun[0] : undefined;
  return {
    before: segments.slice(0, first),
    begun,
    after: segments.slice(afterLast),
    directlyBehind,
    opening: loses ?? (start === 0 ? directlyBehind : undefined),
    itemBehind: items[end],
  };
}

/** The segments that begin in the range when the operation does not say. */
function usualSegments(borders: Borders, added: readonly Item[]): Segment[] {
  const { begun, opening, directlyBehind, itemBehind } = borders;
  const segments: Segment[] = [];
  if (opening && added.length > 0) {
    segments.push({ ...opening, firstItemId: added[0].id });
  }
  const reachesOut = itemBehind && !directlyBehind ? begun.at(-1) : undefined;
  if (itemBehind && reachesOut && reachesOut.id !== segments[0]?.id) {
    segments.push({ ...reachesOut, firstItemId: itemBehind.id });
  }
  return segments;
}

/** That segments still cut the items into parts, each with a beginning of its own. */
function requireSegments(
  document: TranscriptDocument,
  { before, begun, directlyBehind, itemBehind }: Borders,
  listed: readonly Segment[],
  added: readonly Item[],
): void {
  const { segments, items } = document;
  if (items.length === 0 ? segments.length > 0 : segments[0]?.firstItemId !== items[0].id) {
    throw new OperationError('invalid', 'The first segment must begin at the first word or note.');
  }
  if (listed.length === 0) {
    return;
  }
  const places = new Map(added.map((item, place) => [item.id, place]));
  const wasHere = new Set([...begun, directlyBehind].map((segment) => segment?.id));
  let lastPlace = -1;
  for (const segment of listed) {
    const behind = segment.firstItemId === itemBehind?.id && wasHere.has(segment.id);
    const place = behind ? added.length : (places.get(segment.firstItemId) ?? -1);
    if (place <= lastPlace) {
      throw new OperationError('invalid', `Segment ${segment.id} does not begin at one of the new words.`);
    }
    lastPlace = place;
    requireSpeaker(document, segment.speakerId);
  }
  const next = segments[before.length + listed.length];
  if (lastPlace === added.length && next?.firstItemId === itemBehind?.id) {
    throw new OperationError('invalid', 'Two segments would begin at the same word.');
  }
  const listedIds = new Set(listed.map((segment) => segment.id));
  if (segments.filter((segment) => listedIds.has(segment.id)).length > listedIds.size) {
    throw new OperationError('taken', 'The id of a segment is in use.');
  }
}
