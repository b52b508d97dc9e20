import type { TokenTable } from './tokens.ts';

/**
 * Writes a spelling in the model's tokens: the longest token that fits, from left to right.
 * @param spelling words parted by spaces, in letters that the vocabulary has (see spellings()); others are dropped.
 * @returns token ids by spoken word, without empty words.
 */
export function tokenise(spelling: string, tokens: TokenTable): number[][] {
  const lookup = lookupOf(tokens);
  return spelling
    .split(' ')
    .map((word) => tokeniseWord(word, lookup))
    .filter((ids) => ids.length > 0);
}

type Lookup = { inside: Map<string, number>; atStart: Map<string, number>; longest: number };

const lookups = new WeakMap<TokenTable, Lookup>();

function lookupOf(tokens: TokenTable): Lookup {
  let lookup = lookups.get(tokens);
  if (lookup === undefined) {
    lookup = { inside: new Map(), atStart: new Map(), longest: 1 };
    for (let id = 0; id < tokens.size; id += 1) {
      const text = tokens.texts[id];
      if (text === '') continue;
      const map = tokens.startsWord[id] ? lookup.atStart : lookup.inside;
      if (!map.has(text)) map.set(text, id);
      lookup.longest = Math.max(lookup.longest, text.length);
    }
    lookups.set(tokens, lookup);
  }
  return lookup;
}

function tokeniseWord(word: string, { inside, atStart, longest }: Lookup): number[] {
  const ids: number[] = [];
  let at = 0;
  while (at < word.length) {
    let length = Math.min(longest, word.length - at);
    let id: number | undefined;
    for (; length > 0 && id === undefined; length -= 1) {
      const text = word.slice(at, at + length);
      const [first, second] = ids.length === 0 ? [atStart, inside] : [inside, atStart];
      id = first.get(text) ?? second.get(text);
    }
    if (id === undefined) at += 1;
    else {
      ids.push(id);
      at += length + 1;
    }
  }
  return ids;
}
