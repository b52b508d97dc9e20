import { newId as randomId } from './create.ts';
import type { NewId } from './create.ts';
import type { CueOverride, Item, TranscriptDocument } from './document.ts';
import { applyOperations, OperationError } from './operations.ts';
import type { Operation, OverrideChanges } from './operations.ts';
import { isWord, itemIndex, segmentIndexAt, segmentItems, segmentRange, segmentStart } from './positions.ts';
import { untangle } from './spans.ts';
import type { Span } from './spans.ts';

/**
 * The operations that give segments to a speaker (null: nobody known). One person cannot say two words at once:
 * where the segments that become one person's overlap or lie in another order than their times, they become one
 * segment, its words in the order of time, shortened where they overlap (see `untangle`).
 *
 * @throws OperationError where a segment is not there (any more), or there is no time for all words.
 */
export function giveSpeaker(
  document: TranscriptDocument,
  segmentIds: readonly string[],
  speakerId: string | null,
): Operation[] {
  const given = new Set(segmentIds);
  const assignments = document.segments
    .filter((segment) => given.has(segment.id) && segment.speakerId !== speakerId)
    .map((segment) => ({ segmentId: segment.id, speakerId }));
  const tangles = tanglesOf(document, given, speakerId);
  const tangled = new Set(
    tangles.flatMap(({ places }) => places.map((place) => document.segments[place].id)),
  );
  const simple = assignments.filter(({ segmentId }) => !tangled.has(segmentId));
  return [
    ...(simple.length > 0 ? [{ type: 'setSpeakers', assignments: simple } as const] : []),
    // From the end on, so that places before stay true.
    ...tangles.toReversed().map((tangle) => combine(document, tangle, speakerId)),
  ];
}

/** The operations that give a run of items to a speaker, cutting segments at its ends. */
export function giveSpeakerToRange(
  document: TranscriptDocument,
  { firstItemId, lastItemId }: { firstItemId: string; lastItemId: string },
  speakerId: string | null,
  { newId = randomId }: { newId?: NewId } = {},
): Operation[] {
  const first = itemIndex(document.items, firstItemId);
  const last = itemIndex(document.items, lastItemId);
  if (first < 0 || last < first) {
    throw new OperationError('missing', 'The chosen words are not there (any more).');
  }
  const cuts = [document.items[first], document.items[last + 1]]
    .filter((item) => item && !document.segments.some((segment) => segment.firstItemId === item.id))
    .map((item): Operation => ({ type: 'splitSegment', itemId: item.id, segmentId: newId() }));
  const cut = applyOperations(document, cuts).document;
  const segmentIds = cut.segments
    .slice(segmentIndexAt(cut, first), segmentIndexAt(cut, last) + 1)
    .map((segment) => segment.id);
  return [...cuts, ...giveSpeaker(cut, segmentIds, speakerId)];
}

/** The operations that make two speakers one (“same person as”), or with null take a speaker out of the table. */
export function mergeSpeakers(
  document: TranscriptDocument,
  fromId: string,
  intoId: string | null,
): Operation[] {
  const segmentIds = document.segments
    .filter((segment) => segment.speakerId === fromId)
    .map((segment) => segment.id);
  return [...giveSpeaker(document, segmentIds, intoId), { type: 'removeSpeaker', speakerId: fromId }];
}

/** The operations that add a segment to the one before it, also where another speaker talks over it. */
export function joinToPrevious(document: TranscriptDocument, segmentId: string): Operation[] {
  const place = document.segments.findIndex((segment) => segment.id === segmentId);
  const before = document.segments[place - 1];
  if (!before) {
    throw new OperationError('missing', 'There is no segment before that one (any more).');
  }
  const operations = giveSpeaker(document, [segmentId], before.speakerId);
  const next = applyOperations(document, operations).document;
  return next.segments.some((segment) => segment.id === segmentId)
    ? [...operations, { type: 'joinSegment', segmentId }]
    : operations;
}

/** Segments (by their places, rising) that must become one, and the time that their words may take. */
type Tangle = { places: number[]; said: Span; within: Span };

