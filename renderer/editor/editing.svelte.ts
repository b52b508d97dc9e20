import { flushSync } from 'svelte';
import { OperationError } from '../../transcript/operations.ts';
import { announce } from '../status.svelte.ts';
import { t } from '../strings/strings.ts';
import { sentenceOf } from '../transport.ts';
import * as changes from './changes.ts';
import type { CaretChange, TextPlace } from './changes.ts';
import { clockText } from './clock.ts';
import type { Project } from './project.svelte.ts';
import { caughtUp, draftOf, typedDraft, walkedTo, type Draft } from './draft.ts';
import { replaceBetween } from './replacing.ts';
import { ordered, type TextRange } from './selecting.ts';
import { changeBetween, lineItems, locate, textOf, type Piece } from './segmentText.ts';
import { offsetIn, select } from './textDom.ts';
import { segmentTime } from './timeIndex.ts';

/**
 * The caret, the selection and what is typed. One segment at a time can be typed into; its text while it is being
 * typed (with spaces that no document keeps) is the draft, and each change of it becomes operations at once.
 */
export class TextEditing {
  readonly project: Project;
  /** The segment with the caret. */
  activeId = $state.raw<string | null>(null);
  /** Its text as it is being typed. */
  draft = $state.raw('');
  /** What is selected where that is not nothing. */
  selection = $state.raw<TextRange | null>(null);
  /** While the mouse selects, no segment is a field of its own, so that the selection can run over several. */
  isSelecting = $state(false);
  isComposing = $state(false);
  caret: TextPlace | null = null;

  /** The draft as the document has it: behind it only while a segment is empty, which no document keeps. */
  #applied: Draft = draftOf([]);
  /** Where the caret goes when the text is drawn next. */
  #wanted: number | null = null;
  /** The undo or redo that is on its way. */
  #walk: object | null = null;
  readonly #hosts = new Map<string, HTMLElement>();
  /** Brings a segment on the screen. */
  reveal: (segmentId: string) => void = () => {};
  /** What has the focus while nothing is typed. */
  region: HTMLElement | null = null;

  constructor(project: Project) {
    this.project = project;
  }

