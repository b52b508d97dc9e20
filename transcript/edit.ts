import { newId as randomId } from './create.ts';
import type { NewId } from './create.ts';
import { matches } from './difference.ts';
import type { Item, TranscriptDocument, Word } from './document.ts';
import { applyOperation, OperationError } from './operations.ts';
import type { Operation, WordChange } from './operations.ts';
import { isWord, itemIndex, segmentIndexAt, wordsBefore, wordsFrom } from './positions.ts';
import { ownerOf, placeWords } from './placing.ts';
import { tokensOf, unitsOf } from './tokens.ts';
import type { Token } from './tokens.ts';
import { heard } from './wording.ts';

/** Words whose times are a guess, and the stretch of sound in which they are said, for the engine to align. */
export type AlignmentSpan = { wordIds: string[]; startMs: number; endMs: number };

export type TextEdit = {
  operations: Operation[];
  /** The document with them. */
  document: TranscriptDocument;
  /** The items that stand in the edited places afterwards. */
  itemIds: string[];
  /** Where words were changed or added, and neighbours that had to make room for them. */
  toAlign: AlignmentSpan[];
};

/** What is edited: neighbouring items, or, where there are none, the place behind an item (null: the beginning). */
export type EditedPlace = { itemIds: readonly string[]; afterId?: string | null };

/**
 * What it takes to give items a new text, with as little change as possible:
 *
 * - a word that stays as it was keeps its id and its times;
 * - one whose case or punctuation changed keeps them too, and needs no alignment;
 * - words replaced by as many others keep ids and provisionally their times;
 * - other words are taken away or added, with times that `placeWords` guesses.
 *
 * What a person wrote has confidence 1. Text in square brackets becomes a note. Segments stay where they are:
 * a segment begins or ends by an operation of its own.
 *
 * @throws OperationError where the items are not there (any more), do not stand side by side, or the medium has
 * not 1 ms left for each word.
 */
export function editText(
  document: TranscriptDocument,
  place: EditedPlace,
  text: string,
  options: { newId?: NewId } = {},
): TextEdit {
  return editTexts(document, [{ ...place, text }], options);
}

/** The same in several places that have no item in common, for a replacement of all: one edit, one undo. */
export function editTexts(
  document: TranscriptDocument,
  places: readonly (EditedPlace & { text: string })[],
  { newId = randomId }: { newId?: NewId } = {},
): TextEdit {
  const edit = new Edit(document, newId);
  for (const { text, ...place } of places) {
    compareTokens(edit.begin(place), tokensOf(text), edit);
  }
  return edit.result();
}

/** Keeps the units whose tokens all stand side by side in the new text, and changes what lies between. */
function compareTokens(old: readonly Item[], tokens: readonly Token[], edit: Edit): void {
  const units = unitsOf(old);
  const found = new Map(
    matches(
      units.flatMap((unit) => unit.tokens),
      tokens.map((token) => token.text),
    ),
  );
  let done = 0;
  let oldPlace = 0;
  let replaced: Item[] = [];
  for (const unit of units) {
    const from = found.get(oldPlace) ?? -1;
    const kept =
      from >= done &&
      unit.tokens.length > 0 &&
      unit.tokens.every((_, k) => found.get(oldPlace + k) === from + k);
    oldPlace += unit.tokens.length;
    if (kept) {
      compareSound(replaced, tokens.slice(done, from), edit);
      unit.items.forEach((item) => edit.keep(item));
      replaced = [];
      done = from + unit.tokens.length;
    } else {
      replaced.push(...unit.items);
    }
  }
  compareSound(replaced, tokens.slice(done), edit);
}

/** Among what differs, finds the words that only look different: their sound, and so their times, are the same. */
function compareSound(old: readonly Item[], tokens: readonly Token[], edit: Edit): void {
  const soundOf = (side: string, { kind, text }: Item | Token, place: number) =>
    (kind === 'word' && heard(text)) || `${side} ${place}`;
  const found = matches(
    old.map((item, place) => soundOf('old', item, place)),
    tokens.map((token, place) => soundOf('new', token, place)),
  );
  let [oldDone, newDone] = [0, 0];
  for (const [oldPlace, newPlace] of found) {
    edit.replace(old.slice(oldDone, oldPlace), tokens.slice(newDone, newPlace));
    edit.respell(old[oldPlace], tokens[newPlace].text);
    [oldDone, newDone] = [oldPlace + 1, newPlace + 1];
  }
  edit.replace(old.slice(oldDone), tokens.slice(newDone));
}

/** An edit on its way from left to right. */
class Edit {
  private document: TranscriptDocument;
  private readonly newId: NewId;
  private readonly operations: Operation[] = [];
  private readonly itemIds: string[] = [];
  /** Words that read otherwise; that has no bearing on times, so all are changed at once at the end. */
  private readonly rewritten: WordChange[] = [];
  /** Words whose times are a guess now. */
  private readonly unsure = new Set<string>();
  private lastId: string | null = null;

