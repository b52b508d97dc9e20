import type { CaptionSettings, ExportOptions } from '../../engine/contract.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { isTextFormatId, writeTranscript, type FormatId } from '../../transcript/formats/index.ts';
import { itemIndex } from '../../transcript/positions.ts';

/** Enough for what a preview shows, and little enough to be written at each press. */
const itemsShown = 150;
const linesShown = 40;

/** A document's beginning as a document. */
export function beginningOf(document: TranscriptDocument): TranscriptDocument {
  const items = document.items.slice(0, itemsShown);
  const isIn = (id: string) => itemIndex(document.items, id) < items.length;
  return {
    ...document,
    items,
    segments: document.segments.filter(({ firstItemId }) => isIn(firstItemId)),
    overrides: document.overrides.filter(({ lastWordId }) => isIn(lastWordId)),
  };
}

/** The beginning of a file as it will be written; of one that is no text, what it says. */
export function previewOf(
  document: TranscriptDocument,
  captions: CaptionSettings,
  format: FormatId,
  { bom: _bom, crlf: _crlf, ...options }: ExportOptions,
): string {
  const beginning = beginningOf(document);
  const writing = { ...options, rules: options.rules ?? captions.rules };
  const text = isTextFormatId(format)
    ? writeTranscript(beginning, format, writing)
    : writeTranscript(beginning, 'txt', writing);
  const lines = text.split('\n');
  const isCut = lines.length > linesShown || items(document) > itemsShown;
  return lines.slice(0, linesShown).join('\n').trimEnd() + (isCut ? '\n…' : '');
}

function items(document: TranscriptDocument): number {
  return document.items.length;
}
