import { oneLine, splitWords } from '../captions/joining.ts';
import { spreadWords, type TimedWord } from './build.ts';
import { readMarkup } from './markup.ts';

/** A line of one speaker; `marks` say at which offset of its text a time was written. */
export type ReadLine = { text: string; speaker: string | null; marks: { offset: number; ms: number }[] };

/**
 * The lines of a cue without markup: a line that changes its speaker becomes two, one without text goes.
 * @param unescape undoes the format's own way of making text safe, after markup has been read
 */
export function readLines(
  written: readonly string[],
  unescape: (text: string) => string,
): { lines: ReadLine[]; italic: boolean } {
  const { lines: marked, italic } = readMarkup(written);
  const lines: ReadLine[] = [];
  for (const runs of marked) {
    let line: ReadLine | undefined;
    for (const { text, speaker, atMs } of runs) {
      // Spaces at both ends stay, so that the next run is joined as it is written.
      const run = oneLine(`x${unescape(text)}x`).slice(1, -1);
      if (line === undefined || (run.trim() !== '' && line.text.trim() !== '' && line.speaker !== speaker)) {
        lines.push((line = { text: '', speaker, marks: [] }));
      }
      if (line.text.trim() === '') line.speaker = speaker;
      const added = line.text === '' || line.text.endsWith(' ') ? run.replace(/^ /, '') : run;
      if (atMs !== undefined) {
        line.marks.push({ offset: line.text.length + (added.startsWith(' ') ? 1 : 0), ms: atMs });
      }
      line.text += added;
    }
  }
  for (const line of lines) line.text = line.text.trim();
  return { lines: lines.filter((line) => line.text !== ''), italic };
}

const dash = '- ';

/** Lines that begin with a dash are turns; without names their speakers are `Speaker 1`, `Speaker 2`, … */
export function readTurns(lines: ReadLine[]): ReadLine[] {
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
export function timeLines(lines: readonly ReadLine[], startMs: number, endMs: number): TimedWord[][] {
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
