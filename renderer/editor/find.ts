import { separatorBetween } from '../../transcript/captions/joining.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editTexts } from '../../transcript/edit.ts';
import { itemIndex } from '../../transcript/positions.ts';
import type { Change } from './changes.ts';
import { matchesOf, type Match } from './matching.ts';
import { isInLine } from './segmentText.ts';

/** What to look for, as the find bar says it. */
export type Query = {
  text: string;
  matchCase: boolean;
  wholeWords: boolean;
  regularExpression: boolean;
  /** Off: neither accents nor punctuation count. */
  exact: boolean;
};

/** Characters of an item: [start, end) of its text. */
export type HitPart = { itemId: string; start: number; end: number };

/** A place that was found: the words it runs through, and what stands there. */
export type Hit = {
  parts: HitPart[];
  text: string;
  groups: (string | undefined)[];
  named: Record<string, string>;
};

/** The text of a whole document with the place of each of its characters. */
type Searched = {
  text: string;
  /** For each character of `text` the item's place, -1 between items. */
  itemOf: Int32Array;
  /** And the character of the item's text. */
  characterOf: Int32Array;
};

/** @throws SyntaxError for a regular expression that is none, with the engine's reason */
export function find(document: TranscriptDocument, query: Query): Hit[] {
  if (query.text === '') {
    return [];
  }
  if (query.regularExpression) {
    const { text, expression, hitsOf } = toMatch(document, query);
    return hitsOf(matchesOf(text, expression));
  }
  const fold = folding(query);
  const searched = searchedText(document, fold, ' ');
  return byText(document, searched, fold(query.text).replace(/\s+/g, ' ').trim(), query);
}

/** A search by a regular expression whose matching is done elsewhere. */
export type ToMatch = { text: string; expression: RegExp; hitsOf(matches: readonly Match[]): Hit[] };

/**
 * What is to be matched for a regular expression.
 *
 * @throws SyntaxError for one that is none
 */
export function toMatch(document: TranscriptDocument, query: Query): ToMatch {
  const source = query.wholeWords
    ? String.raw`(?<![\p{L}\p{N}])(?:${query.text})(?![\p{L}\p{N}])`
    : query.text;
  const expression = new RegExp(source, query.matchCase ? 'gmu' : 'gimu');
  const searched = searchedText(document, (text) => text, '\n');
  return {
    text: searched.text,
    expression,
    hitsOf: (matches) =>
      matches.flatMap(({ index, text, groups, named }) => {
        const hit = hitAt(document, searched, index, index + text.length);
        return hit ? [{ ...hit, groups, named }] : [];
      }),
  };
}

function folding({ matchCase, exact }: Query): (text: string) => string {
  return (text) => {
    const cased = matchCase ? text : text.toLowerCase();
    return exact
      ? cased.normalize('NFC')
      : cased
          .normalize('NFKD')
          .replace(/\p{M}/gu, '')
          .replace(/[^\p{L}\p{N}\s]+/gu, '');
  };
}

