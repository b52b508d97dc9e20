import { newId as randomId, type NewId } from '../create.ts';
import type { CueOverride, TranscriptDocument } from '../document.ts';
import type { OverrideChanges } from '../operations/schema.ts';
import { checkCues, type CueFault } from './check.ts';
import { plainCue, type Cue } from './cue.ts';
import { layOutCues } from './layout.ts';
import { attemptsFor, type MendKind } from './mendingAttempts.ts';
import type { CaptionRules } from './rules.ts';
import type { Sliced } from './slices.ts';
import { documentOfCues } from './surroundings.ts';

/** How a faulty cue is mended. */
export type Mend = {
  kind: MendKind;
  changes: OverrideChanges;
  /** The faults of the cue and of those beside it that go, less those that come. */
  mended: number;
  /** The cues from `from` to before `to` as they will be. */
  from: number;
  to: number;
  cues: Cue[];
};

/** Cues on each side that are laid out with the one to mend; what they are after is looked at too. */
const context = 2;

/** Thinnest first: how much each fault weighs beside its number. */
function weight(faults: readonly CueFault[]): number {
  return faults.reduce(
    (sum, { value, limit }) => sum + 1 + Math.min(0.2, Math.abs(value - limit) / (limit + 1) / 10),
    0,
  );
}

/** Faults of cues as they stand in a row. */
function faultsIn(cues: readonly Cue[], rules: CaptionRules): CueFault[] {
  return checkCues(
    cues.map((cue, index) => plainCue(cue, index)),
    rules,
  );
}

/**
 * Finds a way to mend a faulty cue by trying each on a copy of its surroundings: it stays longer or shorter, makes or
 * takes room, breaks its lines anew, is split, or joined with a neighbour. Of the ways that leave the cue without a
 * fault and bring none elsewhere the one is taken that changes least, else the one that leaves the fewest faults.
 * @param place the cue's index in `cues`, which are the document's as they are laid out
 * @returns null where nothing makes it better
 */
export function mendCue(
  document: TranscriptDocument,
  cues: readonly Cue[],
  place: number,
  rules: CaptionRules,
  newId: NewId = randomId,
): Mend | null {
  const from = Math.max(0, place - context);
  const to = Math.min(cues.length, place + context + 1);
  const around = cues.slice(from, to);
  if (around.some((cue) => cue.wordIds.length === 0)) return null;
  const small = documentOfCues(document, around);
  // The cue behind stays where it is, so that room is not taken from it.
  const following = cues.at(to);
  const laid = layOutCues(small, rules);
  const here = place - from;
  const isSame = laid.length === around.length && laid[here].wordIds.join() === around[here].wordIds.join();
  if (!isSame) return null;
  const measure = (row: readonly Cue[]) => weight(faultsIn(following ? [...row, following] : row, rules));
  const before = measure(laid);
  const faults = faultsIn(laid, rules).filter(({ cue }) => cue === here);
  if (faults.length === 0) return null;

  let best: Mend | null = null;
  let least = before - 0.5;
  for (const { kind, changes } of attemptsFor(small, laid, here, faults, rules, newId)) {
    const tried = withChanges(small, changes);
    const row = layOutCues(tried, rules);
    if (following && (row.at(-1)?.endMs ?? 0) > following.startMs) continue;
    const after = measure(row);
    const mend: Mend = { kind, changes, mended: Math.round(before - after), from, to, cues: row };
    if (mend.mended >= faults.length && after <= before - faults.length + 0.25) return mend;
    if (after >= least) continue;
    least = after;
    best = mend;
  }
  return best;
}

/**
 * Mends all faulty cues one after the other, in slices.
 * @returns one change of overrides for all, and how many cues it mended
 */
export function* mendingAll(
  document: TranscriptDocument,
  cues: readonly Cue[],
  rules: CaptionRules,
  newId: NewId = randomId,
): Sliced<{ changes: OverrideChanges; mended: number }> {
  let current = document;
  const row = [...cues];
  let mended = 0;
  for (let place = 0; place < row.length; place += 1) {
    const isFaulty = checkCues(row.slice(place, place + 2).map(plainCue), rules).some(({ cue }) => cue === 0);
    if (!isFaulty) continue;
    yield;
    const mend = mendCue(current, row, place, rules, newId);
    if (mend === null) continue;
    current = withChanges(current, mend.changes);
    row.splice(mend.from, mend.to - mend.from, ...mend.cues);
    mended += 1;
  }
  return { changes: differenceOf(document.overrides, current.overrides), mended };
}

/** A document with overrides changed, in no particular order: for trying, not for keeping. */
function withChanges(document: TranscriptDocument, { removeIds, put }: OverrideChanges): TranscriptDocument {
  const gone = new Set([...removeIds, ...put.map(({ id }) => id)]);
  return { ...document, overrides: [...document.overrides.filter(({ id }) => !gone.has(id)), ...put] };
}

function differenceOf(before: readonly CueOverride[], after: readonly CueOverride[]): OverrideChanges {
  const known = new Set(before);
  const left = new Set(after.map(({ id }) => id));
  return {
    removeIds: before.filter(({ id }) => !left.has(id)).map(({ id }) => id),
    put: after.filter((override) => !known.has(override)),
  };
}
