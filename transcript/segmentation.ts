import { newId as randomId } from './create.ts';
import type { NewId } from './create.ts';
import { cutBefore, defaultSegmentRules } from './cutting.ts';
import type { SegmentRules } from './cutting.ts';
import type { TranscriptDocument, Word } from './document.ts';
import { applyOperation } from './operations.ts';
import type { Operation } from './operations.ts';
import { isWord, segmentItems, segmentRange } from './positions.ts';
import { untangle } from './spans.ts';

export { cutIntoSegments, defaultSegmentRules } from './cutting.ts';
export type { SegmentRules } from './cutting.ts';

/** A recognised word on its way into the document, with who says it: with split channels each is a speaker. */
export type AppendedWord = Omit<Word, 'kind' | 'id'> & { speakerId: string | null };

/** A segment that gets words: the speaker's last one, a part cut off it, or a new one. */
type Draft = {
  speakerId: string | null;
  place: { kind: 'last' } | { kind: 'cut'; itemId: string } | { kind: 'new' };
  words: Word[];
  added: Word[];
};

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
  let current = document;
  const apply = (operation: Operation) => {
    operations.push(operation);
    current = applyOperation(current, operation).document;
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
  for (const draft of draftSegments(current, fitted, rules)) {
    if (draft.place.kind === 'new') {
      insertSegment(current, draft, newId, apply);
      continue;
    }
    if (draft.place.kind === 'cut') {
      const { itemId } = draft.place;
      // Another speaker's turn may have cut there before.
      if (!current.segments.some((segment) => segment.firstItemId === itemId)) {
        apply({ type: 'splitSegment', itemId, segmentId: newId() });
      }
    }
    if (draft.added.length > 0) {
      const last = lastSegmentOf(current, draft.speakerId);
      const afterId = current.items[segmentRange(current, last)[1] - 1].id;
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

type FittedWord = { word: Word; speakerId: string | null };
type EndChange = { id: string; startMs: number; endMs: number };

/** Gives the words ids and, in their order of time, times that overlap nothing that their speakers said. */
function fitBehind(document: TranscriptDocument, words: readonly AppendedWord[], newId: NewId) {
  const fitted: FittedWord[] = [];
  const changes: EndChange[] = [];
  const sorted = words.toSorted((a, b) => a.startMs - b.startMs);
  for (const speakerId of new Set(sorted.map((word) => word.speakerId))) {
    const own = sorted.filter((word) => word.speakerId === speakerId);
    const last = lastWordOf(document, speakerId);
    const standing = last ? [last] : [];
    // Without an end there is room for all.
    const spans =
      untangle([...standing, ...own], { startMs: last?.startMs ?? 0, endMs: Number.MAX_SAFE_INTEGER }) ?? [];
    if (last && spans[0].endMs !== last.endMs) {
      changes.push({ id: last.id, ...spans[0] });
    }
    own.forEach(({ speakerId: _, ...word }, place) => {
      const span = spans[place + standing.length];
      fitted.push({ speakerId, word: { kind: 'word', id: newId(), ...word, ...span } });
    });
  }
  return { fitted: fitted.sort((a, b) => a.word.startMs - b.word.startMs), changes };
}

function draftSegments(
  document: TranscriptDocument,
  fitted: readonly FittedWord[],
  rules: SegmentRules,
): Draft[] {
  const drafts: Draft[] = [];
  const open = new Map<string | null, Draft>();
  const begin = (draft: Draft) => {
    drafts.push(draft);
    open.set(draft.speakerId, draft);
    return draft;
  };
  for (const { word, speakerId } of fitted) {
    let draft = open.get(speakerId) ?? standingDraft(document, speakerId);
    if (!draft || turnBetween(document, drafts, draft, word)) {
      draft = begin({ speakerId, place: { kind: 'new' }, words: [], added: [] });
    } else if (!open.has(speakerId)) {
      begin(draft);
    }
    for (
      let cut = cutBefore(draft.words, word, rules);
      cut !== null;
      cut = cutBefore(draft.words, word, rules)
    ) {
      draft = begin(cutDraft(draft, cut));
    }
    draft.words.push(word);
    draft.added.push(word);
  }
  return drafts;
}

/** Takes the words from an index on out of a draft, for a segment of their own. */
function cutDraft(draft: Draft, cut: number): Draft {
  const words = draft.words.splice(cut);
  const standing = words.length - Math.min(words.length, draft.added.length);
  const added = draft.added.splice(Math.max(0, draft.added.length - words.length));
  return {
    speakerId: draft.speakerId,
    place: standing > 0 ? { kind: 'cut', itemId: words[0].id } : { kind: 'new' },
    words,
    added,
  };
}

function standingDraft(document: TranscriptDocument, speakerId: string | null): Draft | null {
  const last = lastSegmentOf(document, speakerId);
  return last < 0
    ? null
    : { speakerId, place: { kind: 'last' }, words: segmentItems(document, last).filter(isWord), added: [] };
}

/** Whether somebody else began to speak between a draft's last word and the next one. */
function turnBetween(
  document: TranscriptDocument,
  drafts: readonly Draft[],
  draft: Draft,
  next: Word,
): boolean {
  const fromMs = draft.words.at(-1)?.endMs;
  const isTurn = (startMs: number | undefined) =>
    fromMs !== undefined && startMs !== undefined && startMs >= fromMs && startMs <= next.startMs;
  for (let k = drafts.length - 1; k >= 0; k--) {
    const other = drafts[k];
    const startMs = other.words[0]?.startMs;
    if (other.place.kind === 'new') {
      if (other.speakerId !== draft.speakerId && isTurn(startMs)) {
        return true;
      }
      if (startMs < (fromMs ?? 0)) {
        break;
      }
    }
  }
  for (let k = document.segments.length - 1; k >= 0; k--) {
    const startMs = segmentStartMs(document, k);
    if (document.segments[k].speakerId !== draft.speakerId && isTurn(startMs)) {
      return true;
    }
    if (startMs !== undefined && fromMs !== undefined && startMs < fromMs) {
      return false;
    }
  }
  return false;
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

/** When the first word of a segment begins; undefined where it holds notes only. */
function segmentStartMs(document: TranscriptDocument, place: number): number | undefined {
  const [start, end] = segmentRange(document, place);
  for (let index = start; index < end; index++) {
    const item = document.items[index];
    if (isWord(item)) {
      return item.startMs;
    }
  }
  return undefined;
}

function lastSegmentOf(document: TranscriptDocument, speakerId: string | null): number {
  return document.segments.findLastIndex((segment) => segment.speakerId === speakerId);
}

function lastWordOf(document: TranscriptDocument, speakerId: string | null): Word | undefined {
  for (let place = lastSegmentOf(document, speakerId); place >= 0; place--) {
    const word =
      document.segments[place].speakerId === speakerId
        ? segmentItems(document, place).findLast(isWord)
        : undefined;
    if (word) {
      return word;
    }
  }
  return undefined;
}
