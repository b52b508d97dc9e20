import type { CaptionRules } from '../captions/rules.ts';
import type { PlainCue } from '../captions/cue.ts';
import type { TranscriptDocument } from '../document.ts';

/** Formats that can be read back. */
export type ReadableFormatId = 'srt' | 'vtt' | 'ass' | 'ttml' | 'txt' | 'json' | 'csv' | 'tsv';
export type TextFormatId = ReadableFormatId | 'html' | 'md';
export type FormatId = TextFormatId | 'docx';

export type WriteOptions = {
  /** SRT, VTT, ASS, TTML: how cues are laid out; by default as `defaultRules` says. */
  rules?: CaptionRules;
  /** SRT, VTT, ASS, TTML: when the film's picture changes, in ms; a cue rather ends there. */
  shotsMs?: readonly number[];
  /** SRT, VTT, ASS, TTML: one cue a word. */
  wordCues?: boolean;
  /** SRT, VTT, ASS, TTML: times count from the film's start time code on, not from 0. */
  fromTimecode?: boolean;
  /** VTT: a time before each word inside its cue. */
  wordTimes?: boolean;
  /** TXT, HTML, MD, DOCX: the start of each segment before it. */
  timestamps?: boolean;
  /**
   * TXT: the speaker's name before each segment. SRT, ASS, TTML: in capitals where the speaker changes. HTML, MD and
   * DOCX name speakers unless this is false; VTT always does, ASS and TTML always in their metadata.
   */
  speakers?: boolean;
  /** CSV, TSV: what a row holds; by default segments. */
  rows?: 'segments' | 'words';
};

/** What a reader makes of a file's text. */
export type ReadResult = {
  document: TranscriptDocument;
  /** The cues as the file has them; of a format without cues, its segments. */
  cues: PlainCue[];
  /** What was mended or left out, a sentence each. */
  warnings: string[];
};

type Named<Id extends FormatId> = {
  id: Id;
  /** Without the dot. */
  extension: string;
  /** As people call it. */
  name: string;
};

export type TextFormat<Id extends FormatId = FormatId> = Named<Id> & {
  write(document: TranscriptDocument, options: WriteOptions): string;
};

export type BinaryFormat = Named<FormatId> & {
  writeBytes(document: TranscriptDocument, options: WriteOptions): Uint8Array;
};

export type Format = TextFormat<ReadableFormatId> & {
  /**
   * @param name the file's, for messages and as the name of the media
   * @throws FormatError where the text holds nothing of this format
   */
  read(text: string, name: string): ReadResult;
  /** Whether a text is of this format, by its content. */
  recognises(text: string): boolean;
};

/** A file that cannot be read, said in one sentence that names it. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** A path's last part. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
