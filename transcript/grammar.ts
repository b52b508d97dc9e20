import type { TranscriptDocument } from './document.ts';
import { isWord } from './positions.ts';
import { itemFault, overrideTimesFault } from './soundness.ts';

/** What a document can get wrong; `repair` mends all of it. */
export type FaultRule =
  /** An id stands twice in its list. */
  | 'id'
  /** A text is blank or has a line break; a speaker has no name. */
  | 'text'
  /** A word lasts less than 1 ms. */
  | 'duration'
  /** A time lies outside the medium. */
  | 'range'
  /** Words of one speaker (nobody named is one too) overlap or go back in time. */
  | 'order'
  /** The segments do not cut the items into parts, in order, from the first item on. */
  | 'segments'
  /** A segment's speaker is not in the table. */
  | 'speaker'
  /** An override's words are not there or not in order. */
  | 'anchor'
  /** Overrides share words or are out of order, or one ends before it begins. */
  | 'overrides';

/** `id` is that of the item, segment, speaker or override. */
export type Fault = { rule: FaultRule; id: string; message: string };

/**
 * The document's grammar: everything that is wrong with it, nothing for a sound one.
 *
 * Segments of different speakers may begin in any order; only what one speaker says must go on in time.
 */
export function faults(document: TranscriptDocument): Fault[] {
  const found: Fault[] = [];
  const report = (rule: FaultRule, id: string, message: string) => found.push({ rule, id, message });

  for (const list of [document.items, document.segments, document.speakers, document.overrides]) {
    const seen = new Set<string>();
    for (const { id } of list) {
      if (seen.has(id)) {
        report('id', id, `The id ${id} stands twice.`);
      }
      seen.add(id);
    }
  }
  for (const speaker of document.speakers) {
    if (speaker.name.trim() === '') {
      report('text', speaker.id, `Speaker ${speaker.id} has no name.`);
    }
  }
  for (const item of document.items) {
    const fault = itemFault(item, document.media.durationMs);
    if (fault) {
      report(fault.rule, item.id, fault.message);
    }
  }
  // Of two with one id the first counts.
  const places = new Map(document.items.map((item, index): [string, number] => [item.id, index]).reverse());
  const faultsBefore = found.length;
  reportSegments(document, places, report);
  // Who says what is known only where segments are sound.
  if (!found.slice(faultsBefore).some((fault) => fault.rule === 'segments')) {
    reportOrder(document, places, report);
  }
  reportOverrides(document, places, report);
  return found;
}

type Report = (rule: FaultRule, id: string, message: string) => void;

function reportSegments(
  { segments, items, speakers }: TranscriptDocument,
  places: Map<string, number>,
  report: Report,
) {
  const known = new Set(speakers.map((speaker) => speaker.id));
  if (items.length > 0 && segments.length === 0) {
    report('segments', items[0].id, 'The words belong to no segment.');
  }
  let last = -1;
  segments.forEach(({ id, firstItemId, speakerId }, k) => {
    const place = places.get(firstItemId);
    if (place === undefined) {
      report('segments', id, `Segment ${id} begins at a word that is not there.`);
    } else if (place <= last || (k === 0 && place > 0)) {
      report('segments', id, `Segment ${id} begins at the wrong place.`);
    }
    last = Math.max(last, place ?? -1);
    if (speakerId !== null && !known.has(speakerId)) {
      report('speaker', id, `Segment ${id} has a speaker who is not in the table.`);
    }
  });
}

function reportOrder({ segments, items }: TranscriptDocument, places: Map<string, number>, report: Report) {
  const lastEndMs = new Map<string | null, number>();
  segments.forEach(({ speakerId, firstItemId }, k) => {
    const start = places.get(firstItemId) ?? 0;
    const end = places.get(segments[k + 1]?.firstItemId) ?? items.length;
    for (const item of items.slice(start, end).filter(isWord)) {
      if (item.startMs < (lastEndMs.get(speakerId) ?? 0)) {
        report('order', item.id, `“${item.text}” begins before the same speaker's word before it has ended.`);
      }
      lastEndMs.set(speakerId, item.endMs);
    }
  });
}

function reportOverrides(
  { overrides, items, media }: TranscriptDocument,
  places: Map<string, number>,
  report: Report,
) {
  let last = -1;
  for (const override of overrides) {
    const { id, firstWordId, lastWordId, lineBreakAfterWordIds = [] } = override;
    const wordPlace = (wordId: string) => {
      const place = places.get(wordId);
      return place !== undefined && isWord(items[place]) ? place : -1;
    };
    const from = wordPlace(firstWordId);
    const to = wordPlace(lastWordId);
    const breaks = lineBreakAfterWordIds.map(wordPlace);
    if (from < 0 || to < from || breaks.some((place) => place < from || place > to)) {
      report('anchor', id, `Cue ${id}, set by hand, stands on words that are not there.`);
    } else if (from <= last) {
      report('overrides', id, `Cue ${id}, set by hand, has words of another one, or comes too late.`);
    }
    last = Math.max(last, to);
    const fault = overrideTimesFault(override, media.durationMs);
    if (fault) {
      report('overrides', id, fault);
    }
  }
}
