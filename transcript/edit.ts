import type { NewId } from './create.ts';
import { newId as randomId } from './create.ts';
import type { Item, TranscriptDocument } from './document.ts';
import { EditBuilder } from './editing/builder.ts';
import type { EditedPlace, TextEdit } from './editing/builder.ts';
import { matches } from './editing/difference.ts';
import { tokensOf, unitsOf } from './editing/tokens.ts';
import type { Token } from './editing/tokens.ts';
import { heard } from './wording.ts';

export type { AlignmentSpan } from './editing/alignment.ts';
export type { EditedPlace, TextEdit } from './editing/builder.ts';

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
  const edit = new EditBuilder(document, newId);
  for (const { text, ...place } of places) {
    compareTokens(edit.begin(place), tokensOf(text), edit);
  }
  return edit.result();
}

/** Keeps the units whose tokens all stand side by side in the new text, and changes what lies between. */
function compareTokens(old: readonly Item[], tokens: readonly Token[], edit: EditBuilder): void {
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
function compareSound(old: readonly Item[], tokens: readonly Token[], edit: EditBuilder): void {
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
