import type { TranscriptDocument } from '../document.ts';
import { OperationError } from './error.ts';
import type { AddSpeaker, RemoveSpeaker, RenameSpeaker } from './schema.ts';

export function addSpeaker(
  document: TranscriptDocument,
  { speaker, beforeId }: AddSpeaker,
): { document: TranscriptDocument; inverse: RemoveSpeaker } {
  if (document.speakers.some(({ id }) => id === speaker.id)) {
    throw new OperationError('taken', `The id ${speaker.id} is in use.`);
  }
  requireName(speaker.name);
  const place = beforeId === null ? document.speakers.length : requirePlace(document, beforeId);
  const speakers = document.speakers.toSpliced(place, 0, speaker);
  return { document: { ...document, speakers }, inverse: { type: 'removeSpeaker', speakerId: speaker.id } };
}

export function removeSpeaker(
  document: TranscriptDocument,
  { speakerId }: RemoveSpeaker,
): { document: TranscriptDocument; inverse: AddSpeaker } {
  const place = requirePlace(document, speakerId);
  if (document.segments.some((segment) => segment.speakerId === speakerId)) {
    throw new OperationError('changed', `${document.speakers[place].name} still says something.`);
  }
  const beforeId = document.speakers[place + 1]?.id ?? null;
  return {
    document: { ...document, speakers: document.speakers.toSpliced(place, 1) },
    inverse: { type: 'addSpeaker', speaker: document.speakers[place], beforeId },
  };
}

export function renameSpeaker(
  document: TranscriptDocument,
  { speakerId, name }: RenameSpeaker,
): { document: TranscriptDocument; inverse: RenameSpeaker } {
  requireName(name);
  const place = requirePlace(document, speakerId);
  const old = document.speakers[place];
  const speakers = document.speakers.with(place, { ...old, name });
  return {
    document: { ...document, speakers },
    inverse: { type: 'renameSpeaker', speakerId, name: old.name },
  };
}

function requirePlace(document: TranscriptDocument, speakerId: string): number {
  const place = document.speakers.findIndex(({ id }) => id === speakerId);
  if (place < 0) {
    throw new OperationError('missing', `There is no speaker ${speakerId} (any more).`);
  }
  return place;
}

function requireName(name: string): void {
  if (name.trim() === '') {
    throw new OperationError('invalid', 'A speaker needs a name.');
  }
}