  /** For `{@attach}` of a segment's text. */
  host = (segmentId: string) => (element: HTMLElement) => {
    this.#hosts.set(segmentId, element);
    return () => {
      if (this.#hosts.get(segmentId) === element) this.#hosts.delete(segmentId);
    };
  };

  hostOf(segmentId: string): HTMLElement | undefined {
    return this.#hosts.get(segmentId);
  }

  /** The place in the transcript of a place in the page; null outside of its text. */
  placeOf(node: Node | null, nodeOffset: number): TextPlace | null {
    const element = node instanceof HTMLElement ? node : node?.parentElement;
    const host = element?.closest<HTMLElement>('[data-segment]');
    const segmentId = host?.dataset['segment'];
    return node && host && segmentId ? { segmentId, offset: offsetIn(host, node, nodeOffset) } : null;
  }

  /** Puts the caret into a segment, or selects in it. */
  activate(segmentId: string, anchor: number, focus = anchor): void {
    if (this.activeId !== segmentId) {
      this.#finishDraft();
      this.project.endTyping();
    }
    const place = changes.segmentPlace(this.project.document, segmentId);
    if (place < 0) return;
    if (this.activeId !== segmentId) {
      this.#applied = draftOf(lineItems(this.project.document, place));
    }
    flushSync(() => {
      if (this.activeId !== segmentId) this.draft = this.#applied.text;
      this.activeId = segmentId;
      this.isSelecting = false;
      this.selection = anchor === focus ? null : this.#rangeIn(segmentId, anchor, focus);
    });
    if (!this.#hosts.has(segmentId)) this.reveal(segmentId);
    const host = this.#hosts.get(segmentId);
    if (!host) return;
    if (document.activeElement !== host) host.focus({ preventScroll: true });
    this.caret = { segmentId, offset: focus };
    select(host, anchor, focus);
  }

  /** Leaves the text; the selection goes. */
  leave(): void {
    this.#finishDraft();
    this.project.endTyping();
    flushSync(() => {
      this.activeId = null;
      this.selection = null;
      this.isSelecting = false;
    });
    getSelection()?.removeAllRanges();
    this.region?.focus({ preventScroll: true });
  }

  /** Selects over several segments. */
  selectRange(range: TextRange, isBackward = false): void {
    this.#finishDraft();
    this.project.endTyping();
    flushSync(() => {
      this.activeId = null;
      this.isSelecting = false;
      this.selection = range;
    });
    this.region?.focus({ preventScroll: true });
    this.showSelection(isBackward);
  }

  /** Draws the selection anew, as far as its segments are on the screen. */
  showSelection(isBackward = false): void {
    if (!this.selection) return;
    const { from, to } = this.selection;
    const [first, last] = [this.#hosts.get(from.segmentId), this.#hosts.get(to.segmentId)];
    if (!first || !last) return;
    select(first, from.offset, from.offset);
    const start = getSelection()?.getRangeAt(0);
    select(last, to.offset, to.offset);
    const end = getSelection()?.getRangeAt(0);
    if (!start || !end) return;
    const [anchor, focus] = isBackward ? [end, start] : [start, end];
    getSelection()?.setBaseAndExtent(
      anchor.startContainer,
      anchor.startOffset,
      focus.startContainer,
      focus.startOffset,
    );
  }

  /** Takes over what the browser has selected. @returns whether the caret moved */
  readSelection(): void {
    const native = getSelection();
    if (!native || this.isComposing) return;
    const anchor = this.placeOf(native.anchorNode, native.anchorOffset);
    const focus = this.placeOf(native.focusNode, native.focusOffset);
    if (!anchor || !focus) return;
    const range = ordered(this.project.document, anchor, focus);
    const isEmpty = range.from.segmentId === range.to.segmentId && range.from.offset === range.to.offset;
    this.selection = isEmpty ? null : range;
    if (this.caret?.segmentId !== focus.segmentId || this.caret.offset !== focus.offset || !isEmpty) {
      this.project.endTyping();
    }
    this.caret = focus;
  }

  /** The words of the text being typed and where they stand. */
  draftPieces(): Piece[] | null {
    const { document } = this.project;
    const place = this.activeId === null ? -1 : changes.segmentPlace(document, this.activeId);
    return place < 0 ? null : locate(this.draft, lineItems(document, place));
  }

  /** Puts a text in the place of characters [from, to) of the draft. */
  type(from: number, to: number, insert: string): void {
    const { activeId, project } = this;
    if (activeId === null || changes.segmentPlace(project.document, activeId) < 0) return;
    this.#walk = null;
    const [start, end] = this.#catchUp([from, to]);
    let next = this.draft.slice(0, start) + insert + this.draft.slice(end);
    let caret = start + insert.length;
    const isEmptied = next.trim() === '';
    // No segment is empty: it stays as it was until something is typed into it, or the caret leaves it.
    if (!isEmptied) {
      const { text, pieces } = this.#applied;
      const change = this.draft === text ? { from: start, to: end, insert } : changeBetween(text, next);
      const done = this.#try(() => changes.changeText(project.document, pieces, text, change));
      if (!done) return this.#redraw(start);
      void project.applyTyped(done, t('editor.didType', { time: this.#timeOf(activeId) }));
      const place = changes.segmentPlace(project.document, activeId);
      const typed = typedDraft(next, place < 0 ? [] : lineItems(project.document, place), caret);
      this.#applied = typed.draft;
      next = typed.draft.text;
      caret = typed.caret;
    }
    this.#wanted = caret;
    flushSync(() => {
      this.draft = next;
      this.selection = null;
    });
    this.#setCaret(caret);
  }

  /** What an input method has written is one change, and a step of undo by itself. */
  takeComposed(host: HTMLElement): void {
    const written = host.textContent;
    const { from, to, insert } = changeBetween(this.draft, written);
    const native = getSelection();
    const at =
      native?.focusNode && host.contains(native.focusNode)
        ? offsetIn(host, native.focusNode, native.focusOffset)
        : from + insert.length;
    this.isComposing = false;
    this.project.endTyping();
    if (from !== to || insert !== '') {
      // The browser wrote into our spans; they are drawn anew.
      host.replaceChildren();
      this.#walk = null;
      const [start, end, caret] = this.#catchUp([from, to, at]);
      this.type(start, end, insert);
      this.project.endTyping();
      return this.#redraw(caret);
    }
    this.#redraw(at);
  }

  /** Does a change at the caret or selection, and puts the caret where it says. */
  perform(make: () => CaretChange | null, label: string): boolean {
    const change = this.#try(make);
    if (!change || change.operations.length === 0) return false;
    this.draft = this.#applied.text;
    void this.project.applyChange(change, { label });
    this.activeId = null;
    if (change.caret) this.activate(change.caret.segmentId, change.caret.offset);
    else this.leave();
    return true;
  }

  /** Puts lines in the place of the selection, or at the caret. */
  insertLines(lines: readonly string[]): boolean {
    const range = this.selection ?? (this.caret && { from: this.caret, to: this.caret });
    if (!range) return false;
    const { from, to } = this.#unpadded(range);
    const time = this.#timeOf(from.segmentId);
    const label = lines.length === 0 ? t('editor.didDelete', { time }) : t('editor.didPaste', { time });
    return this.perform(() => replaceBetween(this.project.document, from, to, lines), label);
  }

  split(options: Parameters<typeof changes.splitAt>[3] = {}): boolean {
    const { caret, activeId } = this;
    if (!caret || activeId !== caret.segmentId) return false;
    const label = t('editor.didSplit', { time: this.#timeOf(activeId) });
    return this.perform(
      () => changes.splitAt(this.project.document, caret, this.#applied.text, options),
      label,
    );
  }

  /** Joins the segment with the caret to the one before, or the one after to it. */
  join(direction: 'before' | 'after'): boolean {
    const { document } = this.project;
    if (this.activeId === null) return false;
    const place = changes.segmentPlace(document, this.activeId);
    const second = document.segments[direction === 'before' ? place : place + 1];
    if (place < 0 || !second) return false;
    const label = t('editor.didJoin', { time: this.#timeOf(second.id) });
    return this.perform(() => changes.joinWithPrevious(document, second.id), label);
  }

  /** After a change by others: the draft is what the document says now, with the caret where it was in it. */
  follow(): void {
    const { activeId, project } = this;
    if (activeId === null || this.isComposing) return;
    const place = changes.segmentPlace(project.document, activeId);
    if (place < 0) {
      this.activeId = null;
      this.selection = null;
      return;
    }
    const { draft } = this;
    const native = getSelection();
    const at = native && this.placeOf(native.focusNode, native.focusOffset);
    const caret = at?.segmentId === activeId ? at : this.caret;
    const [offset] = this.#catchUp([caret?.offset ?? 0]);
    if (this.draft === draft) return;
    this.#wanted = offset;
    this.caret = { segmentId: activeId, offset };
  }

  /**
   * What an undo or redo brings is shown as the document has it, without the spare spaces of the text before, unless
   * something is typed before it has come.
   */
  async walk(step: () => Promise<void>): Promise<void> {
    const walk = (this.#walk = {});
    await step().finally(() => {
      if (this.#walk === walk) this.#walk = null;
    });
  }

  /** Makes the draft what the document says now. @returns the same places in it */
  #catchUp(places: readonly number[]): number[] {
    const { document } = this.project;
    const place = changes.segmentPlace(document, this.activeId ?? '');
    if (place < 0) return [...places];
    const before = this.#applied;
    const items = lineItems(document, place);
    const caught = (this.#walk ? walkedTo : caughtUp)(before, items, places);
    this.#applied = caught.draft;
    if (caught.draft.text === before.text) return [...places];
    const isEmptied = this.draft !== before.text;
    this.draft = caught.draft.text;
    return isEmptied ? places.map(() => this.draft.length) : caught.places;
  }

  /** Draws the text with the caret in it; that stays where it is, or goes where the last change put it. */
  drawAround(host: HTMLElement, draw: () => void): void {
    const native = getSelection();
    const offsetOfEnd = (node: Node | null | undefined, offset: number) =>
      node && host.contains(node) ? offsetIn(host, node, offset) : null;
    const hasFocus = document.activeElement === host && !this.isSelecting;
    const anchor = hasFocus ? offsetOfEnd(native?.anchorNode, native!.anchorOffset) : null;
    const focus = hasFocus ? offsetOfEnd(native?.focusNode, native!.focusOffset) : null;
    draw();
    if (!hasFocus) return;
    const wanted = this.#wanted;
    this.#wanted = null;
    const [from, to] = wanted === null ? [anchor, focus] : [wanted, wanted];
    if (from === null || to === null) return;
    const isThere =
      offsetOfEnd(native?.anchorNode, native!.anchorOffset) === from &&
      offsetOfEnd(native?.focusNode, native!.focusOffset) === to;
    if (!isThere) select(host, from, to);
  }

  /** Takes back the emptying of a segment, which the document has not seen yet. @returns whether there was one */
  refill(): boolean {
    if (this.activeId === null || this.draft.trim() !== '' || this.#applied.text === '') return false;
    const { text } = this.#applied;
    this.#wanted = text.length;
    flushSync(() => (this.draft = text));
    return true;
  }

  /** The caret has gone elsewhere: a segment that was emptied goes now. */
  finish(): void {
    this.project.endTyping();
    this.#finishDraft();
  }

  #finishDraft(): void {
    const { activeId, project } = this;
    if (activeId === null || this.draft.trim() !== '' || this.#applied.text === '') return;
    const place = changes.segmentPlace(project.document, activeId);
    this.#applied = draftOf([]);
    if (place < 0) return;
    const { text, pieces } = draftOf(lineItems(project.document, place));
    const done = this.#try(() =>
      changes.changeText(project.document, pieces, text, { from: 0, to: text.length, insert: '' }),
    );
    if (done) void project.applyTyped(done, t('editor.didDelete', { time: this.#timeOf(activeId) }));
  }

  /** Offsets of the draft as they are in the text without its spare spaces. */
  #unpadded({ from, to }: TextRange): TextRange {
    const place = changes.segmentPlace(this.project.document, this.activeId ?? '');
    if (place < 0) return { from, to };
    const text = textOf(lineItems(this.project.document, place));
    if (text === this.draft) return { from, to };
    const within = ({ segmentId, offset }: TextPlace): TextPlace => {
      const letters = changes.letterPlace(this.draft.slice(0, offset));
      const isDraft = segmentId === this.activeId;
      return { segmentId, offset: isDraft ? changes.offsetOf(text, letters, 'before') : offset };
    };
    return { from: within(from), to: within(to) };
  }

  #rangeIn(segmentId: string, anchor: number, focus: number): TextRange {
    const [from, to] = anchor < focus ? [anchor, focus] : [focus, anchor];
    return { from: { segmentId, offset: from }, to: { segmentId, offset: to } };
  }

  #setCaret(offset: number): void {
    if (this.activeId === null) return;
    this.caret = { segmentId: this.activeId, offset };
    const host = this.#hosts.get(this.activeId);
    const native = getSelection();
    const isThere =
      host &&
      native?.isCollapsed &&
      native.focusNode &&
      host.contains(native.focusNode) &&
      offsetIn(host, native.focusNode, native.focusOffset) === offset;
    if (host && !isThere && document.activeElement === host) select(host, offset, offset);
  }

  #redraw(offset: number): void {
    const { draft } = this;
    flushSync(() => (this.draft = ''));
    flushSync(() => (this.draft = draft));
    this.#setCaret(offset);
  }

  #try<T>(make: () => T): T | null {
    try {
      return make();
    } catch (cause) {
      if (!(cause instanceof OperationError)) throw cause;
      announce(sentenceOf(cause));
      return null;
    }
  }

  #timeOf(segmentId: string): string {
    const { document } = this.project;
    const place = changes.segmentPlace(document, segmentId);
    return clockText((place < 0 ? null : segmentTime(document, place))?.startMs ?? 0);
  }
}
