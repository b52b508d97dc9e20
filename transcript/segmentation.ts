import { newId as randomId } from './create.ts';
import type { NewId } from './create.ts';
import type { TranscriptDocument } from './document.ts';
import { WorkingCopy } from './operations.ts';
import type { Operation } from './operations.ts';
import { isWord, segmentItems, segmentRange } from './positions.ts';
import { defaultSegmentRules } from './segmenting/cutting.ts';
import type { SegmentRules } from './segmenting/cutting.ts';
import { draftSegments } from './segmenting/drafts.ts';
import type { Draft } from './segmenting/drafts.ts';
import { fitBehind } from './segmenting/fitting.ts';
import type { AppendedWord } from './segmenting/fitting.ts';
import { lastSegmentOf, segmentStartMs } from './segmenting/speakers.ts';

export { cutIntoSegments, defaultSegmentRules } from './segmenting/cutting.ts';
export type { SegmentRules } from './segmenting/cutting.ts';
export type { AppendedWord } from './segmenting/fitting.ts';

/**
 * The operations that add recognised words behind what their speakers have said so far: to the speaker's last
 * segment, or as new segments where `SegmentRules` or another speaker's turn cut them, each placed in the order
 * in which segments begin. A medium that turns out longer than it was thought becomes longer.
 *
 * The words of a speaker that come together or in portions, in their order, make the same segments. Where they
 * would overlap words that stand there (a person may have typed some), times give way: see `untangle`.
 *
 * @throws OperationError where a speaker is not in the table or a text is empty.
 */
export function appendWords(
  document: TranscriptDocument,
  words: readonly AppendedWord[],
  { newId = randomId, rules = defaultSegmentRules }: { newId?: NewId; rules?: SegmentRules } = {},
): Operation[] {
  const operations: Operation[] = [];
  const copy = new WorkingCopy(document);
  const apply = (operation: Operation) => {
    operations.push(operation);
    copy.apply(operation);
  };

  const { fitted, changes } = fitBehind(document, words, newId);
  const durationMs = fitted.reduce(
    (endMs, { word }) => Math.max(endMs, word.endMs),
    document.media.durationMs,
  );
  if (durationMs > document.media.durationMs) {
    apply({ type: 'setProperties', media: { ...document.media, durationMs } });
  }
  if (changes.length > 0) {
    apply({ type: 'changeWords', changes });
  }
  for (const draft of draftSegments(copy.document, fitted, rules)) {
    if (draft.place.kind === 'new') {
      insertSegment(copy.document, draft, newId, apply);
      continue;
    }
    if (draft.place.kind === 'cut') {
      const { itemId } = draft.place;
      // Another speaker's turn may have cut there before.
      if (!copy.document.segments.some((segment) => segment.firstItemId === itemId)) {
        apply({ type: 'splitSegment', itemId, segmentId: newId() });
      }
    }
    if (draft.added.length > 0) {
      const last = lastSegmentOf(copy.document, draft.speakerId);
      const afterId = copy.document.items[segmentRange(copy.document, last)[1] - 1].id;
      apply({ type: 'replaceItems', afterId, removeIds: [], items: draft.added });
    }
  }
  return operations.reduce(mergeAppended, []);
}

/** Makes one operation of two that put items behind each other. */
function mergeAppended(operations: Operation[], next: Operation): Operation[] {
  const last = operations.at(-1);
  if (
    last?.type === 'replaceItems' &&
    next.type === 'replaceItems' &&
    last.items.length > 0 &&
    next.afterId === last.items.at(-1)?.id
  ) {
    const segments = [...(last.segments ?? []), ...(next.segments ?? [])];
    operations[operations.length - 1] = { ...last, items: [...last.items, ...next.items], segments };
  } else {
    operations.push(next);
  }
  return operations;
}

/** Puts a new segment behind the last one that begins before it, or into a pause of that one. */
function insertSegment(
  document: TranscriptDocument,
  { speakerId, added }: Draft,
  newId: NewId,
  apply: (operation: Operation) => void,
): void {
  const { startMs } = added[0];
  let place = document.segments.length - 1;
  while (place >= 0 && (segmentStartMs(document, place) ?? 0) > startMs) {
    place--;
  }
  let afterId: string | null = null;
  if (place >= 0) {
    const items = segmentItems(document, place);
    const next = items.findIndex((item) => isWord(item) && item.startMs >= startMs);
    const said = items.slice(0, Math.max(next, 0)).findLast(isWord);
    const inPause = said !== undefined && said.endMs <= startMs;
    if (inPause) {
      apply({ type: 'splitSegment', itemId: items[next].id, segmentId: newId() });
    }
    afterId = items[inPause ? next - 1 : items.length - 1].id;
  }
  apply({
    type: 'replaceItems',
    afterId,
    removeIds: [],
    items: added,
    segments: [{ id: newId(), firstItemId: added[0].id, speakerId }],
  });
}
