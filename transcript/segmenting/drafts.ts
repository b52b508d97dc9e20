import type { TranscriptDocument, Word } from '../document.ts';
import { isWord, segmentItems } from '../positions.ts';
import { cutBefore } from './cutting.ts';
import type { SegmentRules } from './cutting.ts';
import type { FittedWord } from './fitting.ts';
import { lastSegmentOf, segmentStartMs } from './speakers.ts';

/** A segment that gets words: the speaker's last one, a part cut off it, or a new one. */
export type Draft = {
  speakerId: string | null;
  place: { kind: 'last' } | { kind: 'cut'; itemId: string } | { kind: 'new' };
  words: Word[];
  added: Word[];
};

/** Shares words, in their order of time, out to the segments in which they are to stand. */
export function draftSegments(
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
