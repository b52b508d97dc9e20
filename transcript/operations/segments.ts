import type { Segment, TranscriptDocument } from '../document.ts';
import { segmentRange, segmentStart } from '../positions.ts';
import { requireItem, requireOrder, requireSegment, requireSpeaker, segmentLowerBound } from './checks.ts';
import { OperationError } from './error.ts';
import type { JoinSegment, SetSpeakers, SplitSegment } from './schema.ts';

export function splitSegment(
  document: TranscriptDocument,
  { itemId, segmentId, speakerId }: SplitSegment,
): { document: TranscriptDocument; inverse: JoinSegment } {
  const { segments } = document;
  const index = requireItem(document, itemId);
  const place = segmentLowerBound(document, index);
  if (segments[place] && segmentStart(document, segments[place]) === index) {
    throw new OperationError('changed', 'A segment begins there already.');
  }
  if (segments.some((segment) => segment.id === segmentId)) {
    throw new OperationError('taken', `The id ${segmentId} is in use.`);
  }
  const old = segments[place - 1];
  const segment: Segment = {
    id: segmentId,
    firstItemId: itemId,
    speakerId: speakerId === undefined ? old.speakerId : speakerId,
  };
  requireSpeaker(document, segment.speakerId);
  const next = { ...document, segments: segments.toSpliced(place, 0, segment) };
  if (segment.speakerId !== old.speakerId) {
    requireOrder(next, index, index + 1);
  }
  return { document: next, inverse: { type: 'joinSegment', segmentId } };
}

export function joinSegment(
  document: TranscriptDocument,
  { segmentId }: JoinSegment,
): { document: TranscriptDocument; inverse: SplitSegment } {
  const { segments } = document;
  const place = requireSegment(document, segmentId);
  if (place === 0) {
    throw new OperationError('invalid', 'There is no segment before the first one.');
  }
  const { firstItemId, speakerId } = segments[place];
  const next = { ...document, segments: segments.toSpliced(place, 1) };
  if (speakerId !== segments[place - 1].speakerId) {
    const [start, end] = segmentRange(next, place - 1);
    requireOrder(next, start, end);
  }
  return { document: next, inverse: { type: 'splitSegment', itemId: firstItemId, segmentId, speakerId } };
}

export function setSpeakers(
  document: TranscriptDocument,
  { assignments }: SetSpeakers,
): { document: TranscriptDocument; inverse: SetSpeakers } {
  const segments = document.segments.slice();
  const places = new Map(segments.map((segment, place) => [segment.id, place]));
  const next: TranscriptDocument = { ...document, segments };
  const undo: SetSpeakers['assignments'] = [];
  const changed: number[] = [];
  for (const { segmentId, speakerId } of assignments) {
    const place = places.get(segmentId);
    if (place === undefined) {
      throw new OperationError('missing', `There is no segment ${segmentId} (any more).`);
    }
    requireSpeaker(document, speakerId);
    undo.unshift({ segmentId, speakerId: segments[place].speakerId });
    segments[place] = { ...segments[place], speakerId };
    changed.push(place);
  }
  for (const place of changed) {
    const [start, end] = segmentRange(next, place);
    requireOrder(next, start, end);
  }
  return { document: next, inverse: { type: 'setSpeakers', assignments: undo } };
}
