import { joinWords, splitWords } from '../captions/joining.ts';
import type { Item } from '../document.ts';

/** `[laughs]`: a text in brackets is a note, which has no sound to be aligned with. */
const bracketed = /(?<=^|\s)(\[[^[\]]*\])(?=\s|$)/u;

/** One word or note of a typed text. */
export type Token = { kind: Item['kind']; text: string };

/** The words and notes of a text as a person types it; line breaks count as spaces. */
export function tokensOf(text: string): Token[] {
  return text
    .split(bracketed)
    .flatMap((part, place): Token[] =>
      place % 2 === 1
        ? [{ kind: 'note', text: part.replace(/\s+/g, ' ') }]
        : splitWords(part).map((word) => ({ kind: 'word', text: word })),
    );
}

/** Items and the tokens that their text gives: mostly one and one, but `10 000` is one word of two tokens. */
export type Unit = { items: Item[]; tokens: string[] };

/** Cuts items into the least parts that begin and end with tokens of their joined text. */
export function unitsOf(items: readonly Item[]): Unit[] {
  const tokens = tokensOf(joinWords(items.map((item) => item.text))).map((token) => token.text);
  const units: Unit[] = [];
  let itemPlace = 0;
  let tokenPlace = 0;
  while (itemPlace < items.length) {
    const unit: Unit = { items: [], tokens: [] };
    let ahead = 0;
    do {
      if (ahead <= 0 && itemPlace < items.length) {
        ahead += sizeOf(items[itemPlace].text);
        unit.items.push(items[itemPlace++]);
      } else if (tokenPlace < tokens.length) {
        ahead -= sizeOf(tokens[tokenPlace]);
        unit.tokens.push(tokens[tokenPlace++]);
      } else {
        break;
      }
    } while (ahead !== 0 || unit.tokens.length === 0);
    units.push(unit);
  }
  return units;
}

function sizeOf(text: string): number {
  return text.replace(/\s/g, '').length;
}
