import type { PlainCue } from '../captions/cue.ts';
import { buildDocument, type Part, type PartCue } from './build.ts';
import type { CueBlock, CueBlocks } from './cueBlocks.ts';
import { readLines, readTurns, timeLines, type ReadLine } from './cueLines.ts';
import type { ReadResult } from './format.ts';

type ReadCue = {
  number?: number;
  startMs: number;
  endMs: number;
  lines: ReadLine[];
  italic: boolean;
  positionPercent?: number;
};

/** How a format writes what is special in it. */
export type CueSyntax = {
  unescape: (text: string) => string;
  positionPercent?: (settings: string) => number | undefined;
};

/** An earlier cue of less than this, once it has made room, is merged with the one that came over it. */
const shortestAloneMs = 500;

/** One cue at a time: of two that overlap the earlier ends where the later begins, or they become one. */
function separate(cues: readonly ReadCue[]): { cues: ReadCue[]; overlaps: number } {
  const apart: ReadCue[] = [];
  let overlaps = 0;
  for (const cue of cues) {
    const last = apart.at(-1);
    const endMs = Math.max(cue.endMs, cue.startMs + 1);
    if (last === undefined || cue.startMs >= last.endMs) {
      apart.push({ ...cue, endMs, lines: [...cue.lines] });
      continue;
    }
    overlaps += 1;
    const leftMs = cue.startMs - last.startMs;
    if (leftMs >= Math.min(shortestAloneMs, (last.endMs - last.startMs) / 2)) {
      last.endMs = cue.startMs;
      apart.push({ ...cue, endMs, lines: [...cue.lines] });
    } else {
      last.endMs = Math.max(last.endMs, endMs);
      last.italic &&= cue.italic;
      for (const line of cue.lines) last.lines.push(line);
    }
  }
  return { cues: apart, overlaps };
}

/** The parts and the cue that one read cue becomes: a part for each speaker in turn. */
function partsOf(cue: ReadCue, firstPart: number): { parts: Part[]; cue: PartCue } {
  const lines = readTurns(cue.lines);
  const parts: Part[] = [];
  const breaksAfter: number[] = [];
  let words = 0;
  timeLines(lines, cue.startMs, cue.endMs).forEach((timed, index) => {
    const { speaker } = lines[index];
    const part = parts.at(-1);
    if (part === undefined || part.speaker !== speaker) parts.push({ speaker, items: timed });
    else for (const word of timed) part.items.push(word);
    if (index > 0) breaksAfter.push(words);
    words += timed.length;
  });
  const { startMs, endMs, italic, positionPercent } = cue;
  const endPart = firstPart + parts.length;
  return { parts, cue: { firstPart, endPart, startMs, endMs, breaksAfter, italic, positionPercent } };
}

type Mended = { reversed: number; empty: number; unordered: boolean; overlaps: number };

/** What was mended, a sentence each. */
function warningsOf({ reversed, empty, unordered, overlaps }: Mended): string[] {
  const count = (number: number) => (number === 1 ? 'One cue' : `${number} cues`);
  const warnings: string[] = [];
  if (reversed > 0)
    warnings.push(`${count(reversed)} had the end before the beginning; the times were swapped.`);
  if (empty > 0) warnings.push(`Cues without text were left out (${empty}).`);
  if (unordered) warnings.push('The cues were not in the order of their times; they were sorted.');
  if (overlaps > 0) {
    warnings.push(
      `${count(overlaps)} began before the one before had ended; that one ends sooner, or both are one.`,
    );
  }
  return warnings;
}

/** The cues of a file in its order, with times the right way round; undefined for those without text. */
function readCue(block: CueBlock, syntax: CueSyntax): ReadCue | undefined {
  const { lines, italic } = readLines(block.lines, syntax.unescape);
  if (lines.length === 0) return undefined;
  const [startMs, endMs] = [block.startMs, block.endMs].map((ms) => Math.max(0, ms)).sort((a, b) => a - b);
  const positionPercent = syntax.positionPercent?.(block.settings);
  return { number: block.number, startMs, endMs, lines, italic, positionPercent };
}

function plainCue({ number, startMs, endMs, lines }: ReadCue): PlainCue {
  const plain = { startMs, endMs, lines: lines.map((line) => line.text) };
  return number === undefined ? plain : { number, ...plain };
}

/**
 * A document of a subtitle file's cues: a segment and an override for each, so that layout gives the same
 * cues again, and words with times inside them.
 */
export function documentOfCues({ blocks, warnings }: CueBlocks, name: string, syntax: CueSyntax): ReadResult {
  const read = blocks.map((block) => readCue(block, syntax)).filter((cue) => cue !== undefined);
  const ordered = [...read].sort((a, b) => a.startMs - b.startMs);
  const { cues, overlaps } = separate(ordered);
  const mended = {
    reversed: blocks.filter((block) => block.endMs < block.startMs).length,
    empty: blocks.length - read.length,
    unordered: ordered.some((cue, index) => cue !== read[index]),
    overlaps,
  };
  const parts: Part[] = [];
  const partCues = cues.map((cue) => {
    const made = partsOf(cue, parts.length);
    for (const part of made.parts) parts.push(part);
    return made.cue;
  });
  return {
    document: buildDocument({ name }, parts, partCues),
    cues: read.map(plainCue),
    warnings: [...warnings, ...warningsOf(mended)],
  };
}
