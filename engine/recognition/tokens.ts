import type { ModelManifest } from '../../native-models/model.ts';

/** What a decoder or an aligner does with a token: `text` is written, `delimiter` parts words, `silent` is neither. */
export type TokenKind = 'text' | 'delimiter' | 'silent';

/** The vocabulary as decoding sees it, each array indexed by token id. */
export type TokenTable = {
  size: number;
  blankId: number;
  delimiterId: number | null;
  kinds: TokenKind[];
  /** What a token writes, without a word-start mark; empty unless its kind is `text`. */
  texts: string[];
  /** Whether a token begins a new word without a delimiter before it. */
  startsWord: boolean[];
};

/** SentencePiece's mark (U+2581) at the beginning of pieces that start a word. */
const wordStartMark = '▁';

/**
 * Sorts a model's tokens. Without a delimiter words begin where the pieces mark it, and where no piece does
 * (character models of scripts that write no spaces) every token is a word.
 */
export function tokenTable(manifest: ModelManifest): TokenTable {
  const { vocabulary, blankId, wordDelimiterId } = manifest;
  const special = new Set(manifest.specialIds);
  const kinds = vocabulary.map((token, id): TokenKind => {
    if (id === wordDelimiterId) return 'delimiter';
    return id === blankId || special.has(id) || token === '' ? 'silent' : 'text';
  });
  const isMarked = vocabulary.map((token, id) => kinds[id] === 'text' && token.startsWith(wordStartMark));
  const hasMarks = wordDelimiterId === null && isMarked.includes(true);
  return {
    size: vocabulary.length,
    blankId,
    delimiterId: wordDelimiterId,
    kinds,
    texts: vocabulary.map((token, id) => {
      if (kinds[id] !== 'text') return '';
      return hasMarks && isMarked[id] ? token.slice(wordStartMark.length) : token;
    }),
    startsWord: vocabulary.map((_, id) => {
      if (wordDelimiterId !== null || kinds[id] !== 'text') return false;
      return hasMarks ? isMarked[id] : true;
    }),
  };
}
