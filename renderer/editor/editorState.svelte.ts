import type { Item, Note } from '../../transcript/document.ts';
import { OperationError, type Operation } from '../../transcript/operations.ts';
import { isWord, itemIndex, segmentIndexAt } from '../../transcript/positions.ts';
import { chosen } from '../settings/chosen.svelte.ts';
import { announce } from '../status.svelte.ts';
import { language, t } from '../strings/strings.ts';
import { sentenceOf } from '../transport.ts';
import * as changes from './changes.ts';
import { clockText } from './clock.ts';
import { isDoubtful, nextToLookAt } from '../../transcript/doubt.ts';
import { TextEditing } from './editing.svelte.ts';
import * as marks from './marks.ts';
import type { Player } from './player.svelte.ts';
import type { Project } from './project.svelte.ts';
import { retimeSegment } from './retiming.ts';
import { Speaking } from './speaking.ts';
import { rangeOfItems, selectedItems } from './selecting.ts';
import { segmentTime } from './timeIndex.ts';
import type { Looks } from './textDom.ts';

/** What a place of the page needs to know of the opened project, and what a person can do with it. */
export class EditorState {
  readonly project: Project;
  readonly player: Player;
  readonly editing: TextEditing;
  readonly speaking = new Speaking(this);
  /** The words that are said now; not reactive, for they are marked without drawing anything anew. */
  readonly now = new Set<string>();
  /** Whether the text goes with the playback. */
  isFollowing = $state(true);
  /** The word whose readings are offered. */
  readingsOf = $state.raw<{ id: string; anchor: DOMRect } | null>(null);
  /** The remark that is being written: a new one hangs behind an item. */
  note = $state.raw<{ id: string | null; afterId: string; text: string } | null>(null);

  #goOnTimer: ReturnType<typeof setTimeout> | undefined;

