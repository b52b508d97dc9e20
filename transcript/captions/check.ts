import { countCharacters } from './characters.ts';
import type { PlainCue } from './cue.ts';
import type { CaptionRules } from './rules.ts';

/** A rule that a cue breaks, with what was found and what is allowed. */
export type CueFault = {
  /** The cue's number in its file, or its place from 1 where it has none. */
  cue: number;
  rule: 'line-chars' | 'lines' | 'cps' | 'min-duration' | 'max-duration' | 'gap' | 'overlap';
  /** In characters (of the longest line), lines, characters a second, or milliseconds. */
  value: number;
  limit: number;
};

/**
 * Holds cues against the rules. Characters are counted as viewers see them; a gap or an overlap is a fault of the
 * earlier cue, and the next one is the next in time.
 */
export function checkCues(inFile: readonly PlainCue[], rules: CaptionRules): CueFault[] {
  const cues = inFile
    .map((cue, index) => ({ ...cue, number: cue.number ?? index + 1 }))
    .sort((a, b) => a.startMs - b.startMs);
  return cues.flatMap((cue, index) => {
    const durationMs = cue.endMs - cue.startMs;
    const lengths = cue.lines.map(countCharacters);
    const characters = lengths.reduce((sum, length) => sum + length, 0);
    const charsPerSecond = (characters / Math.max(1, durationMs)) * 1000;
    const next = cues.at(index + 1);
    const gapMs = next === undefined ? Infinity : next.startMs - cue.endMs;

    const faults: CueFault[] = [];
    const find = (rule: CueFault['rule'], value: number, limit: number) => {
      faults.push({ cue: cue.number, rule, value: Math.round(value * 100) / 100, limit });
    };
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    if (longest > rules.maxLineChars) find('line-chars', longest, rules.maxLineChars);
    if (lengths.length > rules.maxLines) find('lines', lengths.length, rules.maxLines);
    if (charsPerSecond > rules.maxCharsPerSecond) find('cps', charsPerSecond, rules.maxCharsPerSecond);
    if (durationMs < rules.minDurationMs) find('min-duration', durationMs, rules.minDurationMs);
    if (durationMs > rules.maxDurationMs) find('max-duration', durationMs, rules.maxDurationMs);
    if (gapMs < 0) find('overlap', -gapMs, 0);
    else if (gapMs < rules.minGapMs) find('gap', gapMs, rules.minGapMs);
    return faults;
  });
}