function tanglesOf(document: TranscriptDocument, given: Set<string>, speakerId: string | null): Tangle[] {
  const stack: Omit<Tangle, 'within'>[] = [];
  document.segments.forEach((segment, place) => {
    const words = segmentItems(document, place).filter(isWord);
    if (words.length === 0 || (segment.speakerId !== speakerId && !given.has(segment.id))) {
      return;
    }
    let next = { places: [place], said: { startMs: words[0].startMs, endMs: words.at(-1)!.endMs } };
    for (let last = stack.at(-1); last && last.said.endMs > next.said.startMs; last = stack.at(-1)) {
      next = {
        places: [...last.places, ...next.places],
        said: {
          startMs: Math.min(last.said.startMs, next.said.startMs),
          endMs: Math.max(last.said.endMs, next.said.endMs),
        },
      };
      stack.pop();
    }
    stack.push(next);
  });
  return stack
    .map((tangle, k) => ({
      ...tangle,
      within: {
        startMs: stack[k - 1]?.said.endMs ?? 0,
        endMs: stack[k + 1]?.said.startMs ?? document.media.durationMs,
      },
    }))
    .filter((tangle) => tangle.places.length > 1);
}

/** Puts the words of tangled segments into the first of them; what others say in between comes behind it. */
function combine(
  document: TranscriptDocument,
  { places, within }: Tangle,
  speakerId: string | null,
): Operation {
  const { items, segments } = document;
  const first = places[0];
  const last = places.at(-1)!;
  const start = segmentStart(document, segments[first]);
  const end = segmentRange(document, last)[1];
  const own = inOrderOfTime(places.map((place) => segmentItems(document, place)));
  const spans = untangle(own.filter(isWord), within)?.values();
  if (!spans) {
    throw new OperationError('overlap', 'There is not time enough for one person to say all that.');
  }
  const timed = own.map((item): Item => (isWord(item) ? { ...item, ...spans.next().value } : item));
  const tangled = new Set(places);
  const between = segments.slice(first, last + 1).filter((_, k) => !tangled.has(first + k));
  const order = [
    ...timed,
    ...between.flatMap((segment) => segmentItems(document, segments.indexOf(segment))),
  ];
  return {
    type: 'replaceItems',
    afterId: items[start - 1]?.id ?? null,
    removeIds: items.slice(start, end).map((item) => item.id),
    items: order,
    segments: [{ ...segments[first], firstItemId: order[0].id, speakerId }, ...between],
    overrides: overridesIn(document, [start, end], order),
  };
}

/** Items by the time of their words; a note stays behind the word that it follows, or before its segment's first. */
function inOrderOfTime(lists: readonly Item[][]): Item[] {
  const timed = lists.flatMap((list) => {
    let atMs = list.find(isWord)?.startMs ?? 0;
    return list.map((item) => {
      atMs = isWord(item) ? item.startMs : atMs;
      return { item, atMs };
    });
  });
  return timed.sort((a, b) => a.atMs - b.atMs).map(({ item }) => item);
}

/** Cues set by hand whose words still stand side by side, and not those whose words do not. */
function overridesIn(
  document: TranscriptDocument,
  [start, end]: [number, number],
  order: readonly Item[],
): OverrideChanges {
  const changes: OverrideChanges = { removeIds: [], put: [] };
  const places = new Map(order.map((item, place) => [item.id, start + place]));
  const placeOf = (item: Item, index: number) => places.get(item.id) ?? index;
  for (const override of document.overrides) {
    const first = itemIndex(document.items, override.firstWordId);
    const last = itemIndex(document.items, override.lastWordId);
    if (last < start || first >= end) {
      continue;
    }
    const words = document.items
      .slice(first, last + 1)
      .map((item, k) => ({ item, place: placeOf(item, first + k) }))
      .filter(({ item }) => isWord(item))
      .sort((a, b) => a.place - b.place);
    const now = (place: number) => order[place - start] ?? document.items[place];
    const stretch = Array.from({ length: words.at(-1)!.place - words[0].place + 1 }, (_, k) =>
      now(words[0].place + k),
    );
    if (stretch.filter(isWord).length === words.length) {
      changes.put.push(anchored(override, words[0].item.id, words.at(-1)!.item.id));
    } else {
      changes.removeIds.push(override.id);
    }
  }
  return changes;
}

function anchored(override: CueOverride, firstWordId: string, lastWordId: string): CueOverride {
  return { ...override, firstWordId, lastWordId };
}
