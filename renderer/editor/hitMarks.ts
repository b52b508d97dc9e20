import type { Hit } from './find.ts';
import { pointIn } from './textDom.ts';

const marksSelected = 'selected';
const marksAll = 'find-hit';
const marksCurrent = 'find-current';

/**
 * Marks what was found in the rows that are drawn, without touching them (CSS Custom Highlight API).
 *
 * @returns what takes the marks away
 */
export function markHits(hits: readonly Hit[], current: number, list: HTMLElement | undefined): () => void {
  if (!list || typeof Highlight === 'undefined') return () => {};
  const spans = new Map<string, Element>();
  for (const span of list.querySelectorAll<HTMLElement>('[data-id]')) spans.set(span.dataset['id']!, span);
  const [all, now] = [new Highlight(), new Highlight()];
  hits.forEach((hit, k) => {
    for (const { itemId, start, end } of hit.parts) {
      const text = spans.get(itemId)?.firstChild;
      if (!(text instanceof Text)) continue;
      const range = document.createRange();
      range.setStart(text, Math.min(start, text.length));
      range.setEnd(text, Math.min(end, text.length));
      (k === current ? now : all).add(range);
    }
  });
  CSS.highlights.set(marksAll, all);
  CSS.highlights.set(marksCurrent, now);
  return () => {
    CSS.highlights.delete(marksAll);
    CSS.highlights.delete(marksCurrent);
  };
}

/**
 * Marks what is selected also where the keys are elsewhere, in a field or a menu.
 *
 * @param ranges what is selected in the rows that are drawn: characters [start, end) of a text
 * @returns what takes the marks away
 */
export function markSelection(
  ranges: readonly { host: HTMLElement; start: number; end: number }[],
): () => void {
  if (typeof Highlight === 'undefined') return () => {};
  const marks = new Highlight();
  for (const { host, start, end } of ranges) {
    const [from, to] = [pointIn(host, start), pointIn(host, end)];
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    marks.add(range);
  }
  CSS.highlights.set(marksSelected, marks);
  return () => CSS.highlights.delete(marksSelected);
}
