import type { PlainCue } from '../captions/cue.ts';
import type { TranscriptDocument } from '../document.ts';
import { ass } from './ass.ts';
import { csv } from './csv.ts';
import { docx } from './docx.ts';
import { decodeText, encodeText, type EncodeOptions } from './encoding.ts';
import {
  fileName,
  FormatError,
  type BinaryFormat,
  type Format,
  type FormatId,
  type ReadableFormatId,
  type TextFormat,
  type TextFormatId,
  type WriteOptions,
} from './format.ts';
import { foreignSubtitles } from './foreign.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { srt } from './srt.ts';
import { tsv } from './tsv.ts';
import { ttml } from './ttml.ts';
import { txt } from './txt.ts';
import { vtt } from './vtt.ts';

export { guessedTimes } from './txt.ts';
export { encodeText, type EncodeOptions } from './encoding.ts';
export {
  FormatError,
  type Format,
  type FormatId,
  type ReadableFormatId,
  type TextFormatId,
  type WriteOptions,
} from './format.ts';

/** Every format that a transcript can be read from; all can be written too. */
export const readableFormats: Record<ReadableFormatId, Format> = { srt, vtt, ass, ttml, txt, json, csv, tsv };

const textFormats: Record<TextFormatId, TextFormat> = { ...readableFormats, html, md: markdown };

/** Every format that a transcript can be written in. */
export const formats: Record<FormatId, TextFormat | BinaryFormat> = { ...textFormats, docx };

export function isFormatId(name: string): name is FormatId {
  return Object.hasOwn(formats, name);
}

/** Whether a format is text; else `writeTranscriptFile` alone can write it. */
export function isTextFormatId(name: string): name is TextFormatId {
  return Object.hasOwn(textFormats, name);
}

/** A document as the text of a file, with LF; `encodeText` makes it bytes. */
export function writeTranscript(
  document: TranscriptDocument,
  formatId: TextFormatId,
  options: WriteOptions = {},
): string {
  return textFormats[formatId].write(document, options);
}

/** A document as the bytes of a file, in any format. */
export function writeTranscriptFile(
  document: TranscriptDocument,
  formatId: FormatId,
  options: WriteOptions & EncodeOptions = {},
): Uint8Array {
  const format = formats[formatId];
  return 'write' in format
    ? encodeText(format.write(document, options), options)
    : format.writeBytes(document, options);
}

/** In this order: a VTT file has timings too, and a table may quote some. */
const byContent = [vtt, ass, ttml, json, tsv, csv, srt];

/** HTML and Markdown, which we write and cannot read: their signs would become words. */
function isPage(text: string, name: string): boolean {
  return /\.(html?|md)$/i.test(name) || /^\s*<(!doctype html|html)\b/i.test(text);
}

function formatOf(text: string, name: string): Format {
  const byExtension = Object.values(readableFormats).find(({ extension }) =>
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
  formatId: ReadableFormatId;
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
  source: { name: string; formatId?: ReadableFormatId; encoding?: string },
): ReadTranscript {
  const name = fileName(source.name);
  if (bytes.length === 0) throw new FormatError(`“${name}” is empty; choose another file.`);
  const { text, encoding } = decodeText(bytes, name, source.encoding);
  if (source.formatId === undefined && isPage(text, name)) {
    throw new FormatError(
      `“${name}” is a page to read, with no times in it; choose the TXT or JSON instead.`,
    );
  }
  const format = source.formatId === undefined ? formatOf(text, name) : readableFormats[source.formatId];
  const foreign = format === txt && source.formatId === undefined ? foreignSubtitles(text) : undefined;
  if (foreign !== undefined) {
    throw new FormatError(`“${name}” holds ${foreign} subtitles; save them as SRT or WebVTT first.`);
  }
  const read = format.read(text, name);
  return { ...read, warnings: [...unreadable(text), ...read.warnings], formatId: format.id, encoding };
}

/** What a person is told of bytes that are no letters in the file's encoding. */
function unreadable(text: string): string[] {
  const letters = text.split('\ufffd').length - 1;
  return letters > 0 ? [`Letters that could not be read stand as � (${letters}).`] : [];
}
