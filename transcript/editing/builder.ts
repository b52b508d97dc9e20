import type { NewId } from '../create.ts';
import type { Item, Segment, TranscriptDocument, Word } from '../document.ts';
import { OperationError, WorkingCopy } from '../operations.ts';
import type { Operation, WordChange } from '../operations.ts';
import { isWord, itemIndex, segmentIndexAt } from '../positions.ts';
import { alignmentSpans } from './alignment.ts';
import type { AlignmentSpan } from './alignment.ts';
import { ownerOf, placeWords } from './placing.ts';
import type { Token } from './tokens.ts';

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

/** Collects the operations of a text edit, from left to right in every place. */
export class EditBuilder {
  private readonly copy: WorkingCopy;
  private readonly newId: NewId;
  private readonly operations: Operation[] = [];
  private readonly itemIds: string[] = [];
  /** Words that read otherwise; that has no bearing on times, so all are changed at once at the end. */
  private readonly rewritten: WordChange[] = [];
  /** Words whose times are a guess now. */
  private readonly unsure = new Set<string>();
  private lastId: string | null = null;
  /** Whether nothing stands in the place yet that was edited: what comes there belongs to the place's segment. */
  private isAtBeginning = false;

  constructor(document: TranscriptDocument, newId: NewId) {
    this.copy = new WorkingCopy(document);
    this.newId = newId;
  }

  /** Goes to a place; gives the items that stand there. */
  begin({ itemIds, afterId = null }: EditedPlace): Item[] {
    const { items } = this.copy.document;
    const before = afterId === null ? -1 : itemIndex(items, afterId);
    const start = itemIds.length > 0 ? itemIndex(items, itemIds[0]) : before + 1;
    const standing = items.slice(start, start + itemIds.length);
    const isGone = itemIds.length === 0 && afterId !== null && before < 0;
    if (isGone || itemIds.some((id, k) => standing[k]?.id !== id)) {
      throw new OperationError('changed', 'The words to be edited do not stand there (any more).');
    }
    this.lastId = items[start - 1]?.id ?? null;
    this.isAtBeginning = standing.length > 0;
    return standing;
  }

  result(): TextEdit {
    if (this.rewritten.length > 0) {
      this.apply({ type: 'changeWords', changes: this.rewritten });
    }
    const { operations, itemIds } = this;
    const document = this.copy.finish();
    return { operations, document, itemIds, toAlign: alignmentSpans(document, this.unsure) };
  }

  keep({ id }: { id: string }): void {
    this.itemIds.push(id);
    this.lastId = id;
    this.isAtBeginning = false;
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
    const { range, speakerId: ownerId } = ownerOf(this.copy.document, this.lastId, old.length);
    const opened = old.length === 0 ? this.openedSegment(range[0]) : undefined;
    const speakerId = opened ? opened.speakerId : ownerId;
    const words = tokens.filter((token) => token.kind === 'word').map((token) => token.text);
    const { spans, moved } = placeWords(this.copy.document, range, speakerId, words);
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
      ...(opened && items.length > 0 && { segments: [{ ...opened, firstItemId: items[0].id }] }),
    });
    for (const item of items) {
      this.keep(item);
      if (isWord(item)) {
        this.unsure.add(item.id);
      }
    }
  }

  /** The segment that words before the item at an index are to begin; undefined where they go on with the one before. */
  private openedSegment(index: number): Pick<Segment, 'id' | 'speakerId'> | undefined {
    const { items, segments } = this.copy.document;
    if (items.length === 0) {
      return { id: this.newId(), speakerId: null };
    }
    const segment = this.isAtBeginning ? segments[segmentIndexAt(this.copy.document, index)] : undefined;
    return segment?.firstItemId === items[index]?.id ? segment : undefined;
  }

  private apply(operation: Operation): void {
    if (operation.type === 'replaceItems' && operation.items.length + operation.removeIds.length === 0) {
      return;
    }
    this.copy.apply(operation);
    this.operations.push(operation);
  }
}
