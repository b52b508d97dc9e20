import type { Cue, CueLine } from '../captions/cue.ts';
import type { TranscriptDocument } from '../document.ts';
import { readCueBlocks } from './cueBlocks.ts';
import { documentOfCues } from './cueDocument.ts';
import { FormatError, type Format, type ReadResult, type WriteOptions } from './format.ts';
import { escapeVtt, unescapeVtt } from './markup.ts';
import { cuesToWrite } from './srt.ts';
import { clockTime } from './times.ts';

/**
 * A line with a time before each word (W3C WebVTT, 4.2.2: a timestamp lies inside its cue and after the one
 * before it; a word whose time does not is written without).
 */
function timedText(line: CueLine, cue: Cue, after: { ms: number }): string {
  let text = '';
  let written = 0;
  for (const word of line.words) {
    text += escapeVtt(line.text.slice(written, word.offset));
    if (word.startMs > after.ms && word.startMs < cue.endMs) {
      text += `<${clockTime(word.startMs)}>`;
      after.ms = word.startMs;
    }
    written = word.offset + word.text.length;
    text += `<c>${escapeVtt(line.text.slice(word.offset, written))}</c>`;
  }
  return text + escapeVtt(line.text.slice(written));
}

function cueText(cue: Cue, names: ReadonlyMap<string, string>, wordTimes: boolean): string {
  const after = { ms: cue.startMs };
  const nameOf = (line: CueLine | undefined) => (line?.speakerId ? names.get(line.speakerId) : undefined);
  const lines = cue.lines.map((line, index) => {
    const text = wordTimes ? timedText(line, cue, after) : escapeVtt(line.text);
    const name = nameOf(line);
    if (name === undefined) return text;
    // A speaker's lines share one voice span.
    const begins = index === 0 || cue.lines[index - 1].speakerId !== line.speakerId;
    const ends = cue.lines.at(index + 1)?.speakerId !== line.speakerId;
    return `${begins ? `<v ${escapeVtt(name)}>` : ''}${text}${ends ? '</v>' : ''}`;
  });
  const text = lines.join('\n');
  return cue.italic ? `<i>${text}</i>` : text;
}

function write(document: TranscriptDocument, options: WriteOptions): string {
  const names = new Map(document.speakers.map(({ id, name }) => [id, name.replace(/\s+/g, ' ').trim()]));
  const blocks = cuesToWrite(document, options, false).map((cue, index) => {
    const position = cue.positionPercent === undefined ? '' : ` line:${cue.positionPercent}%`;
    const times = `${clockTime(cue.startMs)} --> ${clockTime(cue.endMs)}${position}`;
    return `${index + 1}\n${times}\n${cueText(cue, names, options.wordTimes ?? false)}\n`;
  });
  return ['WEBVTT\n', ...blocks].join('\n');
}

const header = /^\ufeff?WEBVTT(?:[ \t\r\n]|$)/;

/** A cue's place in percent from the top, where its settings name one. */
export function positionSetting(settings: string): number | undefined {
  const percent = /(?:^|\s)line:(\d{1,3}(?:\.\d{1,9})?)%/.exec(settings)?.[1];
  return percent === undefined || Number(percent) > 100 ? undefined : Number(percent);
}

function read(text: string, name: string): ReadResult {
  const file = readCueBlocks(text, 'vtt');
  if (file.blocks.length === 0 && !header.test(text)) {
    throw new FormatError(
      `“${name}” is no WebVTT file: it has neither its first line nor a cue; choose another file.`,
    );
  }
  return documentOfCues(file, name, { unescape: unescapeVtt, positionPercent: positionSetting });
}

export const vtt: Format = {
  id: 'vtt',
  extension: 'vtt',
  name: 'WebVTT',
  write,
  read,
  recognises: (text) => header.test(text),
};
