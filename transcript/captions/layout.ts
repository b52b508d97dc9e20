import type { CueOverride, TranscriptDocument } from '../document.ts';
import { cuesPerSlice, makingCues, spanOf, type Block } from './blocks.ts';
import type { Cue } from './cue.ts';
import { functionWords, type FunctionWords } from './language.ts';
import { createLineBreaker } from './lines.ts';
import { breakCost } from './breaks.ts';
import { defaultRules, type CaptionRules } from './rules.ts';
import { CueSections, sectionsOf } from './sections.ts';
import { atOnce, type Sliced } from './slices.ts';
import { timeCues, timingRules, type CueSpan } from './timing.ts';
import { makingTokens, tokensOf, type Token } from './tokens.ts';

/** Tokens by speaker, each speaker in the order in which they began. */
function turnsOf(tokens: readonly Token[]): Token[][] {
  const turns = new Map<string | null, Token[]>();
  for (const token of tokens) {
    const turn = turns.get(token.speakerId);
    if (turn === undefined) turns.set(token.speakerId, [token]);
    else turn.push(token);
  }
  return [...turns.values()];
}

function splitAt(tokens: readonly Token[], starts: readonly number[]): Token[][] {
  const edges = [0, ...starts, tokens.length];
  return edges.slice(1).map((end, index) => tokens.slice(edges[index], end));
}

/** Lines for a run that a person made one cue: as many as it needs where it is too long for the rules. */
function fittedLines(tokens: Token[], rules: CaptionRules, words: FunctionWords): Token[][] {
  const costs = Float64Array.from(tokens, (token, index) =>
    index + 1 < tokens.length ? breakCost(token, tokens[index + 1], words) : 0,
  );
  const breaker = createLineBreaker(tokens, costs, rules);
  const lines: Token[][] = [];
  for (let first = 0; first < tokens.length;) {
    breaker.from(first, tokens.length);
    let count = 1;
    while (breaker.cost(count + 1) < Infinity) count += 1;
    for (const line of splitAt(tokens.slice(first, first + count), breaker.breaks(count))) lines.push(line);
    first += count;
  }
  return lines;
}

function overrideBlock(
  tokens: Token[],
  override: CueOverride,
  rules: CaptionRules,
  words: FunctionWords,
): Block {
  const turns = turnsOf(tokens);
  const breaks = override.lineBreakAfterWordIds;
  if (breaks === undefined) {
    return { override, lines: turns.flatMap((turn) => fittedLines(turn, rules, words)) };
  }
  const breakAfter = new Set(breaks);
  const lines = turns.flatMap((turn) => {
    const starts: number[] = [];
    turn.forEach((token, index) => {
      // Notes behind the word stay on its line.
      let word = index - 1;
      while (word > 0 && turn[word].wordId === null) word -= 1;
      const before = turn[word]?.wordId;
      if (token.wordId !== null && before && breakAfter.has(before)) starts.push(index);
    });
    return splitAt(turn, starts);
  });
  return { override, lines };
}

/** All cues in order, without times: those of the overrides, and between them what the layout finds best. */
function* blocksOf(
  tokens: Token[],
  document: TranscriptDocument,
  rules: CaptionRules,
  words: FunctionWords,
  sections: CueSections,
): Sliced<Block[]> {
  const claimed = new Map<number, Token[]>();
  for (const token of tokens) {
    if (token.override < 0) continue;
    const group = claimed.get(token.override);
    if (group === undefined) claimed.set(token.override, [token]);
    else group.push(token);
  }
  const blocks: Block[] = [];
  let stretch: Token[] = [];
  function* layStretch(nextMs: number): Sliced<void> {
    const parts = sectionsOf(stretch);
    stretch = [];
    for (const [place, section] of parts.entries()) {
      yield;
      const following = parts.at(place + 1)?.[0].startMs ?? nextMs;
      const runs = yield* sections.laying(section, rules, words, following);
      for (const [index, { first, end, lineStarts }] of runs.entries()) {
        if (index % cuesPerSlice === cuesPerSlice - 1) yield;
        const run = section.slice(first, end);
        const turns = turnsOf(run);
        const lines =
          turns.length > 1
            ? turns
            : splitAt(
                run,
                lineStarts.map((start) => start - first),
              );
        blocks.push({ lines });
      }
    }
  }
  for (const token of tokens) {
    if (token.override < 0) {
      stretch.push(token);
      continue;
    }
    const group = claimed.get(token.override);
    if (group === undefined) continue;
    claimed.delete(token.override);
    const override = document.overrides[token.override];
    yield* layStretch(override.startMs ?? token.startMs);
    blocks.push(overrideBlock(group, override, rules, words));
  }
  yield* layStretch(Infinity);
  return blocks;
}

/**
 * Cuts a document into cues. Every word stands in exactly one, cues ascend and never overlap, and the same
 * document gives the same cues. Rules that the speech leaves no room for are missed by as little as can be:
 * a single word may be wider than a line, and fast speech may be faster than the reading speed. What a
 * person fixed (`overrides`) stands as it is, and its neighbours make room.
 * @param speakerNames whether a speaker's name stands before the text where the speaker changes
 * @param shotsMs when the film's picture changes, rising: a cue rather ends there
 */
export function layOutCues(
  document: TranscriptDocument,
  rules: CaptionRules = defaultRules,
  options: { speakerNames?: boolean; shotsMs?: readonly number[] } = {},
): Cue[] {
  return atOnce(layingOutCues(document, rules, options));
}

/**
 * The same in slices, for a page.
 * @param sections what was laid out before, of this document's earlier versions
 */
export function* layingOutCues(
  document: TranscriptDocument,
  rules: CaptionRules,
  {
    speakerNames = false,
    shotsMs,
    sections = new CueSections(),
  }: { speakerNames?: boolean; shotsMs?: readonly number[]; sections?: CueSections } = {},
): Sliced<Cue[]> {
  const [language] = document.languages;
  const tokens = yield* makingTokens(document, speakerNames, shotsMs);
  sections.begin(rules, language);
  const blocks = yield* blocksOf(tokens, document, rules, functionWords(language), sections);
  sections.end();
  const spans: CueSpan[] = [];
  for (const [index, block] of blocks.entries()) {
    if (index % cuesPerSlice === 0) yield;
    spans.push(spanOf(block));
  }
  yield;
  const times = timeCues(spans, timingRules(rules), document.media.durationMs);
  return yield* makingCues(blocks, times);
}

/** One cue a word, on the screen while the word is heard; notes stand with the word beside them. */
export function wordCues(document: TranscriptDocument): Cue[] {
  const blocks: Block[] = [];
  let notes: Token[] = [];
  for (const token of tokensOf(document)) {
    const last = blocks.at(-1)?.lines[0];
    if (token.wordId !== null) {
      blocks.push({ lines: [[...notes, token]] });
      notes = [];
    } else if (last !== undefined && !token.beginsSegment) last.push(token);
    else notes.push(token);
  }
  for (const note of notes) blocks.at(-1)?.lines[0].push(note);
  const exact = {
    minDurationMs: 1,
    maxDurationMs: Infinity,
    maxCharsPerSecond: Infinity,
    minGapMs: 0,
    tailMs: 0,
  };
  return atOnce(makingCues(blocks, timeCues(blocks.map(spanOf), exact, document.media.durationMs)));
}
