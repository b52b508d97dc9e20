import { caretRect, offsetIn, placeAtPoint } from './textDom.ts';

/** Where in the text an input, a press or a key means. */

export type Direction = 'backward' | 'forward';

/** The characters that an input is about. Where the browser does not say so, it is found as its own keys would. */
export function affected(event: InputEvent, host: HTMLElement): [number, number] {
  const [target] = event.getTargetRanges();
  const native = getSelection();
  const offset = (node: Node, at: number) => (host.contains(node) ? offsetIn(host, node, at) : 0);
  const ends = (range: StaticRange | Range): [number, number] => [
    offset(range.startContainer, range.startOffset),
    offset(range.endContainer, range.endOffset),
  ];
  if (target && !(target.collapsed && event.inputType.startsWith('delete'))) return ends(target);
  if (!native?.rangeCount) return [0, 0];
  if (native.isCollapsed && event.inputType.startsWith('delete')) {
    const by = /Word/.test(event.inputType)
      ? 'word'
      : /Line/.test(event.inputType)
        ? 'lineboundary'
        : 'character';
    native.modify('extend', event.inputType.endsWith('Backward') ? 'backward' : 'forward', by);
  }
  return ends(native.getRangeAt(0));
}

/** The text of the segment that an event is about. */
export function hostOf(target: EventTarget | null): HTMLElement | null {
  const element = target instanceof Element ? target : target instanceof Node ? target.parentElement : null;
  return element?.closest<HTMLElement>('[data-segment]') ?? null;
}

/** The id of the word that an event is about. */
export function wordOf(target: EventTarget | null): string | null {
  const element = target instanceof Element ? target : null;
  return element?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? null;
}

/** The character of a text's first line (going forward) or last that is nearest to a place across the window. */
export function placeOnEdgeLine(host: HTMLElement, direction: Direction, x: number): number | null {
  const box = host.getBoundingClientRect();
  const within = Math.min(Math.max(x, box.left + 1), box.right - 1);
  const found = placeAtPoint(within, direction === 'forward' ? box.top + 8 : box.bottom - 8);
  return found && host.contains(found.node) ? offsetIn(host, found.node, found.offset) : null;
}

/** Where the moving end of a selection is drawn. */
export function focusRect(native: Selection): DOMRect {
  const range = document.createRange();
  range.setStart(native.focusNode!, native.focusOffset);
  const [rect] = range.getClientRects();
  const element = native.focusNode instanceof Element ? native.focusNode : native.focusNode?.parentElement;
  return rect ?? element!.getBoundingClientRect();
}

/** Whether the caret is on the first line of a text (going backward) or on its last. */
export function isOnEdgeLine(host: HTMLElement, direction: Direction): boolean {
  const [caret, box] = [caretRect(host), host.getBoundingClientRect()];
  const line = Number.parseFloat(getComputedStyle(host).lineHeight) || 24;
  return direction === 'backward' ? caret.top - box.top < line * 0.8 : box.bottom - caret.bottom < line * 0.8;
}

/** The lines of what is pasted, whatever ends them. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}
