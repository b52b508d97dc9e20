import type { PlainCue } from '../captions/cue.ts';
import { oneLine, splitWords } from '../captions/joining.ts';
import { buildDocument, spreadWords, type Part, type PartCue, type TimedWord } from './build.ts';
import type { CueBlock } from './cueBlocks.ts';
import type { ReadResult } from './format.ts';
import { readMarkup } from './markup.ts';

/** A line of one speaker; `marks` say at which offset of its text a time was written. */
type ReadLine = { text: string; speaker: string | null; marks: { offset: number; ms: number }[] };

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
  /** Undoes the format's own way of making text safe, after markup has been read. */
  unescape?: (text: string) => string;
  positionPercent?: (settings: string) => number | undefined;
};

/** The lines of a cue without markup: a line that changes its speaker becomes two. */
function readLines(block: CueBlock, syntax: CueSyntax): { lines: ReadLine[]; italic: boolean } {
  const { lines: marked, italic } = readMarkup(block.lines);
  const unescape = syntax.unescape ?? ((text: string) => text);
  const lines: ReadLine[] = [];
  for (const runs of marked) {
    let line: ReadLine | undefined;
    for (const run of runs) {
      const visible = run.text.trim() !== '';
      if (line === undefined || (visible && line.text.trim() !== '' && line.speaker !== run.speaker)) {
        lines.push((line = { text: '', speaker: run.speaker, marks: [] }));
      }
      if (line.text.trim() === '') line.speaker = run.speaker;
      const gap = /^\s/.test(run.text) ? ' ' : '';
      const before = oneLine(line.text + gap + 'x').length - 1;
      if (run.atMs !== undefined) line.marks.push({ offset: before, ms: run.atMs });
      line.text += run.text;
    }
  }
  for (const line of lines) line.text = oneLine(unescape(line.text)).trim();
  return { lines: lines.filter((line) => line.text !== ''), italic };
}

const dash = '- ';

/** Lines that begin with a dash are turns; without names their speakers are `Speaker 1`, `Speaker 2`, … */
function readTurns(lines: ReadLine[]): ReadLine[] {
  const dashed = lines.filter((line) => line.text.startsWith(dash));
  if (dashed.length < 2 || !lines[0].text.startsWith(dash)) return lines;
  const named = lines.some((line) => line.speaker !== null);
  let turn = 0;
  return lines
    .map((line) => {
      const begins = line.text.startsWith(dash);
      if (begins) turn += 1;
      return {
        text: begins ? line.text.slice(dash.length).trimStart() : line.text,
        speaker: named ? line.speaker : `Speaker ${turn}`,
        marks: begins
          ? line.marks.map(({ offset, ms }) => ({ offset: Math.max(0, offset - dash.length), ms }))
          : line.marks,
      };
    })
    .filter((line) => line.text !== '');
}

/** The words of a line; where the file has times between them they hold, the rest is spread by letters. */
function timeLines(lines: readonly ReadLine[], startMs: number, endMs: number): TimedWord[][] {
  const texts: string[] = [];
  const anchors: { word: number; ms: number }[] = [{ word: 0, ms: startMs }];
  const counts: number[] = [];
  for (const line of lines) {
    const words = splitWords(line.text);
    counts.push(words.length);
    let offset = 0;
    let mark = 0;
    for (const word of words) {
      offset = line.text.indexOf(word, offset);
      offset += word.length;
      let ms: number | undefined;
      while (mark < line.marks.length && line.marks[mark].offset < offset) {
        ms ??= line.marks[mark].ms;
        mark += 1;
      }
      const last = anchors[anchors.length - 1];
      if (ms !== undefined && ms > last.ms && ms < endMs) anchors.push({ word: texts.length, ms });
      texts.push(word);
    }
  }
  const timed = anchors.flatMap(({ word, ms }, index) => {
    const next = anchors.at(index + 1) ?? { word: texts.length, ms: endMs };
    return spreadWords(texts.slice(word, next.word), ms, next.ms);
  });
  let first = 0;
  return counts.map((count) => timed.slice(first, (first += count)));
}

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

function count(number: number, one: string, many: string): string {
  return number === 1 ? `One cue ${one}.` : `${number} cues ${many}.`;
}

/**
 * A document of a subtitle file's cues: a segment and an override for each, so that layout gives the same
 * cues again, and words with times inside them.
 */
export function documentOfCues(
  blocks: readonly CueBlock[],
  name: string,
  syntax: CueSyntax,
  warnings: readonly string[],
): ReadResult {
  const told = [...warnings];
  let [reversed, empty] = [0, 0];
  const read: ReadCue[] = [];
  for (const block of blocks) {
    const times = [Math.max(0, block.startMs), Math.max(0, block.endMs)];
    if (block.endMs < block.startMs) reversed += 1;
    const { lines, italic } = readLines(block, syntax);
    if (lines.length === 0) {
      empty += 1;
      continue;
    }
    const positionPercent = syntax.positionPercent?.(block.settings);
    read.push({
      number: block.number,
      startMs: Math.min(...times),
      endMs: Math.max(...times),
      lines,
      italic,
      positionPercent,
    });
  }
  const plain = read.map((cue): PlainCue => ({
    ...(cue.number === undefined ? {} : { number: cue.number }),
    startMs: cue.startMs,
    endMs: cue.endMs,
    lines: cue.lines.map((line) => line.text),
  }));
  const ordered = [...read].sort((a, b) => a.startMs - b.startMs);
  const { cues, overlaps } = separate(ordered);
  if (reversed > 0)
    told.push(
      count(
        reversed,
        'ended before it began; its times were swapped',
        'ended before they began; their times were swapped',
      ),
    );
  if (empty > 0) told.push(count(empty, 'without text was left out', 'without text were left out'));
  if (ordered.some((cue, index) => cue !== read[index]))
    told.push('The cues were not in the order of their times; they were sorted.');
  if (overlaps > 0)
    told.push(
      count(
        overlaps,
        'began before the one before it had ended; that one ends sooner, or both share a cue',
        'began before the one before had ended; that one ends sooner, or both share a cue',
      ),
    );

  const parts: Part[] = [];
  const partCues = cues.map((cue) => {
    const made = partsOf(cue, parts.length);
    for (const part of made.parts) parts.push(part);
    return made.cue;
  });
  return { document: buildDocument({ name }, parts, partCues), cues: plain, warnings: told };
}
