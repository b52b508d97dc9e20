import { endsSentence } from '../wording.ts';
import { breakCost } from './breaks.ts';
import type { FunctionWords } from './language.ts';
import { createLineBreaker } from './lines.ts';
import { longestPauseMs, tailMs, type CaptionRules } from './rules.ts';
import type { Token } from './tokens.ts';

/** The tokens of one cue from `first` to before `end`, with the tokens before which a new line begins. */
export type CueRun = { first: number; end: number; lineStarts: number[] };

/** `- ` before each speaker's line where two share a cue. */
export const dash = '- ';
const dashWidth = dash.length;

/** In the points of breaks.ts. */
const cost = {
  cue: 40,
  /** A break between cues is felt more than one between lines. */
  cueBreakFactor: 1.4,
  sentenceInsideLine: 15,
  /** For the square of the characters a second that are too many. */
  speed: 4,
  speedMost: 800,
  tooShort: 300,
  shortText: 25,
  /** For a pause of `longestPauseMs` inside a cue. */
  pause: 90,
  pauseUnnoticedMs: 400,
  speakerChange: 70,
  speakersReordered: 600,
  /** A boundary while another speaker is in the middle of a word. */
  cutsOverlap: 250,
};

/** The state of a cue of two or more speakers: each speaks on one line. */
type Turns = { widths: Map<string | null, { width: number; tokens: number }>; changes: number; cost: number };

/**
 * Cuts tokens into cues by dynamic programming from the end: the cheapest sum over all cues of what their
 * lines, their last break, their time on screen and their pauses cost.
 * @param nextMs when whatever follows the last token begins, Infinity where nothing does
 */
export function cutIntoCues(
  tokens: readonly Token[],
  rules: CaptionRules,
  words: FunctionWords,
  nextMs: number,
): CueRun[] {
  const count = tokens.length;
  const breakCosts = new Float64Array(count);
  const lineBreakCosts = new Float64Array(count);
  const sentencesBefore = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    const sentence = endsSentence(tokens[index].text) ? cost.sentenceInsideLine : 0;
    sentencesBefore[index + 1] = sentencesBefore[index] + sentence;
    breakCosts[index] = index + 1 < count ? breakCost(tokens[index], tokens[index + 1], words) : 0;
    lineBreakCosts[index] = breakCosts[index] - sentence;
  }
  const lines = createLineBreaker(tokens, lineBreakCosts, rules);

  function timeCost(startMs: number, endMs: number, followingMs: number, characters: number): number {
    const neededMs = Math.max(rules.minDurationMs, (characters / rules.maxCharsPerSecond) * 1000);
    const roomMs = Math.min(followingMs - rules.minGapMs - startMs, rules.maxDurationMs);
    const shownMs = Math.max(1, Math.min(roomMs, Math.max(endMs + tailMs - startMs, neededMs)));
    const excess = (characters / shownMs) * 1000 - rules.maxCharsPerSecond;
    const speed = excess > 0 ? Math.min(cost.speed * excess * excess, cost.speedMost) : 0;
    const short = shownMs < rules.minDurationMs ? cost.tooShort * (1.3 - shownMs / rules.minDurationMs) : 0;
    const fill = Math.min(1, characters / rules.maxLineChars);
    return speed + short + cost.shortText * (1 - fill) * (1 - fill);
  }

  /** Takes one more token into the turns; false where its speaker's line, or one more line, does not fit. */
  function takeTurn(turns: Turns, token: Token, before: Token | undefined, heardMs: number): boolean {
    let line = turns.widths.get(token.speakerId);
    if (line === undefined) {
      if (turns.widths.size === rules.maxLines) return false;
      turns.widths.set(token.speakerId, (line = { width: 0, tokens: 0 }));
    }
    line.width += token.width + (line.tokens > 0 ? 1 : 0);
    line.tokens += 1;
    if (before !== undefined && before.speakerId !== token.speakerId && heardMs <= token.startMs) {
      turns.changes += 1;
      // A third turn after the second would be read before it.
      turns.cost += turns.changes > 1 ? cost.speakersReordered : cost.speakerChange;
    }
    if (turns.widths.size === 1) return true;
    for (const { width, tokens: own } of turns.widths.values()) {
      if (width + dashWidth > rules.maxLineChars && own > 1) return false;
    }
    return true;
  }

  const best = new Float64Array(count + 1);
  const endOf = new Int32Array(count);
  for (let first = count - 1; first >= 0; first -= 1) {
    lines.from(first, count);
    best[first] = Infinity;
    const startMs = tokens[first].startMs;
    const turns: Turns = { widths: new Map(), changes: 0, cost: 0 };
    let endMs = startMs;
    let pauses = 0;
    let characters = -tokens[first].spaceBefore;
    for (let last = first; last < count; last += 1) {
      const token = tokens[last];
      const pauseMs = token.startMs - endMs;
      if (last > first) {
        const tooLong = token.endMs > endMs && token.endMs - startMs > rules.maxDurationMs;
        if (pauseMs >= longestPauseMs || tooLong) break;
        if (pauseMs > cost.pauseUnnoticedMs) {
          pauses +=
            (cost.pause * (pauseMs - cost.pauseUnnoticedMs)) / (longestPauseMs - cost.pauseUnnoticedMs);
        }
      }
      if (!takeTurn(turns, token, last > first ? tokens[last - 1] : undefined, endMs)) break;
      endMs = Math.max(endMs, token.endMs);
      characters += token.spaceBefore + token.width;

      const shared = turns.widths.size > 1;
      const lineCost = shared ? 0 : lines.cost(last - first + 1);
      // Taking more tokens in never makes lines fit again.
      if (lineCost === Infinity) break;
      const followingMs = last + 1 < count ? tokens[last + 1].startMs : nextMs;
      const sum =
        best[last + 1] +
        cost.cue +
        breakCosts[last] * cost.cueBreakFactor +
        sentencesBefore[last] -
        sentencesBefore[first] +
        lineCost +
        pauses +
        turns.cost +
        timeCost(startMs, endMs, followingMs, characters) +
        (followingMs < endMs ? cost.cutsOverlap : 0);
      if (sum < best[first]) {
        best[first] = sum;
        endOf[first] = last + 1;
      }
    }
  }

  const runs: CueRun[] = [];
  for (let first = 0; first < count; first = endOf[first]) {
    const end = endOf[first];
    lines.from(first, end);
    const lineStarts = lines.cost(end - first) < Infinity ? lines.breaks(end - first) : [];
    runs.push({ first, end, lineStarts: lineStarts.map((start) => first + start) });
  }
  return runs;
}
