import { checkCues, type CueFault } from '../../transcript/captions/check.ts';
import { countCharacters } from '../../transcript/captions/characters.ts';
import { plainCue, type Cue } from '../../transcript/captions/cue.ts';
import { layingOutCues } from '../../transcript/captions/layout.ts';
import type { CaptionRules } from '../../transcript/captions/rules.ts';
import type { CueSections } from '../../transcript/captions/sections.ts';
import type { Sliced } from '../../transcript/captions/slices.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { lowerBound } from '../../transcript/positions.ts';

/** The cues of a document as they will be exported, with what is wrong with each. */
export type CueView = {
  cues: readonly Cue[];
  keys: readonly string[];
  /** By the cue's index; sound cues have none. */
  faults: ReadonlyMap<number, readonly CueFault[]>;
  /** Indexes of faulty cues, rising. */
  faulty: readonly number[];
};

export const emptyView: CueView = { cues: [], keys: [], faults: new Map(), faulty: [] };

/** What a cue is known by while words around it change: its first word. */
export function keyOf(cue: Cue): string {
  return cue.wordIds.at(0) ?? `at ${cue.startMs}`;
}

/** Cues that are checked between two places to pause. */
const cuesPerSlice = 200;

/** Lays a document out and checks it, in slices. */
export function* makingView(
  document: TranscriptDocument,
  rules: CaptionRules,
  sections: CueSections,
): Sliced<CueView> {
  const cues = yield* layingOutCues(document, rules, { sections });
  const faults = new Map<number, CueFault[]>();
  for (let from = 0; from < cues.length; from += cuesPerSlice) {
    yield;
    // One more, so that the gap behind the last is seen.
    const some = cues.slice(from, from + cuesPerSlice + 1);
    for (const fault of checkCues(
      some.map((cue, index) => plainCue(cue, index)),
      rules,
    )) {
      if (fault.cue >= cuesPerSlice) continue;
      const place = from + fault.cue;
      faults.set(place, [...(faults.get(place) ?? []), fault]);
    }
  }
  const faulty = [...faults.keys()].sort((a, b) => a - b);
  return { cues, keys: cues.map(keyOf), faults, faulty };
}

/** The index of the cue on the screen at a time; -1 where there is none. */
export function cueAt(cues: readonly Cue[], ms: number): number {
  const place = lowerBound(cues, (cue) => cue.startMs <= ms) - 1;
  return place >= 0 && ms < cues[place].endMs ? place : -1;
}

/** The next or previous entry of a rising list of places, going round; -1 where it is empty. */
export function nextPlace(places: readonly number[], from: number, direction: 1 | -1): number {
  if (places.length === 0) return -1;
  if (direction === 1) return places.find((place) => place > from) ?? places[0];
  return places.findLast((place) => place < from) ?? places[places.length - 1];
}

export type RuleCounts = Record<CueFault['rule'], number>;

/** How many cues break each rule. */
export function ruleCounts({ faults }: CueView): RuleCounts {
  const counts: RuleCounts = {
    'line-chars': 0,
    lines: 0,
    cps: 0,
    'min-duration': 0,
    'max-duration': 0,
    gap: 0,
    overlap: 0,
  };
  for (const list of faults.values()) for (const { rule } of list) counts[rule] += 1;
  return counts;
}

export function charactersOf(cue: Cue): number {
  return cue.lines.reduce((sum, line) => sum + countCharacters(line.text), 0);
}

export function charactersPerSecond(cue: Cue): number {
  return (charactersOf(cue) / Math.max(1, cue.endMs - cue.startMs)) * 1000;
}
