import { flushSync } from 'svelte';
import { isPressed } from '../shortcuts/press.ts';
import { segmentPlace, type TextPlace } from './changes.ts';
import type { EditorState } from './editorState.svelte.ts';
import { isWord, itemIndex } from '../../transcript/positions.ts';
import { isDoubtful } from '../../transcript/doubt.ts';
import { ordered, plainText, wholeRange } from './selecting.ts';
import { lineItems, textOf } from './segmentText.ts';
import {
  affected,
  focusRect,
  hostOf,
  isOnEdgeLine,
  linesOf,
  placeOnEdgeLine,
  wordOf,
  type Direction,
} from './inputPlaces.ts';
import { caretRect, pointIn } from './textDom.ts';

/** What keys, mouse, input methods and the clipboard do to the text. */
export class TextInput {
  readonly #editor: EditorState;
  readonly #reveal: (segmentId: string) => void;
  #isPressed = false;
  /** Where the caret wants to be across, while it goes up and down over borders. */
  #wishedX: number | null = null;

  constructor(editor: EditorState, reveal: (segmentId: string) => void) {
    this.#editor = editor;
    this.#reveal = reveal;
  }

  get #editing() {
    return this.#editor.editing;
  }

  get #document() {
    return this.#editor.project.document;
  }

  pointerDown(event: PointerEvent): void {
    const host = hostOf(event.target);
    this.#isPressed = event.button === 0 && host !== null;
    if (!this.#isPressed) return;
    this.#editor.project.endTyping();
    // A selection that begins in a field of its own could not leave it.
    if (!event.shiftKey) flushSync(() => (this.#editing.isSelecting = true));
  }

  pointerUp(event: PointerEvent): void {
    if (!this.#isPressed) return;
    this.#isPressed = false;
    const native = getSelection();
    const anchor = native && this.#editing.placeOf(native.anchorNode, native.anchorOffset);
    const focus = native && this.#editing.placeOf(native.focusNode, native.focusOffset);
    if (!native || !anchor || !focus) {
      flushSync(() => (this.#editing.isSelecting = false));
      return;
    }
    if (anchor.segmentId !== focus.segmentId) {
      const isBackward =
        native.anchorNode!.compareDocumentPosition(native.focusNode!) & Node.DOCUMENT_POSITION_PRECEDING;
      const [from, to] = isBackward ? [focus, anchor] : [anchor, focus];
      this.#editing.selectRange({ from, to }, Boolean(isBackward));
      return;
    }
    const word = anchor.offset === focus.offset ? wordOf(event.target) : null;
    this.#editing.activate(anchor.segmentId, anchor.offset, focus.offset);
    if (word) this.#goTo(word);
  }

  beforeInput(event: InputEvent): void {
    const { activeId } = this.#editing;
    const host = hostOf(event.target);
    if (!host || host.dataset['segment'] !== activeId || this.#editing.isComposing) return;
    if (event.inputType === 'insertCompositionText' || event.inputType === 'deleteCompositionText') return;
    event.preventDefault();
    const [from, to] = affected(event, host);
    const { inputType } = event;
    const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
    if (inputType === 'insertParagraph' || inputType === 'insertLineBreak') this.#enter();
    else if (inputType.startsWith('history')) return;
    else if (inputType.startsWith('delete')) {
      if (from !== to) this.#editing.type(from, to, '');
      else if (inputType.endsWith('Backward') && from === 0) this.#editing.join('before');
      else if (inputType.endsWith('Forward')) this.#editing.join('after');
    } else if (text.includes('\n')) this.#editing.insertLines(linesOf(text));
    else if (text !== '') this.#editing.type(from, to, text);
    this.#editor.pauseForTyping();
    this.#wishedX = null;
  }

  compositionStart(): void {
    this.#editing.isComposing = true;
    this.#editor.project.endTyping();
  }

  compositionEnd(event: CompositionEvent): void {
    const host = hostOf(event.target);
    if (host) this.#editing.takeComposed(host);
    else this.#editing.isComposing = false;
  }

  copy(event: ClipboardEvent): void {
    const { selection } = this.#editing;
    if (!selection || !event.clipboardData) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', plainText(this.#document, selection));
  }

  cut(event: ClipboardEvent): void {
    if (!this.#editing.selection) return;
    this.copy(event);
    this.#editing.insertLines([]);
  }

  paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!hostOf(event.target) && !this.#editing.selection) return;
    event.preventDefault();
    this.#editor.project.endTyping();
    if (text !== '') this.#editing.insertLines(linesOf(text));
  }

  keyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const host = hostOf(event.target);
    const isInHost = host !== null && host.dataset['segment'] === this.#editing.activeId;
    if (!isInHost && event.target !== this.#editing.region) return;
    // The browser tells of a moved caret only later.
    if (isInHost) this.#editing.readSelection();
    const isDone = this.#shared(event) || (isInHost ? this.#inText(event, host) : this.#overText(event));
    if (!['ArrowUp', 'ArrowDown'].includes(event.key)) this.#wishedX = null;
    if (isDone) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** The selection follows the rows as they are drawn anew. */
  keepSelection(): void {
    const { selection, region } = this.#editing;
    if (!selection || document.activeElement !== region) return;
    const native = getSelection();
    const isThere =
      native && !native.isCollapsed && this.#editing.placeOf(native.anchorNode, native.anchorOffset);
    if (!isThere) this.#editing.showSelection();
  }

  #shared(event: KeyboardEvent): boolean {
    if (isPressed('write.leave', event)) {
      this.#editing.leave();
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a' && !event.altKey) {
      const range = wholeRange(this.#document);
      if (range) {
        this.#editing.selectRange(range);
        this.#editing.showSelection();
      }
      return true;
    }
    if (
      (event.ctrlKey || event.metaKey) &&
      (event.key === 'Home' || event.key === 'End') &&
      !event.shiftKey
    ) {
      this.#toEnd(event.key === 'Home' ? 'backward' : 'forward');
      return true;
    }
    return false;
  }

  #inText(event: KeyboardEvent, host: HTMLElement): boolean {
    const { caret, selection, draft } = this.#editing;
    if (!caret) return false;
    if (isPressed('write.splitSpeaker', event)) return this.#editor.speaking.splitForSpeaker() || true;
    if (isPressed('write.split', event)) return this.#enter();
    const { offset } = caret;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const byWord = event.ctrlKey || event.altKey;
    switch (event.key) {
      case 'Backspace':
        return !selection && offset === 0 && (this.#editing.join('before') || true);
      case 'Delete':
        return !selection && offset >= draft.length && (this.#editing.join('after') || true);
      case 'ArrowLeft':
        if (offset > 0 || (selection && !event.shiftKey)) return false;
        return event.shiftKey
          ? this.#extend('backward', byWord ? 'word' : 'character')
          : this.#toNeighbour('backward');
      case 'ArrowRight':
        if (offset < draft.length || (selection && !event.shiftKey)) return false;
        return event.shiftKey
          ? this.#extend('forward', byWord ? 'word' : 'character')
          : this.#toNeighbour('forward');
      case 'ArrowUp':
      case 'ArrowDown': {
        const direction = event.key === 'ArrowUp' ? 'backward' : 'forward';
        if (!isPlain || !isOnEdgeLine(host, direction)) return false;
        return event.shiftKey ? this.#extend(direction, 'line') : this.#toLine(direction, host);
      }
      default:
        return false;
    }
  }

  /** Over a selection of several segments, or nothing at all. */
  #overText(event: KeyboardEvent): boolean {
    const { selection } = this.#editing;
    const modifier = event.ctrlKey || event.metaKey;
    if (!selection) {
      if (event.key !== 'Enter' && event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return false;
      if (modifier || event.altKey || event.key === 'ArrowUp') return false;
      return this.#enterText();
    }
    if (event.shiftKey && event.key.startsWith('Arrow')) {
      const direction = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? 'backward' : 'forward';
      const isAcross = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
      return this.#extend(direction, isAcross ? (modifier || event.altKey ? 'word' : 'character') : 'line');
    }
    if (event.key.startsWith('Arrow') && !modifier && !event.altKey) {
      const isBack = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
      const { segmentId, offset } = isBack ? selection.from : selection.to;
      this.#editing.activate(segmentId, offset);
      return true;
    }
    if (event.key === 'Backspace' || event.key === 'Delete') return this.#editing.insertLines([]);
    if (event.key === 'Enter' && !modifier && !event.altKey) return this.#editing.insertLines(['', '']);
    // A letter replaces what is selected; with Ctrl or Alt it is a key.
    if ([...event.key].length === 1 && !modifier && !event.altKey)
      return this.#editing.insertLines([event.key]);
    return false;
  }

  #enter(): boolean {
    if (this.#editing.selection) this.#editing.insertLines(['', '']);
    else this.#editing.split();
    return true;
  }

  /** From the region into the text: the first segment that is on the screen. */
  #enterText(): boolean {
    const { region } = this.#editing;
    const top = region?.getBoundingClientRect().top ?? 0;
    const hosts = [...(region?.querySelectorAll<HTMLElement>('[data-segment]') ?? [])];
    const host = hosts.find((element) => element.getBoundingClientRect().bottom > top + 10);
    if (!host) return false;
    this.#editing.activate(host.dataset['segment']!, 0);
    return true;
  }

  #toNeighbour(direction: Direction): boolean {
    const id = this.#neighbour(direction);
    if (id === undefined) return true;
    this.#reveal(id);
    this.#editing.activate(id, direction === 'forward' ? 0 : this.#lengthOf(id));
    return true;
  }

  /** Up from the first line or down from the last, staying where it was across. */
  #toLine(direction: Direction, host: HTMLElement): boolean {
    const x = (this.#wishedX ??= caretRect(host).left);
    const id = this.#neighbour(direction);
    if (id === undefined) return false;
    this.#reveal(id);
    const next = this.#editing.hostOf(id);
    const end = direction === 'forward' ? 0 : this.#lengthOf(id);
    this.#editing.activate(id, (next && placeOnEdgeLine(next, direction, x)) ?? end);
    return true;
  }

  #toEnd(direction: Direction): void {
    const { segments } = this.#document;
    const segment = direction === 'backward' ? segments[0] : segments.at(-1);
    if (!segment) return;
    this.#reveal(segment.id);
    this.#editing.activate(segment.id, direction === 'backward' ? 0 : this.#lengthOf(segment.id));
  }

  /** The selection grows, over the borders of segments too. */
  #extend(direction: Direction, by: 'character' | 'word' | 'line'): boolean {
    const native = getSelection();
    const anchor = native && this.#editing.placeOf(native.anchorNode, native.anchorOffset);
    const focus = native && this.#editing.placeOf(native.focusNode, native.focusOffset);
    if (!native || !anchor || !focus) return false;
    const x = (this.#wishedX ??= focusRect(native).left);
    // A selection in a field of its own could not leave it.
    flushSync(() => (this.#editing.isSelecting = true));
    this.#editing.region?.focus({ preventScroll: true });
    this.#selectNatively(anchor, focus);
    const isAtBorder = focus.offset === (direction === 'backward' ? 0 : this.#lengthOf(focus.segmentId));
    if (!isAtBorder) native.modify('extend', direction, by);
    let moved = isAtBorder ? null : this.#editing.placeOf(native.focusNode, native.focusOffset);
    moved ??= this.#overBorder(focus, direction, by, x);
    if (by === 'word' && isAtBorder && moved.segmentId !== focus.segmentId) {
      this.#selectNatively(anchor, moved);
      native.modify('extend', direction, 'word');
      moved = this.#editing.placeOf(native.focusNode, native.focusOffset) ?? moved;
    }
    if (anchor.segmentId === moved.segmentId) {
      this.#editing.activate(anchor.segmentId, anchor.offset, moved.offset);
    } else {
      const range = ordered(this.#document, anchor, moved);
      this.#reveal(moved.segmentId);
      this.#editing.selectRange(range, range.from === moved);
    }
    return true;
  }

  /** Where the focus of the selection comes to in the next segment, or at the end of the text. */
  #overBorder(
    focus: TextPlace,
    direction: Direction,
    by: 'character' | 'word' | 'line',
    x: number,
  ): TextPlace {
    const { segments } = this.#document;
    const place = segmentPlace(this.#document, focus.segmentId);
    const next = segments[place + (direction === 'forward' ? 1 : -1)]?.id;
    const end = (id: string) => (direction === 'forward' ? this.#lengthOf(id) : 0);
    if (next === undefined) return { segmentId: focus.segmentId, offset: end(focus.segmentId) };
    this.#reveal(next);
    const host = this.#editing.hostOf(next);
    const found = by === 'line' && host ? placeOnEdgeLine(host, direction, x) : null;
    return { segmentId: next, offset: found ?? (direction === 'forward' ? 0 : this.#lengthOf(next)) };
  }

  #selectNatively(anchor: TextPlace, focus: TextPlace): void {
    const [from, to] = [this.#editing.hostOf(anchor.segmentId), this.#editing.hostOf(focus.segmentId)];
    if (!from || !to) return;
    const [start, end] = [pointIn(from, anchor.offset), pointIn(to, focus.offset)];
    getSelection()?.setBaseAndExtent(start.node, start.offset, end.node, end.offset);
  }

  #neighbour(direction: Direction): string | undefined {
    const { segments } = this.#document;
    const place = segmentPlace(this.#document, this.#editing.activeId ?? '');
    return place < 0 ? undefined : segments[place + (direction === 'forward' ? 1 : -1)]?.id;
  }

  #lengthOf(segmentId: string): number {
    return textOf(lineItems(this.#document, segmentPlace(this.#document, segmentId))).length;
  }

  /** A click on a word: the film goes there, and for a doubtful one its readings are offered. */
  #goTo(itemId: string): void {
    const index = itemIndex(this.#document.items, itemId);
    const item = this.#document.items[index];
    if (!item || !isWord(item)) return;
    this.#editor.player.seek(item.startMs);
    this.#editor.isFollowing = true;
    if (isDoubtful(item) && item.alternatives?.length) {
      // After this press has ended: it would close what it opens.
      setTimeout(() => this.#editor.openReadings(itemId));
    }
  }
}