/** Folds character by character, so that each folded one knows where it came from. */
function searchedText(
  { items, segments }: TranscriptDocument,
  fold: (text: string) => string,
  betweenSegments: string,
): Searched {
  const begins = new Set(segments.map(({ firstItemId }) => firstItemId));
  const parts: string[] = [];
  const itemOf: number[] = [];
  const characterOf: number[] = [];
  const add = (text: string, item: number, character: number) => {
    parts.push(text);
    for (let k = 0; k < text.length; k++) {
      itemOf.push(item);
      characterOf.push(character);
    }
  };
  let before = '';
  let isSegmentBegun = false;
  items.forEach((item, place) => {
    isSegmentBegun ||= begins.has(item.id) && place > 0;
    if (!isInLine(item)) {
      return;
    }
    const whole = fold(item.text);
    if (whole === '') {
      return;
    }
    if (before !== '') {
      add(isSegmentBegun ? betweenSegments : separatorBetween(before, item.text), -1, 0);
    }
    before = item.text;
    isSegmentBegun = false;
    if (whole.length === item.text.length) {
      parts.push(whole);
      for (let k = 0; k < whole.length; k++) {
        itemOf.push(place);
        characterOf.push(k);
      }
      return;
    }
    // Letters of several characters (a letter and its accent) fold as one.
    let character = 0;
    for (const { segment } of graphemes.segment(item.text)) {
      add(fold(segment), place, character);
      character += segment.length;
    }
  });
  return { text: parts.join(''), itemOf: Int32Array.from(itemOf), characterOf: Int32Array.from(characterOf) };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function byText(document: TranscriptDocument, searched: Searched, needle: string, query: Query): Hit[] {
  const hits: Hit[] = [];
  if (needle === '') {
    return hits;
  }
  const { text } = searched;
  for (let at = text.indexOf(needle); at >= 0;) {
    const end = at + needle.length;
    const isWhole = !isLetterAt(text, at - 1) && !isLetterAt(text, end);
    const hit = !query.wholeWords || isWhole ? hitAt(document, searched, at, end) : null;
    if (hit) {
      hits.push(hit);
    }
    at = text.indexOf(needle, hit ? end : at + 1);
  }
  return hits;
}

function isLetterAt(text: string, place: number): boolean {
  return place >= 0 && place < text.length && /[\p{L}\p{N}]/u.test(text[place]);
}

function hitAt(
  { items }: TranscriptDocument,
  { itemOf, characterOf, text }: Searched,
  start: number,
  end: number,
): Hit | null {
  const parts: HitPart[] = [];
  for (let k = start; k < end; k++) {
    if (itemOf[k] < 0) {
      continue;
    }
    const { id, text: own } = items[itemOf[k]];
    if (parts.at(-1)?.itemId !== id) {
      // What stands between the found words belongs to the hit: the full stop of “Dr. Jones”.
      const before = parts.at(-1);
      if (before) before.end = items[itemIndex(items, before.itemId)].text.length;
      parts.push({ itemId: id, start: before ? 0 : characterOf[k], end: 0 });
    }
    parts.at(-1)!.end = endOfLetter(own, characterOf[k]);
  }
  return parts.length === 0 ? null : { parts, text: text.slice(start, end), groups: [], named: {} };
}

/** Behind the letter that begins at a character, with its accents. */
function endOfLetter(text: string, start: number): number {
  let end = start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
  while (end < text.length && /\p{M}/u.test(text[end])) end++;
  return end;
}

/** The replacement for a hit; in a regular expression `$1`, `$<name>` and `$&` stand for what was found. */
export function replacementFor(hit: Hit, replacement: string, query: Query): string {
  if (!query.regularExpression) {
    return replacement;
  }
  return replacement.replace(/\$(?:(\$)|(&)|(\d{1,2})|<([^>]*)>)/g, (whole, dollar, all, group, name) => {
    if (dollar) return '$';
    if (all) return hit.text;
    if (group)
      return Number(group) >= 1 && Number(group) <= hit.groups.length
        ? (hit.groups[Number(group) - 1] ?? '')
        : whole;
    return hit.named[name] ?? '';
  });
}

/**
 * Replaces hits, as one edit. Hits that share a word are replaced in it one after the other.
 *
 * @param hits in the order in which they stand, as `find` gives them
 * @throws OperationError where there is no time left for so many words
 */
export function replaceHits(
  document: TranscriptDocument,
  hits: readonly Hit[],
  replacement: string,
  query: Query,
): Change {
  const textOf = (id: string) => document.items[itemIndex(document.items, id)].text;
  const places: { itemIds: string[]; text: string; doneTo: number }[] = [];
  for (const hit of hits) {
    const [first, last] = [hit.parts[0], hit.parts.at(-1)!];
    const text = replacementFor(hit, replacement, query);
    const itemIds = hit.parts.map(({ itemId }) => itemId);
    const place = places.at(-1);
    if (place?.itemIds.at(-1) === first.itemId) {
      place.text += textOf(first.itemId).slice(place.doneTo, first.start) + text;
      place.itemIds.push(...itemIds.slice(1));
      place.doneTo = last.end;
    } else {
      places.push({ itemIds, text: textOf(first.itemId).slice(0, first.start) + text, doneTo: last.end });
    }
  }
  const whole = places.flatMap(({ itemIds, text, doneTo }) =>
    runsBetween(document, itemIds, text + textOf(itemIds.at(-1)!).slice(doneTo)),
  );
  const { operations, document: next, toAlign } = editTexts(document, whole);
  return { operations, document: next, toAlign };
}

/** The items of a hit with the lone punctuation between them; remarks between them stay. */
function runsBetween(
  { items }: TranscriptDocument,
  itemIds: readonly string[],
  text: string,
): { itemIds: string[]; text: string }[] {
  const runs: { itemIds: string[]; text: string }[] = [];
  let isOpen = false;
  for (let k = itemIndex(items, itemIds[0]); k <= itemIndex(items, itemIds.at(-1)!); k++) {
    if (!isInLine(items[k])) {
      isOpen = false;
    } else if (isOpen) {
      runs.at(-1)!.itemIds.push(items[k].id);
    } else {
      runs.push({ itemIds: [items[k].id], text: runs.length === 0 ? text : '' });
      isOpen = true;
    }
  }
  return runs;
}
