import type { Operation } from '../../../transcript/operations.ts';
import { newId as randomId, type NewId } from '../../../transcript/create.ts';
import type { TranscriptDocument } from '../../../transcript/document.ts';
import { isWord, segmentItems } from '../../../transcript/positions.ts';

/**
 * The operations that give words their speakers, and segments cut where another begins. Segments that have a speaker
 * already are left as they are, and who mostly has their words is that speaker; others are called "Speaker 1" and so
 * on, in the order in which they first speak.
 * @param people a person's number for each word's id; words that are not in it, or are null, stay open
 */
export function speakerOperations(
  document: TranscriptDocument,
  people: ReadonlyMap<string, number | null>,
  newId: NewId = randomId,
): Operation[] {
  const speakers = knownSpeakers(document, people);
  const added: Operation[] = [];
  const names = new Set(document.speakers.map(({ name }) => name));
  const idOf = (person: number | null): string | null => {
    if (person === null) return null;
    let id = speakers.get(person);
    if (id === undefined) {
      id = newId();
      speakers.set(person, id);
      let number = 1;
      while (names.has(`Speaker ${number}`)) number += 1;
      const name = `Speaker ${number}`;
      names.add(name);
      added.push({ type: 'addSpeaker', speaker: { id, name }, beforeId: null });
    }
    return id;
  };

  const cuts: Operation[] = [];
  const assignments: { segmentId: string; speakerId: string | null }[] = [];
  document.segments.forEach(({ id, speakerId: given }, place) => {
    if (given !== null) return;
    const words = segmentItems(document, place).filter(isWord);
    const items = words.map((word) => ({ word, speakerId: idOf(people.get(word.id) ?? null) }));
    items.forEach(({ word, speakerId }, at) => {
      if (at === 0) {
        if (speakerId !== null) assignments.push({ segmentId: id, speakerId });
      } else if (speakerId !== items[at - 1].speakerId) {
        cuts.push({ type: 'splitSegment', itemId: word.id, segmentId: newId(), speakerId });
      }
    });
  });
  if (cuts.length === 0 && assignments.length === 0) return [];
  // The cuts first: they take what is behind them out of the segments that are then given away.
  return [...added, ...cuts, { type: 'setSpeakers', assignments }];
}

/** A voice with less than this of a speaker's words is somebody else, whose words were taken for theirs. */
const leastShare = 1 / 3;

/** Who of the people is a speaker already: the one who has most of their words in the segments that have one. */
function knownSpeakers(
  document: TranscriptDocument,
  people: ReadonlyMap<string, number | null>,
): Map<number, string> {
  const spokenMs = new Map<string, number>();
  const ofPerson = new Map<number, Map<string, number>>();
  document.segments.forEach(({ speakerId }, place) => {
    if (speakerId === null) return;
    for (const { id, startMs, endMs } of segmentItems(document, place).filter(isWord)) {
      const person = people.get(id) ?? null;
      if (person === null) continue;
      const own = ofPerson.get(person) ?? new Map<string, number>();
      own.set(speakerId, (own.get(speakerId) ?? 0) + endMs - startMs);
      ofPerson.set(person, own);
      spokenMs.set(speakerId, (spokenMs.get(speakerId) ?? 0) + endMs - startMs);
    }
  });
  return new Map(
    [...ofPerson].flatMap(([person, own]): [number, string][] => {
      const [speakerId, ms] = [...own].reduce((most, one) => (one[1] > most[1] ? one : most));
      return ms >= leastShare * spokenMs.get(speakerId)! ? [[person, speakerId]] : [];
    }),
  );
}
