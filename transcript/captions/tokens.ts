import type { Item, TranscriptDocument } from '../document.ts';
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
  /** Whether the film's picture changes between the token before and this one, or as this one begins. */
  followsShot: boolean;
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
    a.followsShot === b.followsShot &&
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

/**
 * The place of the word whose time and cue an item shares, -1 where there is none: a word's own; a note's is the one
 * before it in its segment, else the next, else any near.
 */
function* wordsBeside(items: readonly Item[], segmentOf: Int32Array): Sliced<Int32Array> {
  const beside = new Int32Array(items.length);
  let before = -1;
  for (let index = 0; index < items.length; index += 1) {
    if (items[index].kind === 'word') before = index;
    beside[index] = before;
  }
  yield;
  let next = -1;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    if (items[index].kind === 'word') {
      next = index;
      continue;
    }
    const candidates = [beside[index], next].filter((place) => place >= 0);
    beside[index] =
      candidates.find((place) => segmentOf[place] === segmentOf[index]) ?? candidates.at(0) ?? -1;
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

/** Says of the tokens that are nearest to a shot change that they follow it. */
function markShots(tokens: readonly Token[], shotsMs: readonly number[]): void {
  let next = 0;
  for (const shotMs of shotsMs) {
    while (next < tokens.length && (tokens[next].startMs + tokens[next].endMs) / 2 < shotMs) next += 1;
    if (next > 0 && next < tokens.length) tokens[next].followsShot = true;
  }
}

/**
 * The same in slices.
 * @param shotsMs when the film's picture changes, rising
 */
export function* makingTokens(
  document: TranscriptDocument,
  speakerNames: boolean,
  shotsMs: readonly number[] = [],
): Sliced<Token[]> {
  const { items, segments } = document;
  const segmentOf = new Int32Array(items.length);
  let current = -1;
  for (let index = 0; index < items.length; index += 1) {
    if (segments[current + 1]?.firstItemId === items[index].id) current += 1;
    segmentOf[index] = current;
  }
  yield;
  const claimed = claims(document);
  const beside = yield* wordsBeside(items, segmentOf);
  const written = new Map<string, { text: string; width: number }>();
  const tokens: Token[] = [];
  let lastSegment = -1;
  for (let index = 0; index < items.length; index += 1) {
    if (index % itemsPerSlice === 0) yield;
    const item = items[index];
    const word = beside[index] < 0 ? undefined : items[beside[index]];
    if (word?.kind !== 'word' || isRemark(item)) continue;
    let known = written.get(item.text);
    if (known === undefined) {
      const text = oneLine(item.text);
      written.set(item.text, (known = { text, width: displayWidth(text) }));
    }
    const noteMs = beside[index] < index ? word.endMs : word.startMs;
    tokens.push({
      wordId: item.kind === 'word' ? item.id : null,
      text: known.text,
      startMs: item.kind === 'word' ? item.startMs : noteMs,
      endMs: item.kind === 'word' ? Math.max(item.endMs, item.startMs) : noteMs,
      speakerId: segments[segmentOf[index]]?.speakerId ?? null,
      label: '',
      beginsSegment: segmentOf[index] !== lastSegment,
      followsShot: false,
      override: claimed.size === 0 ? -1 : (claimed.get(word.id) ?? -1),
      width: known.width,
      spaceBefore: 0,
    });
    lastSegment = segmentOf[index];
  }
  yield;
  // Stable, so words of one time keep the order of reading.
  tokens.sort((a, b) => a.startMs - b.startMs);
  if (speakerNames) labelSpeakers(tokens, document);
  markShots(tokens, shotsMs);
  let previous = '';
  for (const [index, token] of tokens.entries()) {
    if (index % itemsPerSlice === 0) yield;
    token.spaceBefore = separatorBetween(previous, token.label || token.text).length;
    if (token.text !== '') previous = token.text;
  }
  return tokens;
}
