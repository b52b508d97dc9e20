import { newId } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import type { Operation } from '../../transcript/operations.ts';
import { giveSpeaker, giveSpeakerToRange, mergeSpeakers } from '../../transcript/speaking.ts';
import { t } from '../strings/strings.ts';
import * as changes from './changes.ts';
import type { EditorState } from './editorState.svelte.ts';
import { selectedItems } from './selecting.ts';

/** Who speaks in the opened project, and what a person can do about it. */
export class Speaking {
  readonly #editor: Pick<EditorState, 'project' | 'editing' | 'place' | 'attempt' | 'timeOfSegment'>;

  constructor(editor: EditorState) {
    this.#editor = editor;
  }

  /** A speaker's name, or that nobody is named. */
  nameOf(speakerId: string | null): string {
    const speaker = this.#editor.project.document.speakers.find(({ id }) => id === speakerId);
    return speaker?.name ?? t('editor.nobody');
  }

  /** Gives what is selected, or the segment with the caret, to a speaker of the table (0 is the first). */
  giveToPlace(speakerPlace: number): boolean {
    const speaker = this.#editor.project.document.speakers[speakerPlace];
    return speaker !== undefined && this.give(speaker.id);
  }

  give(speakerId: string | null, add: Operation[] = []): boolean {
    const { editing, project } = this.#editor;
    const { document } = project;
    const items = editing.selection ? selectedItems(document, editing.selection) : [];
    const segment = document.segments[this.#editor.place];
    if (items.length === 0 && !segment) return false;
    const label = t('editor.didGive', { time: this.#editor.timeOfSegment(this.#editor.place) });
    const done = this.#editor.attempt(() => {
      const known = add.length > 0 ? withSpeakers(document, add) : document;
      const given =
        items.length > 0
          ? giveSpeakerToRange(known, { firstItemId: items[0].id, lastItemId: items.at(-1)!.id }, speakerId)
          : giveSpeaker(known, [segment.id], speakerId);
      return given.length === 0 ? [] : [...add, ...given];
    }, label);
    if (done) editing.follow();
    return done;
  }

  /** Gives what is selected to somebody who is new in the table. */
  giveToNew(): boolean {
    const { id, add } = this.newSpeaker();
    return this.give(id, add);
  }

  /** A speaker for the table, with a name that can be changed. */
  newSpeaker(name?: string): { id: string; add: Operation[] } {
    const { speakers } = this.#editor.project.document;
    let number = speakers.length + 1;
    while (speakers.some((speaker) => speaker.name === t('editor.speakerNumber', { number }))) number++;
    const id = newId();
    const speaker = { id, name: name ?? t('editor.speakerNumber', { number }) };
    return { id, add: [{ type: 'addSpeaker', speaker, beforeId: null }] };
  }

  addSpeaker(): boolean {
    return this.#editor.attempt(() => this.newSpeaker().add, t('editor.didAddSpeaker'));
  }

  /** Names all segments of a segment's speaker, or this one only. A name that somebody has makes them the same person. */
  nameSpeaker(segmentId: string, name: string, scope: 'all' | 'one'): boolean {
    const { document } = this.#editor.project;
    const segment = document.segments[changes.segmentPlace(document, segmentId)];
    const wished = name.replace(/\s+/g, ' ').trim();
    if (!segment || wished === '') return false;
    const { speakerId } = segment;
    const same = document.speakers.find((speaker) => speaker.name === wished);
    const label = t('editor.didRename', { name: wished });
    if (same?.id === speakerId && speakerId !== null) return true;
    const segmentIds =
      scope === 'one'
        ? [segmentId]
        : document.segments.filter((other) => other.speakerId === speakerId).map(({ id }) => id);
    return this.#editor.attempt(() => {
      if (scope === 'all' && speakerId !== null) {
        return same
          ? mergeSpeakers(document, speakerId, same.id)
          : [{ type: 'renameSpeaker', speakerId, name: wished }];
      }
      const { id, add } = same ? { id: same.id, add: [] } : this.newSpeaker(wished);
      return [...add, ...giveSpeaker(withSpeakers(document, add), segmentIds, id)];
    }, label);
  }

  renameSpeaker(speakerId: string, name: string): boolean {
    const wished = name.replace(/\s+/g, ' ').trim();
    if (wished === '') return false;
    return this.#editor.attempt(
      () => [{ type: 'renameSpeaker', speakerId, name: wished }],
      t('editor.didRename', { name: wished }),
    );
  }

  /** Splits at the caret for whoever spoke last before this one; where that was nobody, for somebody new. */
  splitForSpeaker(): boolean {
    const { document } = this.#editor.project;
    const { place } = this.#editor;
    if (place < 0) return false;
    const own = document.segments[place].speakerId;
    const before = document.segments
      .slice(0, place)
      .findLast(({ speakerId }) => speakerId !== null && speakerId !== own);
    const other = before?.speakerId ?? document.speakers.find(({ id }) => id !== own)?.id;
    const speaker = other ? { id: other, add: [] } : this.newSpeaker();
    return this.#editor.editing.split({ speaker });
  }
}

function withSpeakers(document: TranscriptDocument, add: readonly Operation[]): TranscriptDocument {
  const added = add.flatMap((operation) => (operation.type === 'addSpeaker' ? [operation.speaker] : []));
  return { ...document, speakers: [...document.speakers, ...added] };
}
