import type { NewId } from '../create.ts';
import type { TranscriptDocument } from '../document.ts';
import type { OverrideChanges } from '../operations/schema.ts';
import { displayWidth } from './characters.ts';
import type { CueFault } from './check.ts';
import type { Cue } from './cue.ts';
import { fixCue, overrideOf, recutCues, releaseCue, wordsToFix } from './fixing.ts';
import { longestPauseMs, type CaptionRules } from './rules.ts';

/** What is done to a cue. */
export type MendKind =
  | 'endsSooner'
  | 'staysLonger'
  | 'startsSooner'
  | 'takesRoom'
  | 'breaksAnew'
  | 'splits'
  | 'joinsNext'
  | 'joinsPrevious'
  | 'movesWords'
  | 'followsWords';

export type Attempt = { kind: MendKind; changes: OverrideChanges };

/** A cue may come on this much before its first word, and a neighbour's give way as much, where there is need. */
const leewayMs = 500;

/**
 * What could be tried on a faulty cue, what changes least first.
 * @param cues the document's, all of them
 */
export function attemptsFor(
  document: TranscriptDocument,
  cues: readonly Cue[],
  place: number,
  faults: readonly CueFault[],
  rules: CaptionRules,
  newId: NewId,
): Attempt[] {
  const found = new Set(faults.map(({ rule }) => rule));
  const has = (...rulesBroken: CueFault['rule'][]) => rulesBroken.some((rule) => found.has(rule));
  const parts = [
    has('line-chars', 'lines') && breakAnew,
    has('gap', 'overlap', 'max-duration') && endSooner,
    has('cps', 'min-duration') && takeTime,
    has('cps', 'min-duration', 'line-chars', 'lines') && moveWords,
    has('cps', 'min-duration') && join,
    has('line-chars', 'lines', 'max-duration') && split,
    follow,
  ];
  const given = { document, cues, place, rules, newId };
  return parts.flatMap((part) => (part ? part(given) : []));
}

type Given = {
  document: TranscriptDocument;
  cues: readonly Cue[];
  place: number;
  rules: CaptionRules;
  newId: NewId;
};

function made(kind: MendKind, ...changes: (OverrideChanges | null)[]): Attempt[] {
  const whole = changes.filter((change) => change !== null);
  if (whole.length < changes.length) return [];
  const removeIds = whole.flatMap((change) => change.removeIds);
  return [{ kind, changes: { removeIds, put: whole.flatMap((change) => change.put) } }];
}

function breakAnew({ document, cues, place, newId }: Given): Attempt[] {
  return made('breaksAnew', fixCue(document, cues[place], { lineBreakAfterWordIds: null }, newId));
}

function endSooner({ document, cues, place, rules, newId }: Given): Attempt[] {
  const cue = cues[place];
  const next = cues.at(place + 1);
  const latestMs = Math.min(
    cue.startMs + rules.maxDurationMs,
    next === undefined ? Infinity : next.startMs - rules.minGapMs,
  );
  if (latestMs <= cue.startMs || latestMs >= cue.endMs) return [];
  return made('endsSooner', fixCue(document, cue, { endMs: latestMs }, newId));
}

/** To be read in time: stays longer, comes on sooner, and at last takes some time from its neighbours. */
function takeTime({ document, cues, place, rules, newId }: Given): Attempt[] {
  const cue = cues[place];
  const characters = cue.lines.reduce((sum, line) => sum + displayWidth(line.text), 0);
  const neededMs = Math.max(rules.minDurationMs, Math.ceil((characters / rules.maxCharsPerSecond) * 1000));
  const [previous, next] = [place > 0 ? cues[place - 1] : undefined, cues.at(place + 1)];
  const mediaEndMs = document.media.durationMs || Infinity;
  const latestEndMs = Math.min(mediaEndMs, next === undefined ? Infinity : next.startMs - rules.minGapMs);
  const earliestStartMs = Math.max(
    0,
    cue.startMs - leewayMs,
    previous === undefined ? 0 : previous.endMs + rules.minGapMs,
  );
  const attempts: Attempt[] = [];
  const wantedEndMs = cue.startMs + neededMs;
  const endMs = Math.min(wantedEndMs, latestEndMs);
  if (endMs > cue.endMs) {
    attempts.push(...made('staysLonger', fixCue(document, cue, { endMs }, newId)));
  }
  const end = Math.max(endMs, cue.endMs);
  const startMs = Math.max(earliestStartMs, end - neededMs);
  if (startMs < cue.startMs) {
    attempts.push(...made('startsSooner', fixCue(document, cue, { startMs, endMs: end }, newId)));
  }
  const lacksMs = neededMs - (end - Math.min(startMs, cue.startMs));
  if (next !== undefined && lacksMs > 0 && lacksMs <= leewayMs && end + lacksMs <= mediaEndMs) {
    const from = Math.min(startMs, cue.startMs);
    const nextStartMs = end + lacksMs + rules.minGapMs;
    attempts.push(
      ...made(
        'takesRoom',
        fixCue(document, cue, { ...(from < cue.startMs && { startMs: from }), endMs: end + lacksMs }, newId),
        fixCue(document, next, { startMs: nextStartMs }, newId),
      ),
    );
  }
  return attempts;
}

/** Moves up to some words over the boundary to a neighbour. */
function moveWords({ document, cues, place, newId }: Given): Attempt[] {
  const most = 6;
  const attempts: Attempt[] = [];
  for (const [left, right] of [
    [place, place + 1],
    [place - 1, place],
  ]) {
    const pair = cues.slice(Math.max(0, left), right + 1);
    if (left < 0 || pair.length < 2) continue;
    const [own, other] = pair.map((cue) => wordsToFix(document, cue));
    if (own === null || other === null) continue;
    const starts = left === place ? own.slice(1).slice(-most) : other.slice(1, 1 + most);
    for (const id of starts) attempts.push(...made('movesWords', recutCues(document, pair, [id], newId)));
  }
  return attempts;
}

function join({ document, cues, place, newId }: Given): Attempt[] {
  const [previous, cue, next] = [place > 0 ? cues[place - 1] : undefined, cues[place], cues.at(place + 1)];
  const isNear = (a: Cue | undefined, b: Cue | undefined) =>
    a !== undefined && b !== undefined && b.startMs - a.endMs < longestPauseMs;
  return [
    ...(next === undefined || !isNear(cue, next)
      ? []
      : made('joinsNext', recutCues(document, [cue, next], [], newId))),
    ...(previous === undefined || !isNear(previous, cue)
      ? []
      : made('joinsPrevious', recutCues(document, [previous, cue], [], newId))),
  ];
}

/** Near the middle, and rather where a clause ends. */
function split({ document, cues, place, newId }: Given): Attempt[] {
  const cue = cues[place];
  const words = cue.lines.flatMap((line) => line.words);
  const clauseBonus = 3;
  const most = 12;
  const starts = words
    .slice(1)
    .map(({ id }, index) => {
      const fromMiddle = Math.abs(index + 1 - words.length / 2);
      const endsClause = /[.!?…,;:]["'”’»)]*$/u.test(words[index].text);
      return { id, cost: fromMiddle - (endsClause ? clauseBonus : 0) };
    })
    .sort((a, b) => a.cost - b.cost)
    .slice(0, most);
  return starts.flatMap(({ id }) => made('splits', recutCues(document, [cue], [id], newId)));
}

/** The last resort: what was set by hand is let go. */
function follow({ document, cues, place }: Given): Attempt[] {
  const cue = cues[place];
  return overrideOf(document, cue) === undefined ? [] : made('followsWords', releaseCue(cue));
}
