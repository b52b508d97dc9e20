import type { PlainCue } from '../captions/cue.ts';
import type { TranscriptDocument } from '../document.ts';
import { csv } from './csv.ts';
import { decodeText } from './encoding.ts';
import { fileName, FormatError, type Format, type FormatId, type WriteOptions } from './format.ts';
import { json } from './json.ts';
import { srt } from './srt.ts';
import { tsv } from './tsv.ts';
import { txt } from './txt.ts';
import { vtt } from './vtt.ts';

export { encodeText, type EncodeOptions } from './encoding.ts';
export { FormatError, type Format, type FormatId, type WriteOptions } from './format.ts';

/** Every format that a transcript can be written in and read from. */
export const formats: Record<FormatId, Format> = { srt, vtt, txt, json, csv, tsv };

export function isFormatId(name: string): name is FormatId {
  return Object.hasOwn(formats, name);
}

/** A document as the text of a file, with LF; `encodeText` makes it bytes. */
export function writeTranscript(
  document: TranscriptDocument,
  formatId: FormatId,
  options: WriteOptions = {},
): string {
  return formats[formatId].write(document, options);
}

/** In this order: a VTT file has timings too, and a table may quote some. */
const byContent = [vtt, json, tsv, csv, srt];

function formatOf(text: string, name: string): Format {
  const byExtension = Object.values(formats).find(({ extension }) =>
    name.toLowerCase().endsWith(`.${extension}`),
  );
  const recognised = byContent.filter((format) => format.recognises(text));
  const isTable = recognised.at(0) === tsv || recognised.at(0) === csv;
  // Both kinds of table recognise either; then the name decides.
  if (isTable) return byExtension === csv ? csv : tsv;
  return recognised.at(0) ?? byExtension ?? txt;
}

/** What a file was read as. */
export type ReadTranscript = {
  document: TranscriptDocument;
  /** The cues as the file has them; of a format without cues, its segments. */
  cues: PlainCue[];
  formatId: FormatId;
  /** A label of the Encoding Standard. */
  encoding: string;
  /** What was mended or left out, a sentence each. */
  warnings: string[];
};

/**
 * Reads a transcript or subtitles, whatever program wrote them.
 * @param source `name` is the file's (a path will do); its format and encoding are found where not given
 * @throws FormatError, one sentence, where nothing can be read
 */
export function readTranscript(
  bytes: Uint8Array,
  source: { name: string; formatId?: FormatId; encoding?: string },
): ReadTranscript {
  const name = fileName(source.name);
  if (bytes.length === 0) throw new FormatError(`“${name}” is empty; choose another file.`);
  const { text, encoding } = decodeText(bytes, name, source.encoding);
  const format = source.formatId === undefined ? formatOf(text, name) : formats[source.formatId];
  return { ...format.read(text, name), formatId: format.id, encoding };
}
