import { basename, extname } from 'node:path';
import type { Params } from '../engine/contract.ts';
import { CommandFailure, exitCodes } from './failures.ts';
import { readSource } from './readSource.ts';
import { readWords } from './readWords.ts';

type TimedWords = NonNullable<Params<'evaluation.score'>['utterances'][number]['referenceWords']>;

/** What was said somewhere, with the words' times where the file has them. */
export type SpokenText = { id: string; text: string; words?: TimedWords };

/** Formats that `readWords` reads and that hold times; TSV is taken as a table of texts here. */
const transcripts = new Set(['.json', '.srt', '.vtt', '.ass', '.ttml']);

/**
 * Texts of a file: NIST's CTM, a transcript (one text; of TXT what has no tab), or lines `id TAB text`.
 * @throws CommandFailure, FormatError
 */
export async function readTexts(path: string): Promise<SpokenText[]> {
  const extension = extname(path).toLowerCase();
  if (transcripts.has(extension)) return [await readOne(path)];
  if (extension === '.ctm') return readCtm(path);
  if (extension === '.txt' && !(await readLines(path)).some(({ line }) => line.includes('\t'))) {
    return [await readOne(path)];
  }
  return (await readTable(path)).map(({ fields: [id, ...text] }) => ({ id, text: text.join(' ') }));
}

/**
 * The words of a recording with their times, from a file that may hold those of several.
 * @throws CommandFailure, FormatError
 */
export async function readTimedWords(path: string, recording: string): Promise<TimedWords> {
  const texts = await readTexts(path);
  const stem = basename(recording, extname(recording));
  const own =
    texts.length === 1
      ? texts[0]
      : texts.find(({ id }) => [recording, basename(recording), stem].includes(id));
  if (own?.words) return own.words;
  throw new CommandFailure(
    `"${path}" has no times for the words of "${recording}"; give a CTM, our JSON, or subtitles of one word a cue.`,
    exitCodes.source,
  );
}

async function readOne(path: string): Promise<SpokenText> {
  const { document, cues, formatId } = await readWords(path);
  const words = document.items.filter((item) => item.kind === 'word');
  // Of a cue of several words only the first one's start and the last one's end are known, and a text has no ends.
  const timed =
    formatId === 'json'
      ? words
      : (formatId === 'txt' ? [] : cues)
          .map(({ lines, ...times }) => ({ text: lines.join(' ').trim(), ...times }))
          .filter(({ text }) => !/\s/u.test(text));
  return {
    id: basename(path),
    text: words.map(({ text }) => text).join(' '),
    words: timed.length > 0 ? timed.map(({ text, startMs, endMs }) => ({ text, startMs, endMs })) : undefined,
  };
}

/** Lines `recording channel start duration word`, in seconds, with more behind them or not; `;;` begins a remark. */
async function readCtm(path: string): Promise<SpokenText[]> {
  const texts = new Map<string, TimedWords>();
  for (const { line, number } of await readLines(path)) {
    if (line.startsWith(';;')) continue;
    const [recording, , start, duration, text] = line.trim().split(/\s+/u);
    const startMs = Number(start) * 1000;
    const endMs = startMs + Number(duration) * 1000;
    if (text === undefined || !(startMs >= 0) || !(endMs >= startMs)) {
      throw new CommandFailure(
        `"${path}", line ${number}: this is not "recording channel start duration word" in seconds.`,
        exitCodes.source,
      );
    }
    // Signs such as <ALT_BEGIN> and <eps> are no words.
    const words = texts.get(recording) ?? [];
    if (!/^<.*>$/.test(text)) words.push({ text, startMs, endMs });
    texts.set(recording, words);
  }
  if (texts.size === 0) throw new CommandFailure(`"${path}" has no words.`, exitCodes.source);
  return [...texts].map(([id, words]) => {
    words.sort((a, b) => a.startMs - b.startMs);
    return { id, text: words.map(({ text }) => text).join(' '), words };
  });
}

/** Lines of fields with tabs between them, without a header; an empty text is a text too: nothing was said. */
export async function readTable(path: string): Promise<{ fields: string[]; number: number }[]> {
  const rows = (await readLines(path)).map(({ line, number }) => {
    const fields = line.split('\t').map((field) => field.trim());
    if (fields.length > 1) return { fields, number };
    throw new CommandFailure(
      `"${path}", line ${number}: there is no tab between the name and the text.`,
      exitCodes.source,
    );
  });
  if (rows.length === 0) throw new CommandFailure(`"${path}" has no lines.`, exitCodes.source);
  return rows;
}

async function readLines(path: string): Promise<{ line: string; number: number }[]> {
  return new TextDecoder()
    .decode(await readSource(path))
    .split(/\r\n|\n|\r/)
    .map((line, place) => ({ line, number: place + 1 }))
    .filter(({ line }) => line.trim() !== '');
}
