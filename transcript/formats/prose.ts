import { oneLine } from '../captions/joining.ts';
import type { TranscriptDocument } from '../document.ts';
import type { WriteOptions } from './format.ts';
import { segmentsOf, segmentText } from './segments.ts';
import { clockTime } from './times.ts';

/** A paragraph of the formats that are for reading. */
export type Paragraph = {
  /** Where the speaker changes and names are wanted. */
  speaker?: string;
  /** `00:12:33`, where times are wanted. */
  time?: string;
  startMs: number;
  text: string;
};

/** The segments of a document as paragraphs: names unless they are not wanted, times where they are. */
export function paragraphsOf(document: TranscriptDocument, options: WriteOptions): Paragraph[] {
  let last: string | null = null;
  return segmentsOf(document).flatMap((segment) => {
    const text = segmentText(segment);
    if (text === '') return [];
    const paragraph: Paragraph = { startMs: segment.startMs, text };
    if (segment.speaker !== null && segment.speaker !== last && options.speakers !== false) {
      paragraph.speaker = oneLine(segment.speaker);
    }
    last = segment.speaker;
    if (options.timestamps) paragraph.time = clockTime(segment.startMs).slice(0, -4);
    return [paragraph];
  });
}

/** What a transcript for reading is called: its medium's name without the extension. */
export function titleOf({ media }: TranscriptDocument): string {
  return oneLine(media.name.replace(/(?<=.)\.[^.\s]{1,5}$/, ''));
}
