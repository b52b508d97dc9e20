import type { CaptionRules } from '../captions/rules.ts';
import type { PlainCue } from '../captions/cue.ts';
import type { TranscriptDocument } from '../document.ts';

export type FormatId = 'srt' | 'vtt' | 'txt' | 'json' | 'csv' | 'tsv';

export type WriteOptions = {
  /** SRT, VTT: how cues are laid out; by default as `defaultRules` says. */
  rules?: CaptionRules;
  /** SRT, VTT: one cue a word. */
  wordCues?: boolean;
  /** VTT: a time before each word inside its cue. */
  wordTimes?: boolean;
  /** TXT: the start of each segment before it. */
  timestamps?: boolean;
  /** TXT: the speaker's name before each segment. SRT: in capitals where the speaker changes. VTT always names them. */
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

export type Format = {
  id: FormatId;
  /** Without the dot. */
  extension: string;
  /** As people call it. */
  name: string;
  write(document: TranscriptDocument, options: WriteOptions): string;
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
