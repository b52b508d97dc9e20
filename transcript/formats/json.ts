import * as z from 'zod';
import type { PlainCue } from '../captions/cue.ts';
import { joinWords, oneLine } from '../captions/joining.ts';
import type { TranscriptDocument } from '../document.ts';
import { buildDocument, type Part } from './build.ts';
import { FormatError, type Format, type ReadResult } from './format.ts';
import { segmentsOf, type WrittenSegment } from './segments.ts';

const formatName = 'sewscribe-transcript';
const formatVersion = 1;

const time = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** The transcript that others may read, version 1. What a project stores is another schema. */
export const transcriptJson = z.object({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  media: z.object({ name: z.string(), durationMs: time }),
  model: z.object({ id: z.string(), device: z.string() }).nullable(),
  segments: z.array(
    z.object({
      startMs: time,
      endMs: time,
      speaker: z.string().min(1).nullable(),
      words: z.array(
        z.object({ text: z.string(), startMs: time, endMs: time, confidence: z.number().min(0).max(1) }),
      ),
      /** What has no time: `[laughs]` before the word of this index. Only there where a segment has notes. */
      notes: z.array(z.object({ text: z.string(), beforeWord: z.number().int().min(0) })).optional(),
    }),
  ),
});

export type TranscriptJson = z.infer<typeof transcriptJson>;

function jsonSegment(segment: WrittenSegment): TranscriptJson['segments'][number] {
  const notes: { text: string; beforeWord: number }[] = [];
  let beforeWord = 0;
  for (const item of segment.items) {
    if (item.kind === 'word') beforeWord += 1;
    else notes.push({ text: item.text, beforeWord });
  }
  return {
    startMs: segment.startMs,
    endMs: segment.endMs,
    speaker: segment.speaker,
    words: segment.words.map(({ text, startMs, endMs, confidence }) => ({
      text,
      startMs,
      endMs,
      confidence,
    })),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** One segment a line, so that two versions can be compared. */
function write(document: TranscriptDocument): string {
  const { media, model } = document;
  const head = {
    format: formatName,
    version: formatVersion,
    media: { name: media.name, durationMs: media.durationMs },
    model: model === null ? null : { id: model.id, device: model.device },
  };
  const segments = segmentsOf(document).map((segment) => JSON.stringify(jsonSegment(segment)));
  const list = segments.length > 0 ? `[\n${segments.join(',\n')}\n]` : '[]';
  return `${JSON.stringify(head).slice(0, -1)},\n"segments":${list}}\n`;
}

function parse(text: string, name: string): TranscriptJson {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FormatError(`“${name}” is damaged: it is no whole JSON; export it again.`);
  }
  const newer = z
    .object({ format: z.literal(formatName), version: z.number().gt(formatVersion) })
    .safeParse(json);
  if (newer.success) {
    throw new FormatError(`“${name}” was written by a newer Sewscribe; update this one to read it.`);
  }
  const parsed = transcriptJson.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue.path.map(String).join('.') || 'its beginning';
  throw new FormatError(`“${name}” is no transcript of Sewscribe (see ${place}); export it as JSON again.`);
}

function itemsOf(segment: TranscriptJson['segments'][number]): Part['items'] {
  const items: Part['items'] = [];
  const notes = [...(segment.notes ?? [])].sort((a, b) => a.beforeWord - b.beforeWord);
  let next = 0;
  const addNotes = (upTo: number) => {
    for (; next < notes.length && notes[next].beforeWord <= upTo; next += 1) {
      const text = oneLine(notes[next].text);
      if (text.trim() !== '') items.push({ note: text });
    }
  };
  segment.words.forEach((word, index) => {
    addNotes(index);
    const text = oneLine(word.text);
    if (text.trim() !== '') items.push({ ...word, text });
  });
  addNotes(Infinity);
  return items;
}

function read(text: string, name: string): ReadResult {
  const { media, model, segments } = parse(text, name);
  segments.sort((a, b) => a.startMs - b.startMs);
  const parts = segments.map((segment): Part => ({ speaker: segment.speaker, items: itemsOf(segment) }));
  const document = { ...buildDocument(media, parts), model };
  const cues = segments.map((segment): PlainCue => ({
    startMs: Math.round(segment.startMs),
    endMs: Math.round(segment.endMs),
    lines: [joinWords(segment.words.map((word) => word.text))],
  }));
  return { document, cues, warnings: [] };
}

export const json: Format = {
  id: 'json',
  extension: 'json',
  name: 'JSON',
  write,
  read,
  recognises: (text) => /^\s{0,100}[{[]/.test(text) && text.slice(0, 2000).includes(`"${formatName}"`),
};
