import { endsSentence } from '../wording.ts';
import { breakCost } from './breaks.ts';
import type { FunctionWords } from './language.ts';
import { createLineBreaker } from './lines.ts';
import { longestPauseMs, tailMs, type CaptionRules } from './rules.ts';
import type { Sliced } from './slices.ts';
import { isAlike, type Token } from './tokens.ts';

/** The tokens of one cue from `first` to before `end`, with the tokens before which a new line begins. */
export type CueRun = { first: number; end: number; lineStarts: number[] };

/** Tokens cut into cues, with what a later cut of nearly the same tokens can take over. */
export type Cut = {
  tokens: readonly Token[];
  /** When whatever follows the last token begins, Infinity where nothing does. */
  nextMs: number;
  runs: readonly CueRun[];
  /** What a break after each token costs. */
  breakCosts: Float64Array;
  /** The least cost of all cues from each token on, and before which token the first of them ends. */
  best: Float64Array;
  endOf: Int32Array;
  /** The last token that was looked at for a cue that begins at each; as many as there are: also what follows. */
  lookedTo: Int32Array;
};

/** Tokens that are cut between two places to pause. */
const tokensPerSlice = 100;

/**
 * Costs are rounded to this part of a point, so that sums are exact: the same cues then differ by the same amount,
 * however much stands behind them.
 */
const grain = 1 / 1024;

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
  /** For each change of the picture inside a cue. */
  shotInside: 60,
  speakerChange: 70,
  speakersReordered: 600,
  /** A boundary while another speaker is in the middle of a word. */
  cutsOverlap: 250,
};

/** The state of a cue of two or more speakers: each speaks on one line. */
type Turns = { widths: Map<string | null, { width: number; tokens: number }>; changes: number; cost: number };

/**
 * Cuts tokens into cues by dynamic programming from the end: the cheapest sum over all cues of what their
 * lines, their last break, their time on screen, their pauses and the changes of picture in them cost.
 *
 * After an edit, what stands behind it costs what it did. Before it, costs soon differ from those of the earlier cut
 * by one and the same amount, for as far as any cue reaches: from there to the front, nothing is decided otherwise.
 * @param nextMs when whatever follows the last token begins, Infinity where nothing does
 * @param before an earlier cut by the same rules; the result is that of a cut without it
 */
