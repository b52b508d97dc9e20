import { cutIntoSegments } from './segmenting/cutting.ts';
import type { CueOverride, Item, Segment, Speaker, TranscriptDocument } from './document.ts';
import { faults } from './grammar.ts';
import { isWord } from './positions.ts';
import { retimed } from './mending/retiming.ts';
import type { Report } from './mending/retiming.ts';
import { overrideTimesFault } from './soundness.ts';
import { isOneLine } from './wording.ts';

/**
 * Makes a document obey the grammar, for project files that were damaged. Text is kept wherever there is any;
 * a sound document is given back as it is.
 *
 * @returns the document, and what was lost or guessed, a sentence each
 */
export function repair(damaged: TranscriptDocument): { document: TranscriptDocument; lost: string[] } {
  if (faults(damaged).length === 0) {
    return { document: damaged, lost: [] };
  }
  const lost: string[] = [];
  const report: Report = (count, one, many = one) => {
    if (count > 0) {
      lost.push(count === 1 ? one : many.replace('#', String(count)));
    }
  };
  const speakers = soundSpeakers(damaged.speakers);
  const items = soundItems(damaged.items, report);
  const segments = soundSegments(damaged.segments, items, speakers, report);
  const { items: timed, durationMs } = retimed({ ...damaged, items, segments }, report);
  const media = { ...damaged.media, durationMs };
  const overrides = soundOverrides(damaged.overrides, timed, durationMs, report);
  return { document: { ...damaged, media, speakers, items: timed, segments, overrides }, lost };
}

/** Gives entries whose id is taken another one. */
function withOwnIds<T extends { id: string }>(list: readonly T[]): T[] {
  const taken = new Set<string>();
  const given = new Set(list.map((entry) => entry.id));
  return list.map((entry) => {
    let { id } = entry;
    for (let count = 2; taken.has(id); count++) {
      const other = `${entry.id}-${count}`;
      id = given.has(other) ? id : other;
    }
    taken.add(id);
    return id === entry.id ? entry : { ...entry, id };
  });
}

function soundSpeakers(speakers: readonly Speaker[]): Speaker[] {
  // Segments cannot mean the second of two with one id.
  const first = speakers.filter(({ id }, place) => speakers.findIndex((other) => other.id === id) === place);
  return first.map((speaker, place) =>
    speaker.name.trim() === '' ? { ...speaker, name: `Speaker ${place + 1}` } : speaker,
  );
}

function soundItems(items: readonly Item[], report: Report): Item[] {
  const oneLine = items
    .map((item) => (isOneLine(item.text) ? item : { ...item, text: item.text.trim().replace(/\s+/g, ' ') }))
    .filter((item) => item.text !== '');
  report(
    items.length - oneLine.length,
    'A word without text was left out.',
    '# words without text were left out.',
  );
  return withOwnIds(oneLine);
}

function soundSegments(
  segments: readonly Segment[],
  items: readonly Item[],
  speakers: readonly Speaker[],
  report: Report,
): Segment[] {
  const places = new Map(items.map((item, place) => [item.id, place]));
  const known = new Set(speakers.map((speaker) => speaker.id));
  const begun = new Set<string>();
  const kept = segments.filter(({ firstItemId }) => {
    const isNew = places.has(firstItemId) && !begun.has(firstItemId);
    begun.add(firstItemId);
    return isNew;
  });
  report(
    segments.length - kept.length,
    'The beginning of a segment is lost; its words stand in the one before.',
    'The beginnings of # segments are lost; their words stand in those before.',
  );
  const nameless = kept.filter(({ speakerId }) => speakerId !== null && !known.has(speakerId));
  report(nameless.length, 'Who speaks in a segment is lost.', 'Who speaks in # segments is lost.');
  const ordered = kept
    .map((segment) => (nameless.includes(segment) ? { ...segment, speakerId: null } : segment))
    .sort((a, b) => places.get(a.firstItemId)! - places.get(b.firstItemId)!);
  if (items.length > 0 && ordered[0]?.firstItemId !== items[0].id) {
    report(1, 'Who speaks at the beginning is lost.');
    ordered.unshift({ id: 'beginning', firstItemId: items[0].id, speakerId: null });
  }
  if (ordered.length === 1 && segments.length !== 1) {
    ordered.push(...segmentsAtPauses(items, ordered[0].speakerId));
  }
  return withOwnIds(ordered);
}

/** Segments after the first one, for words that have lost theirs. */
function segmentsAtPauses(items: readonly Item[], speakerId: string | null): Segment[] {
  return cutIntoSegments(items.filter(isWord))
    .slice(1)
    .map(([{ id }]) => ({ id: `at-${id}`, firstItemId: id, speakerId }));
}

function soundOverrides(
  overrides: readonly CueOverride[],
  items: readonly Item[],
  durationMs: number,
  report: Report,
): CueOverride[] {
  const places = new Map(items.flatMap((item, place) => (isWord(item) ? [[item.id, place]] : [])));
  const first = (override: CueOverride) => places.get(override.firstWordId) ?? -1;
  const last = (override: CueOverride) => places.get(override.lastWordId) ?? -1;
  let taken = -1;
  const kept = overrides
    .filter((override) => first(override) >= 0 && last(override) >= first(override))
    .sort((a, b) => first(a) - first(b))
    .filter((override) => {
      const isFree = first(override) > taken;
      taken = isFree ? last(override) : taken;
      return isFree;
    });
  report(
    overrides.length - kept.length,
    'What was set by hand for a cue is lost.',
    'What was set by hand for # cues is lost.',
  );
  const untimed = kept.filter((override) => overrideTimesFault(override, durationMs));
  report(
    untimed.length,
    'The time that was set by hand for a cue is lost.',
    'The times that were set by hand for # cues are lost.',
  );
  return withOwnIds(
    kept.map((override) => {
      const next = { ...override };
      if (untimed.includes(override)) {
        delete next.startMs;
        delete next.endMs;
      }
      if (next.lineBreakAfterWordIds) {
        next.lineBreakAfterWordIds = next.lineBreakAfterWordIds.filter((id) => {
          const place = places.get(id) ?? -1;
          return place >= first(override) && place <= last(override);
        });
      }
      return next;
    }),
  );
}
