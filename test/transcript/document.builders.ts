import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { emptyDocument } from '../../transcript/create.ts';
import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import { isWord, segmentRange } from '../../transcript/positions.ts';

/**
 * A document from lines such as `A: over/0-100 the/100-200 [laughs] hill/300-500`, one a segment. Ids are the
 * texts' letters, with a number from the second on (`the`, `the2`), those of segments `s1`, `s2`, …
 */
export function documentOf(lines: string[], durationMs = 10_000): TranscriptDocument {
  const document = emptyDocument({ name: 'talk.wav', durationMs });
  const used = new Map<string, number>();
  const idOf = (text: string) => {
    const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') || text;
    const count = (used.get(letters) ?? 0) + 1;
    used.set(letters, count);
    return count === 1 ? letters : `${letters}${count}`;
  };
  lines.forEach((line, place) => {
    const [, speakerId = null, rest] = /^(?:(\w): )?(.*)$/.exec(line) ?? [];
    const items = rest.split(' ').map((part): Item => {
      const [, text, startMs, endMs] = /^(.+)\/(\d+)-(\d+)$/.exec(part) ?? [];
      return text === undefined
        ? { kind: 'note', id: idOf(part), text: part }
        : {
            kind: 'word',
            id: idOf(text),
            text: text.replaceAll('_', ' '),
            startMs: Number(startMs),
            endMs: Number(endMs),
            confidence: 0.5,
            origin: 'recogniser',
            modelId: 'tiny',
          };
    });
    document.segments.push({ id: `s${place + 1}`, firstItemId: items[0].id, speakerId });
    document.items.push(...items);
    if (speakerId && !document.speakers.some(({ id }) => id === speakerId)) {
      document.speakers.push({ id: speakerId, name: `Speaker ${speakerId}` });
    }
  });
  return document;
}

/** What a person reads: a line a segment. */
export function read(document: TranscriptDocument): string[] {
  return linesOf(document, (item) => item.text);
}

/** The same with the times of the words, as `documentOf` takes it. */
export function readTimes(document: TranscriptDocument): string[] {
  return linesOf(document, (item) =>
    isWord(item) ? `${item.text}/${item.startMs}-${item.endMs}` : item.text,
  );
}

function linesOf(document: TranscriptDocument, show: (item: Item) => string): string[] {
  return document.segments.map(({ speakerId }, place) => {
    const texts = document.items.slice(...segmentRange(document, place)).map(show);
    return `${speakerId ? `${speakerId}: ` : ''}${texts.join(' ')}`;
  });
}

/** As `toStrictEqual`, many times faster where they are equal: properties compare thousands of documents. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) {
    expect(actual).toStrictEqual(expected);
    expect.unreachable('equal for one comparison and not for the other');
  }
}

export function expectSound(document: TranscriptDocument): void {
  expectSame(faults(document), []);
}
