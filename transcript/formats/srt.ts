import { layOutCues, wordCues } from '../captions/layout.ts';
import type { Cue } from '../captions/cue.ts';
import { timecodeMs } from '../captions/timecode.ts';
import type { TranscriptDocument } from '../document.ts';
import { hasTimings, readCueBlocks } from './cueBlocks.ts';
import { documentOfCues } from './cueDocument.ts';
import { FormatError, type Format, type ReadResult, type WriteOptions } from './format.ts';
import { escapeSrt, unescapeSrt } from './markup.ts';
import { clockTime } from './times.ts';

/**
 * The cues of a document as its options ask for them, without those that would show nothing.
 * @param speakerNames whether names stand in the text, for formats that have no other place for them
 */
export function cuesToWrite(
  document: TranscriptDocument,
  options: WriteOptions,
  speakerNames: boolean,
): Cue[] {
  const { wordCues: isByWord, rules, shotsMs } = options;
  const cues = isByWord ? wordCues(document) : layOutCues(document, rules, { speakerNames, shotsMs });
  const { startTimecode, frameRate } = document.media;
  const laterMs = (options.fromTimecode && timecodeMs(startTimecode ?? '', frameRate)) || 0;
  return cues.flatMap((cue) => {
    const lines = cue.lines.filter((line) => line.text.trim() !== '');
    return lines.length > 0 ? [movedCue({ ...cue, lines }, laterMs)] : [];
  });
}

function movedCue(cue: Cue, ms: number): Cue {
  if (ms === 0) return cue;
  const moved = <T extends { startMs: number; endMs: number }>(span: T): T => ({
    ...span,
    startMs: span.startMs + ms,
    endMs: span.endMs + ms,
  });
  return { ...moved(cue), lines: cue.lines.map((line) => ({ ...line, words: line.words.map(moved) })) };
}

function write(document: TranscriptDocument, options: WriteOptions): string {
  const blocks = cuesToWrite(document, options, options.speakers ?? false).map((cue, index) => {
    const text = cue.lines.map((line) => escapeSrt(line.text)).join('\n');
    const times = `${clockTime(cue.startMs, ',')} --> ${clockTime(cue.endMs, ',')}`;
    return `${index + 1}\n${times}\n${cue.italic ? `<i>${text}</i>` : text}\n`;
  });
  return blocks.join('\n');
}

function read(text: string, name: string): ReadResult {
  const file = readCueBlocks(text, 'srt');
  if (file.blocks.length === 0) {
    throw new FormatError(
      `No cue was found in “${name}”; choose the file that has lines such as 00:00:01,000 --> 00:00:02,000.`,
    );
  }
  return documentOfCues(file, name, { unescape: unescapeSrt });
}

export const srt: Format = { id: 'srt', extension: 'srt', name: 'SRT', write, read, recognises: hasTimings };
