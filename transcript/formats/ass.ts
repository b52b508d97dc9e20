import type { Cue } from '../captions/cue.ts';
import { oneLine } from '../captions/joining.ts';
import type { TranscriptDocument } from '../document.ts';
import { readAssEvents } from './assEvents.ts';
import { betweenTurns, escapeAss } from './assText.ts';
import { documentOfCues } from './cueDocument.ts';
import { FormatError, type Format, type ReadResult, type WriteOptions } from './format.ts';
import { unescapeVtt } from './markup.ts';
import { titleOf } from './prose.ts';
import { cuesToWrite } from './srt.ts';
import { positionSetting } from './vtt.ts';

/** The picture that sizes and places are counted in. */
const picture = { width: 1920, height: 1080 };

/** White on a black edge, at the foot; `WrapStyle: 2` breaks lines only where we do. */
function header(document: TranscriptDocument): string {
  return `[Script Info]
; Written by Sewscribe
Title: ${titleOf(document)}
ScriptType: v4.00+
WrapStyle: 2
ScaledBorderAndShadow: yes
PlayResX: ${picture.width}
PlayResY: ${picture.height}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,60,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,96,96,54,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`;
}

/** `H:MM:SS.cc` */
function assTime(centiseconds: number): string {
  const seconds = Math.floor(centiseconds / 100);
  const pad = (value: number) => String(value).padStart(2, '0');
  const [minutes, hours] = [Math.floor(seconds / 60) % 60, Math.floor(seconds / 3600)];
  return `${hours}:${pad(minutes)}:${pad(seconds % 60)}.${pad(centiseconds % 100)}`;
}

/** Who says a cue; where several do, each turn's name in order, as `readAssTurns` takes them apart. */
function nameField(speakerIds: readonly (string | null)[], names: ReadonlyMap<string, string>): string {
  const turns = speakerIds.filter((speakerId, line) => line === 0 || speakerId !== speakerIds[line - 1]);
  // The fields of an event are parted by commas, and this one has no escape.
  const said = turns.map((speakerId) => oneLine(names.get(speakerId ?? '') ?? '').replaceAll(',', ';'));
  if (said.length === 1) return said[0];
  return said.includes('') ? '' : said.map((name) => name.replaceAll('|', '/')).join(betweenTurns);
}

function event(cue: Cue, names: ReadonlyMap<string, string>): string {
  const start = Math.round(cue.startMs / 10);
  const end = Math.max(start + 1, Math.round(cue.endMs / 10));
  const name = nameField(
    cue.lines.map(({ speakerId }) => speakerId),
    names,
  );
  const settings = [
    ...(cue.positionPercent === undefined
      ? []
      : [`\\an8\\pos(${picture.width / 2},${(cue.positionPercent * picture.height) / 100})`]),
    ...(cue.italic ? ['\\i1'] : []),
  ];
  const text = cue.lines.map((line) => escapeAss(line.text)).join('\\N');
  const override = settings.length > 0 ? `{${settings.join('')}}` : '';
  return `Dialogue: 0,${assTime(start)},${assTime(end)},Default,${name},0,0,0,,${override}${text}\n`;
}

function write(document: TranscriptDocument, options: WriteOptions): string {
  const names = new Map(document.speakers.map(({ id, name }) => [id, name]));
  const cues = cuesToWrite(document, options, options.speakers ?? false);
  return header(document) + cues.map((cue) => event(cue, names)).join('');
}

const section = /^\s{0,20}\[(?:Script Info|Events|V4\+? Styles)\]\s*$/im;

function read(text: string, name: string): ReadResult {
  const file = readAssEvents(text);
  if (file.blocks.length === 0 && !section.test(text)) {
    throw new FormatError(`“${name}” is no ASS file: it has no event; choose another file.`);
  }
  return documentOfCues(file, name, {
    unescape: unescapeVtt,
    positionPercent: positionSetting,
  });
}

export const ass: Format = {
  id: 'ass',
  extension: 'ass',
  name: 'ASS',
  write,
  read,
  recognises: (text) => section.test(text.slice(0, 10_000)),
};
