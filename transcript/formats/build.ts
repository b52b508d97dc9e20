import { splitWords } from '../captions/joining.ts';
import {
  documentVersion,
  type CueOverride,
  type Item,
  type TranscriptDocument,
  type Word,
} from '../document.ts';

export type TimedWord = { text: string; startMs: number; endMs: number; confidence?: number };

/** A stretch of one speaker on its way into a document. */
export type Part = { speaker: string | null; items: (TimedWord | { note: string })[] };

/** The cue that some parts came from; its words are those of the parts from `firstPart` to before `endPart`. */
export type PartCue = {
  firstPart: number;
  endPart: number;
  startMs: number;
  endMs: number;
  /** How many of its words stand before each line break. */
  breaksAfter: number[];
  italic: boolean;
  positionPercent?: number;
};

/** Spreads words over a time by their letters, at least a millisecond each while there is room. */
export function spreadWords(texts: readonly string[], startMs: number, endMs: number): TimedWord[] {
  const letters = texts.reduce((sum, text) => sum + text.length, 0);
  const at = (read: number) => startMs + Math.round(((endMs - startMs) * read) / Math.max(1, letters));
  let read = 0;
  return texts.map((text) => {
    const begins = at(read);
    read += text.length;
    return { text, startMs: begins, endMs: at(read) };
  });
}

/** The words of a line of text over a time. */
export function spreadText(text: string, startMs: number, endMs: number): TimedWord[] {
  return spreadWords(splitWords(text), startMs, endMs);
}

/** Shortens or moves words so that each lasts a millisecond and those of one speaker never overlap. */
function keepApart(words: readonly Word[]): void {
  let previous: Word | undefined;
  for (const word of words) {
    if (previous !== undefined && word.startMs < previous.endMs) {
      previous.endMs = Math.max(previous.startMs + 1, Math.min(previous.endMs, word.startMs));
      word.startMs = Math.max(word.startMs, previous.endMs);
    }
    word.endMs = Math.max(word.endMs, word.startMs + 1);
    previous = word;
  }
}

/**
 * A document of parts in the order of their time. Ids count (`w1`, `s1`, `p1`, `o1`), words are of origin
 * `import`, times are whole and apart as the document's grammar wants them.
 */
export function buildDocument(
  media: { name: string; durationMs?: number },
  parts: readonly Part[],
  cues: readonly PartCue[] = [],
): TranscriptDocument {
  const items: Item[] = [];
  const segments: TranscriptDocument['segments'] = [];
  const speakers = new Map<string | null, { id: string | null; words: Word[] }>([
    [null, { id: null, words: [] }],
  ]);
  const wordsOfPart: Word[][] = [];
  let wordCount = 0;
  let noteCount = 0;

  for (const part of parts) {
    let speaker = speakers.get(part.speaker);
    if (speaker === undefined) speakers.set(part.speaker, (speaker = { id: `p${speakers.size}`, words: [] }));
    const firstItem = items.length;
    const words: Word[] = [];
    for (const item of part.items) {
      if ('note' in item) {
        items.push({ kind: 'note', id: `n${++noteCount}`, text: item.note });
        continue;
      }
      const word: Word = {
        kind: 'word',
        id: `w${++wordCount}`,
        text: item.text,
        startMs: Math.max(0, Math.round(item.startMs)),
        endMs: Math.max(0, Math.round(item.endMs)),
        confidence: item.confidence ?? 1,
        origin: 'import',
      };
      items.push(word);
      words.push(word);
      speaker.words.push(word);
    }
    wordsOfPart.push(words);
    if (items.length > firstItem) {
      segments.push({
        id: `s${segments.length + 1}`,
        firstItemId: items[firstItem].id,
        speakerId: speaker.id,
      });
    }
  }
  let durationMs = Math.max(0, Math.round(media.durationMs ?? 0));
  for (const { words } of speakers.values()) {
    keepApart(words);
    for (const word of words) durationMs = Math.max(durationMs, word.endMs);
  }
  const overrides = cues.flatMap((cue, index): CueOverride[] => {
    const words = wordsOfPart.slice(cue.firstPart, cue.endPart).flat();
    if (words.length === 0) return [];
    durationMs = Math.max(durationMs, cue.endMs);
    return [
      {
        id: `o${index + 1}`,
        firstWordId: words[0].id,
        lastWordId: words[words.length - 1].id,
        startMs: cue.startMs,
        endMs: cue.endMs,
        lineBreakAfterWordIds: cue.breaksAfter.map((count) => words[count - 1].id),
        ...(cue.italic ? { italic: true } : {}),
        ...(cue.positionPercent === undefined ? {} : { positionPercent: cue.positionPercent }),
      },
    ];
  });
  return {
    version: documentVersion,
    media: { name: media.name, durationMs, frameRate: null, startTimecode: null },
    model: null,
    languages: [],
    speakers: [...speakers].flatMap(([name, { id }]) => (name === null || id === null ? [] : [{ id, name }])),
    items,
    segments,
    overrides,
  };
}