export function* cuttingIntoCues(
  tokens: readonly Token[],
  rules: CaptionRules,
  words: FunctionWords,
  nextMs: number,
  before?: Cut,
): Sliced<Cut> {
  const count = tokens.length;
  const { head, tail } = before ? likeness(before, tokens, nextMs) : { head: 0, tail: 0 };
  const shift = before ? count - before.tokens.length : 0;
  const breakCosts = new Float64Array(count);
  const lineBreakCosts = new Float64Array(count);
  const sentencesBefore = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    if (index % tokensPerSlice === 0) yield;
    const sentence = endsSentence(tokens[index].text) ? cost.sentenceInsideLine : 0;
    sentencesBefore[index + 1] = sentencesBefore[index] + sentence;
    if (before && index + 1 < head) breakCosts[index] = before.breakCosts[index];
    else if (before && index >= count - tail) breakCosts[index] = before.breakCosts[index - shift];
    else if (index + 1 < count) breakCosts[index] = breakCost(tokens[index], tokens[index + 1], words);
    lineBreakCosts[index] = breakCosts[index] - sentence;
  }
  const lines = createLineBreaker(tokens, lineBreakCosts, rules);

  const best = new Float64Array(count + 1);
  const endOf = new Int32Array(count);
  const lookedTo = new Int32Array(count);

  /** Finds the best cue that begins at a token; those behind it are known. */
  function decide(first: number): void {
    lines.from(first, count);
    best[first] = Infinity;
    const startMs = tokens[first].startMs;
    const turns: Turns = { widths: new Map(), changes: 0, cost: 0 };
    let endMs = startMs;
    let pauses = 0;
    let shots = 0;
    let characters = -tokens[first].spaceBefore;
    lookedTo[first] = count;
    for (let last = first; last < count; last += 1) {
      const token = tokens[last];
      lookedTo[first] = last + 1;
      const pauseMs = token.startMs - endMs;
      if (last > first) {
        const tooLong = token.endMs > endMs && token.endMs - startMs > rules.maxDurationMs;
        if (pauseMs >= longestPauseMs || tooLong) break;
        if (token.followsShot) shots += cost.shotInside;
        if (pauseMs > cost.pauseUnnoticedMs) {
          pauses +=
            (cost.pause * (pauseMs - cost.pauseUnnoticedMs)) / (longestPauseMs - cost.pauseUnnoticedMs);
        }
      }
      if (!takeTurn(turns, token, last > first ? tokens[last - 1] : undefined, endMs, rules)) break;
      endMs = Math.max(endMs, token.endMs);
      characters += token.spaceBefore + token.width;

      const shared = turns.widths.size > 1;
      const lineCost = shared ? 0 : lines.cost(last - first + 1);
      // Taking more tokens in never makes lines fit again.
      if (lineCost === Infinity) break;
      const followingMs = last + 1 < count ? tokens[last + 1].startMs : nextMs;
      const own =
        cost.cue +
        breakCosts[last] * cost.cueBreakFactor +
        sentencesBefore[last] -
        sentencesBefore[first] +
        lineCost +
        pauses +
        shots +
        turns.cost +
        timeCost({ startMs, endMs, followingMs, characters }, rules) +
        (followingMs < endMs ? cost.cutsOverlap : 0);
      const sum = best[last + 1] + Math.round(own / grain) * grain;
      if (sum < best[first]) {
        best[first] = sum;
        endOf[first] = last + 1;
      }
    }
  }

  if (before) {
    const from = count - tail;
    best.set(before.best.subarray(from - shift), from);
    for (let k = from; k < count; k += 1) {
      endOf[k] = before.endOf[k - shift] + shift;
      lookedTo[k] = before.lookedTo[k - shift] + shift;
    }
  }
  const furthest = before ? runningMost(before.lookedTo, head) : new Int32Array(0);
  /** Up to here costs differ from those before by the same amount, seen from where the loop is. */
  let steadyTo = -1;
  /** Tokens from the front for which all is as it was. */
  let kept = 0;
  for (let first = count - tail - 1; first >= 0; first -= 1) {
    if (first % tokensPerSlice === 0) yield;
    decide(first);
    if (!before || first >= head) continue;
    const difference = best[first] - before.best[first];
    const isSteady = first + 1 < head && difference === best[first + 1] - before.best[first + 1];
    if (!isSteady || steadyTo < 0) steadyTo = first;
    if (first === 0 || furthest[first - 1] > steadyTo) continue;
    kept = first;
    for (let k = 0; k < kept; k += 1) best[k] = before.best[k] + difference;
    endOf.set(before.endOf.subarray(0, kept));
    lookedTo.set(before.lookedTo.subarray(0, kept));
    break;
  }

  const knownRuns = new Map(before?.runs.map((run) => [run.first, run]));
  const runs: CueRun[] = [];
  for (let first = 0; first < count; first = endOf[first]) {
    if (runs.length % tokensPerSlice === 0) yield;
    const end = endOf[first];
    const by = first >= count - tail ? shift : 0;
    const known = first < kept || first >= count - tail ? knownRuns.get(first - by) : undefined;
    if (known) {
      runs.push(by === 0 ? known : moved(known, by));
      continue;
    }
    lines.from(first, end);
    const lineStarts = lines.cost(end - first) < Infinity ? lines.breaks(end - first) : [];
    runs.push({ first, end, lineStarts: lineStarts.map((start) => first + start) });
  }
  return { tokens, nextMs, runs, breakCosts, best, endOf, lookedTo };
}

type Shown = { startMs: number; endMs: number; followingMs: number; characters: number };

function timeCost({ startMs, endMs, followingMs, characters }: Shown, rules: CaptionRules): number {
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
function takeTurn(
  turns: Turns,
  token: Token,
  before: Token | undefined,
  heardMs: number,
  rules: CaptionRules,
): boolean {
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

/** How many tokens at the front and at the end are as they were; none is counted twice. */
function likeness(before: Cut, tokens: readonly Token[], nextMs: number): { head: number; tail: number } {
  const earlier = before.tokens;
  const shorter = Math.min(earlier.length, tokens.length);
  let head = 0;
  while (head < shorter && isAlike(earlier[head], tokens[head])) head += 1;
  let tail = 0;
  if (nextMs === before.nextMs) {
    const same = () => isAlike(earlier[earlier.length - 1 - tail], tokens[tokens.length - 1 - tail]);
    while (tail < shorter - head && same()) tail += 1;
  }
  return { head, tail };
}

/** The largest of the first values, up to each. */
function runningMost(values: Int32Array, count: number): Int32Array {
  const most = values.slice(0, count);
  for (let k = 1; k < count; k += 1) most[k] = Math.max(most[k], most[k - 1]);
  return most;
}

function moved({ first, end, lineStarts }: CueRun, by: number): CueRun {
  return { first: first + by, end: end + by, lineStarts: lineStarts.map((start) => start + by) };
}
