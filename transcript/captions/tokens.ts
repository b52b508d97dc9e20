import type { Item, TranscriptDocument, Word } from '../document.ts';
import { isRemark } from '../positions.ts';
import { displayWidth } from './characters.ts';
import { oneLine, separatorBetween } from './joining.ts';
import { atOnce, itemsPerSlice, type Sliced } from './slices.ts';

/** A word or a note on its way into a cue. */
export type Token = {
  /** null for a note */
  wordId: string | null;
  text: string;
  startMs: number;
  endMs: number;
  speakerId: string | null;
  /** The speaker's name, `ANN: `, where it is to stand before the text; else empty. */
  label: string;
  /** Whether a segment begins here. */
  beginsSegment: boolean;
  /** The override that claims it, as an index into the document's overrides, or -1. */
  override: number;
  /** Of label and text, as `displayWidth` counts. */
  width: number;
  /** 1 where a space stands before it when it follows the token before. */
  spaceBefore: number;
};

/** Whether the layout cannot tell two tokens apart. */
export function isAlike(a: Token, b: Token): boolean {
  return (
    a.text === b.text &&
    a.startMs === b.startMs &&
    a.endMs === b.endMs &&
    a.speakerId === b.speakerId &&
    a.label === b.label &&
    a.beginsSegment === b.beginsSegment &&
    a.spaceBefore === b.spaceBefore
  );
}

/** Which override claims each word; one that is not whole, or that meets an earlier one, claims nothing. */
function claims(document: TranscriptDocument): Map<string, number> {
  const claimed = new Map<string, number>();
  if (document.overrides.length === 0) return claimed;
  const places = new Map<string, number>();
  document.items.forEach((item, index) => places.set(item.id, index));
  document.overrides.forEach((override, index) => {
    const first = places.get(override.firstWordId);
    const last = places.get(override.lastWordId);
    if (first === undefined || last === undefined || last < first) return;
    const run = document.items.slice(first, last + 1);
    if (run.some((item) => claimed.has(item.id))) return;
    for (const item of run) claimed.set(item.id, index);
  });
  return claimed;
}

/** The word whose time and cue a note shares: the one before it in its segment, else the next, else any near. */
function* wordsBeside(items: readonly Item[], segmentOf: readonly number[]): Sliced<(Word | undefined)[]> {
  const before: (number | undefined)[] = [];
  let last: number | undefined;
  items.forEach((item, index) => {
    if (item.kind === 'word') last = index;
    before[index] = last;
  });
  yield;
  const beside: (Word | undefined)[] = [];
  let next: number | undefined;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    if (index % itemsPerSlice === 0) yield;
    const item = items[index];
    if (item.kind === 'word') {
      next = index;
      beside[index] = item;
      continue;
    }
    const candidates = [before[index], next].filter((place) => place !== undefined);
    const chosen = candidates.find((place) => segmentOf[place] === segmentOf[index]) ?? candidates[0];
    const word = chosen === undefined ? undefined : items[chosen];
    beside[index] = word?.kind === 'word' ? word : undefined;
  }
  return beside;
}

/** Puts a speaker's name before the first word of each segment that follows one of another speaker. */
function labelSpeakers(tokens: readonly Token[], { speakers }: TranscriptDocument): void {
  const names = new Map(speakers.map(({ id, name }) => [id, name]));
  let last: string | null = null;
  for (const token of tokens) {
    if (!token.beginsSegment || token.speakerId === last) continue;
    last = token.speakerId;
    const name = last === null ? undefined : names.get(last);
    if (name === undefined) continue;
    token.label = `${oneLine(name).toUpperCase()}: `;
    token.width += displayWidth(token.label);
  }
}

/**
 * The words and notes of a document in the order of their time, as the layout reads them. A note is a
 * point in time, at the end of the word before it or the start of the one after; without any word in the
 * document it has no time and is left out.
 * @param speakerNames whether a speaker's name stands before the text where the speaker changes
 */
export function tokensOf(document: TranscriptDocument, speakerNames = false): Token[] {
  return atOnce(makingTokens(document, speakerNames));
}

/** The same in slices. */
export function* makingTokens(document: TranscriptDocument, speakerNames: boolean): Sliced<Token[]> {
  const { items, segments } = document;
  const segmentOf: number[] = [];
  let current = -1;
  items.forEach((item, index) => {
    if (segments[current + 1]?.firstItemId === item.id) current += 1;
    segmentOf[index] = current;
  });
  yield;
  const claimed = claims(document);
  const beside = yield* wordsBeside(items, segmentOf);
  const seen = new Set<string>();
  const widths = new Map<string, number>();
  const tokens: Token[] = [];
  let lastSegment = -1;
  for (const [index, item] of items.entries()) {
    if (index % itemsPerSlice === 0) yield;
    const word = beside[index];
    if (word === undefined || isRemark(item)) continue;
    const text = oneLine(item.text);
    let width = widths.get(text);
    if (width === undefined) widths.set(text, (width = displayWidth(text)));
    const noteMs = seen.has(word.id) ? word.endMs : word.startMs;
    if (item.kind === 'word') seen.add(item.id);
    tokens.push({
      wordId: item.kind === 'word' ? item.id : null,
      text,
      startMs: item.kind === 'word' ? item.startMs : noteMs,
      endMs: item.kind === 'word' ? Math.max(item.endMs, item.startMs) : noteMs,
      speakerId: segments[segmentOf[index]]?.speakerId ?? null,
      label: '',
      beginsSegment: segmentOf[index] !== lastSegment,
      override: claimed.get(item.kind === 'word' ? item.id : word.id) ?? -1,
      width,
      spaceBefore: 0,
    });
    lastSegment = segmentOf[index];
  }
  yield;
  // Stable, so words of one time keep the order of reading.
  tokens.sort((a, b) => a.startMs - b.startMs);
  if (speakerNames) labelSpeakers(tokens, document);
  let previous = '';
  for (const [index, token] of tokens.entries()) {
    if (index % itemsPerSlice === 0) yield;
    token.spaceBefore = separatorBetween(previous, token.label || token.text).length;
    if (token.text !== '') previous = token.text;
  }
  return tokens;
}
