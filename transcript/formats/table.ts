import type { PlainCue } from '../captions/cue.ts';
import { joinWords, oneLine } from '../captions/joining.ts';
import type { TranscriptDocument } from '../document.ts';
import { buildDocument, spreadText, type Part } from './build.ts';
import { readRows, writeRows } from './delimited.ts';
import { FormatError, type ReadResult, type WriteOptions } from './format.ts';
import { segmentsOf, segmentText } from './segments.ts';
import { readClock } from './times.ts';

const segmentColumns = ['startMs', 'endMs', 'speaker', 'text'];
const wordColumns = ['segment', 'startMs', 'endMs', 'speaker', 'confidence', 'word'];

/** A row a segment, or a row a word (a note has no times there), under a row of column names. */
export function writeTable(
  document: TranscriptDocument,
  options: WriteOptions,
  delimiter: ',' | '\t',
): string {
  const segments = segmentsOf(document);
  if (options.rows !== 'words') {
    const rows = segments.map((segment) => [
      String(segment.startMs),
      String(segment.endMs),
      oneLine(segment.speaker ?? ''),
      segmentText(segment),
    ]);
    return writeRows([segmentColumns, ...rows], delimiter);
  }
  const rows = segments.flatMap((segment, index) =>
    segment.items.map((item) => {
      const isWord = item.kind === 'word';
      const times = isWord ? [String(item.startMs), String(item.endMs)] : ['', ''];
      const confidence = isWord ? String(item.confidence) : '';
      return [String(index + 1), ...times, oneLine(segment.speaker ?? ''), confidence, oneLine(item.text)];
    }),
  );
  return writeRows([wordColumns, ...rows], delimiter);
}

/** Column names that other programs write, in lower case without signs. */
const columnNames: Record<string, readonly string[]> = {
  start: ['startms', 'start', 'starttime', 'begin', 'from', 'in'],
  end: ['endms', 'end', 'endtime', 'to', 'out'],
  speaker: ['speaker', 'name'],
  text: ['text', 'transcript', 'subtitle', 'caption'],
  word: ['word'],
  segment: ['segment'],
  confidence: ['confidence'],
};

type Columns = Record<'start' | 'end' | 'speaker' | 'text' | 'word' | 'segment' | 'confidence', number>;

function columnsOf(header: readonly string[]): Columns | undefined {
  const names = header.map((field) => field.toLowerCase().replace(/[^a-z]/g, ''));
  const place = (column: string) => names.findIndex((name) => columnNames[column].includes(name));
  const columns = Object.fromEntries(
    Object.keys(columnNames).map((column) => [column, place(column)]),
  ) as Columns;
  return columns.start >= 0 && (columns.text >= 0 || columns.word >= 0) ? columns : undefined;
}

function delimiterOf(text: string): string | undefined {
  const header = text.slice(0, 1000).split(/[\r\n]/, 1)[0];
  return ['\t', ',', ';'].find((delimiter) => {
    const [row] = readRows(header, delimiter);
    return row !== undefined && columnsOf(row) !== undefined;
  });
}

/** Whether a text begins with a row that names a column of times and one of text. */
export function isTable(text: string): boolean {
  return delimiterOf(text) !== undefined;
}

/** Whole numbers are milliseconds, numbers with a point seconds, all else times of day. */
function readTime(field: string): number | undefined {
  const value = field.trim();
  if (/^\d{1,15}$/.test(value)) return Number(value);
  if (/^\d{1,12}[.,]\d{1,9}$/.test(value)) return Math.round(Number(value.replace(',', '.')) * 1000);
  const clock = readClock(value);
  return clock === undefined ? undefined : Math.max(0, clock);
}

type Row = {
  startMs?: number;
  endMs?: number;
  speaker: string | null;
  segment: string;
  text: string;
  confidence?: number;
};

function readRow(fields: readonly string[], columns: Columns): Row {
  const field = (column: number) => (column >= 0 ? (fields.at(column) ?? '') : '');
  const startMs = readTime(field(columns.start));
  const endMs = readTime(field(columns.end));
  const confidence = field(columns.confidence).trim();
  return {
    startMs,
    endMs: startMs === undefined ? undefined : Math.max(startMs, endMs ?? startMs),
    speaker: oneLine(field(columns.speaker)).trim() || null,
    segment: field(columns.segment),
    text: oneLine(field(columns.word >= 0 ? columns.word : columns.text)).trim(),
    confidence: /^(?:0?\.\d+|[01](?:\.0*)?)$/.test(confidence) ? Number(confidence) : undefined,
  };
}

/** Consecutive rows of one segment and speaker are a part. */
function wordParts(rows: readonly Row[]): Part[] {
  const parts: Part[] = [];
  let previous: Row | undefined;
  for (const row of rows) {
    const { startMs, endMs, confidence, text } = row;
    const item =
      startMs === undefined || endMs === undefined ? { note: text } : { text, startMs, endMs, confidence };
    if (previous?.segment === row.segment && previous.speaker === row.speaker) parts.at(-1)!.items.push(item);
    else parts.push({ speaker: row.speaker, items: [item] });
    previous = row;
  }
  return parts;
}

function plainCues(parts: readonly Part[]): PlainCue[] {
  return parts.flatMap(({ items }) => {
    const words = items.flatMap((item) => ('note' in item ? [] : [item]));
    const lines = [joinWords(items.map((item) => ('note' in item ? item.note : item.text)))];
    return words.length > 0
      ? [{ startMs: words[0].startMs, endMs: words[words.length - 1].endMs, lines }]
      : [];
  });
}

/**
 * Reads a table of segments or words, also as other programs name its columns.
 * @throws FormatError where it names none or has no row
 */
export function readTable(text: string, name: string): ReadResult {
  const delimiter = delimiterOf(text);
  const [header, ...body] = delimiter === undefined ? [] : readRows(text, delimiter);
  const columns = header === undefined ? undefined : columnsOf(header);
  if (columns === undefined) {
    throw new FormatError(
      `“${name}” does not name its columns; its first row must have startMs, endMs and text or word.`,
    );
  }
  const rows = body.map((fields) => readRow(fields, columns)).filter((row) => row.text !== '');
  const timed = rows.filter((row) => row.startMs !== undefined);
  if (timed.length === 0)
    throw new FormatError(`“${name}” has no row with a time and a text; choose another file.`);
  if (columns.word >= 0) {
    const parts = wordParts(rows);
    return { document: buildDocument({ name }, parts), cues: plainCues(parts), warnings: [] };
  }
  const warnings =
    timed.length < rows.length ? [`${rows.length - timed.length} rows without a time were left out.`] : [];
  timed.sort((a, b) => a.startMs! - b.startMs!);
  const parts = timed.map((row): Part => ({
    speaker: row.speaker,
    items: spreadText(row.text, row.startMs!, row.endMs!),
  }));
  const cues = timed.map((row): PlainCue => ({
    startMs: row.startMs!,
    endMs: row.endMs!,
    lines: [row.text],
  }));
  return { document: buildDocument({ name }, parts), cues, warnings };
}