  /** Where a person wishes it, typing stops the film; after a pause it goes on a little before. */
  pauseForTyping(): void {
    if (!chosen.settings.pauseWhileTyping) return;
    const isPaused = this.#goOnTimer !== undefined;
    if (!isPaused && !this.player.isPlaying) return;
    clearTimeout(this.#goOnTimer);
    this.player.pause();
    this.#goOnTimer = setTimeout(() => {
      this.#goOnTimer = undefined;
      void this.player.play(this.player.nowMs - 1_000);
    }, 1_500);
  }

  /** Brings the text back to what is said now; the text's view puts it here. */
  backToPlayback: () => void = () => {};

  constructor(project: Project, player: Player) {
    this.project = project;
    this.player = player;
    this.editing = new TextEditing(project);
  }

  // Sets that stay the same as long as nothing in them changes, so that rows are not drawn anew for each key.
  readonly #newest = $derived.by(() => this.project.newestIds);
  readonly #awaitingTimes = $derived.by(() => this.project.awaitingTimes);
  readonly #looks = $derived<Looks>({
    shadeBelow: chosen.settings.shadeBelow,
    now: this.now,
    newest: this.#newest,
    awaitingTimes: this.#awaitingTimes,
    describe: (step, confidence) => t(`editor.step${step}`, { percent: Math.round(confidence * 100) }),
    untimed: t('editor.untimed'),
    language: language(),
  });

  /** How words are to look; another object when that changes. */
  get looks(): Looks {
    return this.#looks;
  }

  /** Where an act is, for its name: the time of an item or a segment. */
  timeOfItem(itemId: string): string {
    const { document } = this.project;
    const index = itemIndex(document.items, itemId);
    const item = document.items[index];
    if (item && isWord(item)) return clockText(item.startMs);
    return this.timeOfSegment(index < 0 ? -1 : segmentIndexAt(document, index));
  }

  timeOfSegment(place: number): string {
    const { document } = this.project;
    return clockText((document.segments[place] && segmentTime(document, place)?.startMs) ?? 0);
  }

  /** Does something; what cannot be done is said, and nothing has changed. */
  attempt(make: () => readonly Operation[], label: string): boolean {
    try {
      const operations = make();
      if (operations.length === 0) return false;
      void this.project.apply(operations, { label });
      return true;
    } catch (cause) {
      if (!(cause instanceof OperationError)) throw cause;
      announce(sentenceOf(cause));
      return false;
    }
  }

  retime(place: number, wished: { startMs?: number; endMs?: number }): boolean {
    const label = t('editor.didRetime', { time: this.timeOfSegment(place) });
    return this.attempt(() => retimeSegment(this.project.document, place, wished), label);
  }

  /** Moves an edge of the segment with the caret to where the film is. */
  retimeHere(edge: 'startMs' | 'endMs'): boolean {
    const place = this.place;
    return place >= 0 && this.retime(place, { [edge]: Math.round(this.player.nowMs) });
  }

  /** The segment with the caret, or else the first selected one; -1 where there is none. */
  get place(): number {
    const id = this.editing.activeId ?? this.editing.selection?.from.segmentId;
    return id ? changes.segmentPlace(this.project.document, id) : -1;
  }

  /** What is selected, or the word at the caret. */
  chosenItems(): Item[] {
    const { editing, project } = this;
    if (editing.selection) return selectedItems(project.document, editing.selection);
    const { caret } = editing;
    if (!caret) return [];
    const pieces = changes.piecesOfSegment(project.document, caret.segmentId);
    const piece =
      pieces.find(({ start, end }) => start <= caret.offset && caret.offset <= end) ?? pieces.at(-1);
    return piece ? [piece.item] : [];
  }

  highlight(): boolean {
    const items = this.chosenItems();
    if (items.length === 0) return false;
    const label = t('editor.didHighlight', { time: this.timeOfItem(items[0].id) });
    return this.attempt(() => marks.toggleHighlight(items), label);
  }

  /** Begins a note on what is selected. */
  beginNote(): boolean {
    const last = this.chosenItems().at(-1);
    if (!last) return false;
    this.note = { id: null, afterId: last.id, text: '' };
    return true;
  }

  editNote({ id, text }: Pick<Note, 'id' | 'text'>): void {
    this.note = { id, afterId: id, text };
  }

  keepNote(text: string): void {
    const { note, project } = this;
    this.note = null;
    if (!note) return;
    const label = t('editor.didNote', { time: this.timeOfItem(note.afterId) });
    this.attempt(
      () =>
        note.id === null
          ? marks.addRemark(note.afterId, text)
          : marks.changeNote(project.document, note.id, text),
      label,
    );
  }

  /** Brings the segment of an item on the screen. */
  revealItem(itemId: string): void {
    const { document } = this.project;
    const index = itemIndex(document.items, itemId);
    if (index >= 0) this.editing.reveal(document.segments[segmentIndexAt(document, index)].id);
  }

  /** Selects items where they stand in the text, and brings them on the screen. */
  showItems(itemIds: readonly string[]): boolean {
    const { document } = this.project;
    const places = itemIds.map((id) => itemIndex(document.items, id)).filter((place) => place >= 0);
    if (places.length === 0) return false;
    const [first, last] = [Math.min(...places), Math.max(...places)];
    const at = (index: number) => ({
      segmentPlace: segmentIndexAt(document, index),
      itemId: document.items[index].id,
    });
    const range = rangeOfItems(document, at(first), at(last));
    if (!range) return false;
    this.editing.reveal(range.from.segmentId);
    if (range.from.segmentId === range.to.segmentId) {
      this.editing.activate(range.from.segmentId, range.from.offset, range.to.offset);
    } else {
      this.editing.selectRange(range);
    }
    return true;
  }

  /** Goes to the next doubtful word, says it, and puts the film there. */
  lookAtNext(direction: 1 | -1): boolean {
    const { document } = this.project;
    const from = this.chosenItems().at(direction === 1 ? -1 : 0)?.id ?? null;
    const word = nextToLookAt(document, from, direction);
    if (!word) {
      announce(t('editor.nothingDoubtful'));
      return true;
    }
    this.showItems([word.id]);
    this.isFollowing = false;
    if (!this.player.isPlaying) this.player.seek(word.startMs);
    const hasDoubtfulText: boolean = isDoubtful(word);
    if (!hasDoubtfulText) {
      announce(t('editor.landedUnsure', { word: word.text, time: clockText(word.startMs, 1) }));
      return true;
    }
    announce(
      t('editor.landed', {
        word: word.text,
        percent: Math.round(word.confidence * 100),
        time: clockText(word.startMs, 1),
        count: word.alternatives?.length ?? 0,
      }),
    );
    return true;
  }

  /** Offers the readings of the word at the caret. */
  openReadings(itemId?: string): boolean {
    const id = itemId ?? this.chosenItems().find(isWord)?.id;
    const span = id && document.querySelector(`[data-segment] [data-id="${CSS.escape(id)}"]`);
    if (!id || !span) return false;
    this.readingsOf = { id, anchor: span.getBoundingClientRect() };
    return true;
  }
}