  constructor(document: TranscriptDocument, newId: NewId) {
    this.document = document;
    this.newId = newId;
  }

  /** Goes to a place; gives the items that stand there. */
  begin({ itemIds, afterId = null }: EditedPlace): Item[] {
    const { items } = this.document;
    const before = afterId === null ? -1 : itemIndex(items, afterId);
    const start = itemIds.length > 0 ? itemIndex(items, itemIds[0]) : before + 1;
    const standing = items.slice(start, start + itemIds.length);
    const isGone = itemIds.length === 0 && afterId !== null && before < 0;
    if (isGone || itemIds.some((id, k) => standing[k]?.id !== id)) {
      throw new OperationError('changed', 'The words to be edited do not stand there (any more).');
    }
    this.lastId = items[start - 1]?.id ?? null;
    return standing;
  }

  result(): TextEdit {
    if (this.rewritten.length > 0) {
      this.apply({ type: 'changeWords', changes: this.rewritten });
    }
    const { operations, document, itemIds } = this;
    return { operations, document, itemIds, toAlign: alignmentSpans(document, this.unsure) };
  }

  keep({ id }: { id: string }): void {
    this.itemIds.push(id);
    this.lastId = id;
  }

  respell(word: Item, text: string): void {
    this.rewritten.push({ id: word.id, text, origin: 'person', confidence: 1 });
    this.keep(word);
  }

  replace(old: readonly Item[], tokens: readonly Token[]): void {
    if (old.length === tokens.length && old.every((item, k) => item.kind === tokens[k].kind)) {
      old.forEach((item, k) =>
        item.kind === 'word' ? this.reword(item, tokens[k]) : this.exchange([item], [tokens[k]]),
      );
    } else {
      this.exchange(old, tokens);
    }
  }

  /** Another word in the time of the old one. */
  private reword({ id }: Word, { text }: Token): void {
    const change: WordChange = { id, text, origin: 'person', confidence: 1 };
    this.rewritten.push({ ...change, spoken: null, alignment: null, modelId: null });
    this.unsure.add(id);
    this.keep({ id });
  }

  private exchange(old: readonly Item[], tokens: readonly Token[]): void {
    const { range, speakerId } = ownerOf(this.document, this.lastId, old.length);
    const words = tokens.filter((token) => token.kind === 'word').map((token) => token.text);
    const { spans, moved } = placeWords(this.document, range, speakerId, words);
    if (moved.length > 0) {
      this.apply({ type: 'changeWords', changes: moved.map((change) => ({ ...change, alignment: null })) });
      moved.forEach(({ id }) => this.unsure.add(id));
    }
    const times = spans.values();
    const items = tokens.map(({ kind, text }): Item =>
      kind === 'note'
        ? { kind, id: this.newId(), text }
        : { kind, id: this.newId(), text, ...times.next().value!, confidence: 1, origin: 'person' },
    );
    this.apply({
      type: 'replaceItems',
      afterId: this.lastId,
      removeIds: old.map((item) => item.id),
      items,
      // Nothing stands there that could say to which segment they belong.
      ...(this.document.items.length === 0 &&
        items.length > 0 && { segments: [{ id: this.newId(), firstItemId: items[0].id, speakerId }] }),
    });
    for (const item of items) {
      this.keep(item);
      if (isWord(item)) {
        this.unsure.add(item.id);
      }
    }
  }

  private apply(operation: Operation): void {
    if (operation.type === 'replaceItems' && operation.items.length + operation.removeIds.length === 0) {
      return;
    }
    this.document = applyOperation(this.document, operation).document;
    this.operations.push(operation);
  }
}

/** Runs of unsure words, each from the end of the speaker's sure word before to the beginning of the one after. */
function alignmentSpans(document: TranscriptDocument, unsure: ReadonlySet<string>): AlignmentSpan[] {
  // A neighbour that made room may have been replaced later.
  const places = [...unsure].map((id) => itemIndex(document.items, id)).filter((place) => place >= 0);
  const spans: AlignmentSpan[] = [];
  const taken = new Set<string>();
  for (const place of places.sort((a, b) => a - b)) {
    const word = document.items[place];
    if (taken.has(word.id)) {
      continue;
    }
    const { speakerId } = document.segments[segmentIndexAt(document, place)];
    const wordIds: string[] = [];
    let endMs = document.media.durationMs;
    for (const next of wordsFrom(document, place, speakerId)) {
      if (!unsure.has(next.id)) {
        endMs = next.startMs;
        break;
      }
      wordIds.push(next.id);
      taken.add(next.id);
    }
    const before = wordsBefore(document, place, speakerId).next();
    spans.push({ wordIds, startMs: before.done ? 0 : before.value.endMs, endMs });
  }
  return spans;
}
