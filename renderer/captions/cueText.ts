import { fixCue, lineBreaksOf, overrideOf, wordsToFix } from '../../transcript/captions/fixing.ts';
import { joinWords, oneLine, splitWords } from '../../transcript/captions/joining.ts';
import type { Cue } from '../../transcript/captions/cue.ts';
import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import { editText, type TextEdit } from '../../transcript/edit.ts';
import { applyOperations, type Operation } from '../../transcript/operations.ts';
import { isWord, itemIndex } from '../../transcript/positions.ts';

/** The text of a cue as a person edits it, a line each. */
export function linesText(cue: Cue): string {
  return cue.lines.map((line) => line.text).join('\n');
}

/** Where the items of a cue stand in the document, [start, end); null where its text cannot be edited as one. */
export function itemsOfCue(document: TranscriptDocument, cue: Cue): [number, number] | null {
  const words = wordsToFix(document, cue);
  const speakers = new Set(cue.lines.map((line) => line.speakerId));
  if (words === null || speakers.size > 1) return null;
  const { items } = document;
  let start = itemIndex(items, words[0]);
  let end = itemIndex(items, words[words.length - 1]) + 1;
  const text = joinWords(cue.lines.map((line) => line.text));
  const says = () => joinWords(items.slice(start, end).map((item) => oneLine(item.text))) === text;
  // Notes at its edges belong to it where its text has them.
  const [first, last] = [start, end];
  for (start = first; start >= 0; start -= 1) {
    if (start < first && isWord(items[start])) break;
    for (end = last; end <= items.length; end += 1) {
      if (end > last && isWord(items[end - 1])) break;
      if (says()) return [start, end];
    }
  }
  return null;
}

/**
 * A cue with another text: words that changed are edited as anywhere, and where a person moved a line's end, or wrote
 * words at an edge of the cue, that is set by hand.
 * @param text a line each
 * @returns null where nothing changes, or the cue cannot be edited as one
 * @throws OperationError where there is no time left for so many words
 */
export function editCue(
  document: TranscriptDocument,
  cue: Cue,
  text: string,
): { operations: Operation[]; toAlign: TextEdit['toAlign'] } | null {
  const range = itemsOfCue(document, cue);
  const lines = text.split('\n').map(oneLine).filter(Boolean);
  if (range === null || lines.join('\n') === linesText(cue)) return null;
  const [start, end] = range;
  const itemIds = document.items.slice(start, end).map(({ id }) => id);
  const edit = editText(document, { itemIds }, lines.join(' '));
  const operations = [...edit.operations];
  const after = operations.length > 0 ? applyOperations(document, operations).document : document;
  const edited = after.items.slice(start, end + after.items.length - document.items.length);
  const breaks = breaksOf(edited, lines);
  const words = edited.filter(isWord).map(({ id }) => id);
  const override = overrideOf(after, cue);
  const moved = breaks.join() !== lineBreaksOf(cue).join();
  const setsBreaks = moved || override?.lineBreakAfterWordIds !== undefined;
  // What is written at the edge of a cue stays in it, also where the layout would begin or end the cue elsewhere.
  const isWider = [words.at(0), words.at(-1)].some(
    (id) => id !== undefined && itemIndex(document.items, id) < 0,
  );
  if (words.length > 0 && (setsBreaks || isWider)) {
    const shown: Cue = { ...cue, wordIds: words };
    const changes = fixCue(after, shown, { lineBreakAfterWordIds: setsBreaks ? breaks : null });
    if (changes !== null) {
      const edges = { firstWordId: words[0], lastWordId: words[words.length - 1] };
      const put = changes.put.map((fixed) => ({ ...fixed, ...edges }));
      operations.push({ type: 'changeOverrides', ...changes, put });
    }
  }
  return operations.length > 0 ? { operations, toAlign: edit.toAlign } : null;
}

/** The words after which lines end, where items read as these lines. */
function breaksOf(items: readonly Item[], lines: readonly string[]): string[] {
  const breaks: string[] = [];
  let place = 0;
  let word: string | undefined;
  let tokens = 0;
  let wanted = 0;
  for (const line of lines.slice(0, -1)) {
    wanted += splitWords(line).length;
    while (place < items.length && tokens < wanted) {
      const item = items[place];
      tokens += splitWords(item.text).length;
      if (isWord(item)) word = item.id;
      place += 1;
    }
    if (word !== undefined && breaks.at(-1) !== word) breaks.push(word);
  }
  const last = items.findLast(isWord)?.id;
  return breaks.filter((id) => id !== last);
}
