import { oneLine } from '../captions/joining.ts';
import type { TranscriptDocument } from '../document.ts';
import { buildDocument, spreadText, type Part } from './build.ts';
import { FormatError, type Format, type ReadResult, type WriteOptions } from './format.ts';
import { segmentsOf, segmentText } from './segments.ts';
import { clockPattern, clockMs, clockTime } from './times.ts';

/** A line a segment, `[00:00:01.000] Name: text`; time and name where they are asked for. */
function write(document: TranscriptDocument, options: WriteOptions): string {
  const lines = segmentsOf(document).map((segment) => {
    const time = options.timestamps ? `[${clockTime(segment.startMs)}] ` : '';
    const name = options.speakers && segment.speaker !== null ? `${oneLine(segment.speaker)}: ` : '';
    return `${time}${name}${segmentText(segment)}\n`;
  });
  return lines.join('');
}

const bracketed = new RegExp(`^[[(]${clockPattern}[\\])]\\s{0,8}(?=\\S)(.*)$`, 's');
/** Only where every line has one: `12:30 is when we meet` is text. */
const bare = new RegExp(`^${clockPattern}(?: {1,8}|\\t)(?=\\S)(.*)$`, 's');
const named = /^(\p{Lu}[^:.!?[\]]{0,39}|[\p{L}\p{N}][^:.!?[\]\s]{0,39}): +(?=\S)/u;
/** Characters a second where nothing says how fast it is spoken; an easy pace of reading aloud. */
const guessedCharsPerSecond = 15;

/** What is said of a text without times. */
export const guessedTimes =
  'The text has no times; those of its words are a guess until it is aligned with its recording.';

type Line = { startMs?: number; speaker: string | null; text: string };

/** Paragraphs where empty lines part them, else lines. */
function paragraphs(text: string): string[] {
  const lines = text.split(/\r\r?\n|[\r\n\u2028\u2029]/).map((line) => oneLine(line).trim());
  while (lines.at(-1) === '') lines.pop();
  while (lines[0] === '') lines.shift();
  if (!lines.includes('')) return lines;
  const joined: string[] = [];
  let open = false;
  for (const line of lines) {
    if (line === '') open = false;
    else if (open) joined[joined.length - 1] += ` ${line}`;
    else {
      joined.push(line);
      open = true;
    }
  }
  return joined;
}

function readLines(lines: readonly string[]): Line[] {
  const pattern = lines.length > 1 && lines.every((line) => bare.test(line)) ? bare : bracketed;
  return lines.map((line) => {
    const groups = pattern.exec(line);
    if (groups === null) return { speaker: null, text: line };
    return { startMs: Math.max(0, clockMs(groups.slice(1, 6))), speaker: null, text: groups[6] };
  });
}

/** Takes names off the lines where every line has one, or most lines do and each at least twice. */
function takeNames(lines: readonly Line[]): Line[] {
  const found = lines.map((line) => named.exec(line.text));
  const known = new Map<string, number>();
  for (const match of found) if (match !== null) known.set(match[1], (known.get(match[1]) ?? 0) + 1);
  const namedLines = found.filter((match) => match !== null).length;
  const allNamed = namedLines === lines.length && (lines.length > 1 || lines.at(0)?.startMs !== undefined);
  const repeated = namedLines * 2 > lines.length && [...known.values()].every((times) => times > 1);
  if (!allNamed && !repeated) return [...lines];
  return lines.map((line, index) => {
    const match = found[index];
    return match === null ? line : { ...line, speaker: match[1], text: line.text.slice(match[0].length) };
  });
}

function read(text: string, name: string): ReadResult {
  const lines = takeNames(readLines(paragraphs(text))).filter((line) => line.text !== '');
  if (lines.length === 0) throw new FormatError(`“${name}” holds no text; choose another file.`);
  const warnings: string[] = [];
  if (lines.some((line) => line.startMs === undefined)) {
    warnings.push(guessedTimes);
  }
  let clockAt = 0;
  const timedLines = lines.map((line, index) => {
    const startMs = line.startMs ?? clockAt;
    const spokenMs = Math.max(1, Math.round((line.text.length / guessedCharsPerSecond) * 1000));
    const nextMs = lines.at(index + 1)?.startMs ?? Infinity;
    const endMs = nextMs > startMs ? Math.min(startMs + spokenMs, nextMs) : startMs + spokenMs;
    clockAt = endMs;
    return { ...line, startMs, endMs };
  });
  timedLines.sort((a, b) => a.startMs - b.startMs);
  const parts = timedLines.map((line): Part => ({
    speaker: line.speaker,
    items: spreadText(line.text, line.startMs, line.endMs),
  }));
  const cues = timedLines.map(({ startMs, endMs, text: shown }) => ({ startMs, endMs, lines: [shown] }));
  return { document: buildDocument({ name }, parts), cues, warnings };
}

export const txt: Format = {
  id: 'txt',
  extension: 'txt',
  name: 'Plain text',
  write,
  read,
  // Anything may be plain text, so its content never decides.
  recognises: () => false,
};
