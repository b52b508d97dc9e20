import { emptyDocument } from '../../../transcript/create.ts';
import type { Item, TranscriptDocument } from '../../../transcript/document.ts';

/**
 * A document of lines, each a segment: `Ann: Hello, [laughs] you.` Words take 400 ms, with 100 ms between them;
 * `{…}` is a remark. Ids count: w1, w2, …
 */
export function documentOf(...lines: string[]): TranscriptDocument {
  const document = emptyDocument({ name: 'a.wav', durationMs: 100_000 });
  const items: Item[] = [];
  lines.forEach((line, k) => {
    const [, name, text] = /^(?:(\w+): )?(.*)$/.exec(line)!;
    const first = items.length;
    for (const [token] of text.matchAll(/\{[^}]*\}|\[[^\]]*\]|\S+/g)) {
      const id = `w${items.length + 1}`;
      const startMs = items.length * 500;
      if (token.startsWith('{')) {
        items.push({ kind: 'note', id, text: token.slice(1, -1), remark: true });
      } else if (token.startsWith('[')) {
        items.push({ kind: 'note', id, text: token });
      } else {
        items.push({
          kind: 'word',
          id,
          text: token,
          startMs,
          endMs: startMs + 400,
          confidence: 0.9,
          origin: 'recogniser',
          modelId: 'recital',
        });
      }
    }
    const speakerId = name ? `s-${name}` : null;
    if (name && !document.speakers.some(({ id }) => id === speakerId)) {
      document.speakers.push({ id: `s-${name}`, name });
    }
    document.segments.push({ id: `g${k + 1}`, firstItemId: items[first].id, speakerId });
  });
  return { ...document, items };
}

/** The other way: one line a segment. */
export function linesOf(document: TranscriptDocument): string[] {
  const begins = new Map(document.segments.map((segment) => [segment.firstItemId, segment]));
  const lines: string[] = [];
  for (const item of document.items) {
    const segment = begins.get(item.id);
    if (segment) {
      const name = document.speakers.find(({ id }) => id === segment.speakerId)?.name;
      lines.push(name ? `${name}:` : '');
    }
    const text = item.kind === 'note' && item.remark ? `{${item.text}}` : item.text;
    lines[lines.length - 1] += lines.at(-1) === '' ? text : ` ${text}`;
  }
  return lines;
}
