import type { Item } from '../../transcript/document.ts';
import { doubtStep, hasGuessedTime } from '../../transcript/doubt.ts';
import type { Piece } from './segmentText.ts';

/** How the words of a text are to look; ids that are in a set have that look. */
export type Looks = {
  shadeBelow: number;
  now: ReadonlySet<string>;
  newest: ReadonlySet<string>;
  awaitingTimes: ReadonlySet<string>;
  /** “a guess, 41 percent”, for who cannot see the shade. */
  describe(step: 1 | 2 | 3, confidence: number): string;
  untimed: string;
  /** Of the descriptions: they are written anew when it changes. */
  language: string;
};

/**
 * Draws a text into an element: a span for each word with what stands between them. Spans of words that stay are kept,
 * so that an edit of one word touches no other.
 */
export function paint(host: HTMLElement, text: string, pieces: readonly Piece[], looks: Looks): void {
  const spans = new Map<string, HTMLElement>();
  for (const child of host.children) {
    if (child instanceof HTMLElement && child.dataset['id']) spans.set(child.dataset['id'], child);
  }
  let next: ChildNode | null = host.firstChild;
  const put = (node: ChildNode) => {
    if (node === next) next = next.nextSibling;
    else host.insertBefore(node, next);
  };
  let at = 0;
  const between = (end: number) => {
    if (end === at) return;
    const gap = text.slice(at, end);
    if (next instanceof Text) {
      if (next.data !== gap) next.data = gap;
      next = next.nextSibling;
    } else {
      put(document.createTextNode(gap));
    }
  };
  for (const piece of pieces) {
    between(piece.start);
    put(drawn(spans.get(piece.item.id), piece, text.slice(piece.start, piece.end), looks));
    at = piece.end;
  }
  between(text.length);
  while (next) {
    const rest: ChildNode = next;
    next = rest.nextSibling;
    rest.remove();
  }
}

type Drawn = { item: Item; text: string; step: number; marks: string; language: string };
/** What a span shows, so that one that stays as it is costs nothing. */
const drawnOf = new WeakMap<HTMLElement, Drawn>();

function drawn(known: HTMLElement | undefined, { item }: Piece, text: string, looks: Looks): HTMLElement {
  const step =
    item.kind === 'word' && item.origin !== 'person' ? shadeOf(item.confidence, looks.shadeBelow) : 0;
  const isLate = hasGuessedTime(item) && !looks.awaitingTimes.has(item.id);
  const marks =
    (isLate ? ' late' : '') +
    (looks.newest.has(item.id) ? ' tail' : '') +
    (looks.now.has(item.id) ? ' now' : '');
  const { language } = looks;
  const before = known && drawnOf.get(known);
  if (
    known &&
    before &&
    before.item === item &&
    before.text === text &&
    before.step === step &&
    before.marks === marks &&
    before.language === language &&
    known.firstChild === known.lastChild &&
    known.textContent === text
  ) {
    return known;
  }
  const tag = step > 0 ? 'MARK' : 'SPAN';
  const span = known?.tagName === tag ? known : document.createElement(tag);
  const own = [
    'w',
    step > 0 && `c${step}`,
    item.kind === 'note' && 'untimed',
    item.kind === 'word' && item.highlighted && 'noted',
  ];
  span.dataset['id'] = item.id;
  span.className = own.filter(Boolean).join(' ') + marks;
  if (span.childNodes.length !== 1 || span.textContent !== text) span.textContent = text;
  const description =
    item.kind === 'note'
      ? looks.untimed
      : step > 0
        ? looks.describe(step as 1 | 2 | 3, item.confidence)
        : null;
  if (description === null) span.removeAttribute('aria-description');
  else span.setAttribute('aria-description', description);
  if (looks.now.has(item.id)) span.setAttribute('aria-current', 'true');
  else span.removeAttribute('aria-current');
  drawnOf.set(span, { item, text, step, marks, language });
  return span;
}

/** Steps are fixed shares; what a person does not want shaded is left out from the top. */
function shadeOf(confidence: number, shadeBelow: number): 0 | 1 | 2 | 3 {
  return confidence < shadeBelow || (shadeBelow >= 0.7 && confidence < 0.85) ? doubtStep({ confidence }) : 0;
}

/** How many characters of an element's text stand before a place in it. */
export function offsetIn(host: Node, node: Node, nodeOffset: number): number {
  const range = document.createRange();
  range.setStart(host, 0);
  range.setEnd(node, nodeOffset);
  return range.toString().length;
}

/** The place in an element's text nodes behind so many characters. */
export function pointIn(host: HTMLElement, offset: number): { node: Node; offset: number } {
  const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  let left = offset;
  let last: Text | null = null;
  while (walker.nextNode()) {
    last = walker.currentNode as Text;
    if (left <= last.length) return { node: last, offset: left };
    left -= last.length;
  }
  return last ? { node: last, offset: last.length } : { node: host, offset: 0 };
}

/** Selects from one place of a text to another, or puts the caret there. */
export function select(host: HTMLElement, anchor: number, focus: number): void {
  const [from, to] = [pointIn(host, anchor), pointIn(host, focus)];
  getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
}

/** Where the caret is drawn; also in an empty text. */
export function caretRect(host: HTMLElement): DOMRect {
  const selection = getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
  range?.collapse(
    selection!.anchorNode === range.startContainer && selection!.focusNode === range.startContainer,
  );
  const [rect] = range?.getClientRects() ?? [];
  return rect ?? host.getBoundingClientRect();
}

/** Which place of a text lies at a point of the window; null where none does. */
export function placeAtPoint(x: number, y: number): { node: Node; offset: number } | null {
  const found = document.caretPositionFromPoint?.(x, y);
  return found ? { node: found.offsetNode, offset: found.offset } : null;
}
