/** Scripts that write words without spaces: Chinese characters and the Japanese syllables. */
const unspacedLetter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/u;
/** Punctuation as wide as a Chinese character brings its own space along. */
const widePunctuation =
  /[\u3000-\u3004\u3008-\u303f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]/u;
const digit = /\p{Nd}/u;

const onlyClosing = /^[.,;:!?…%)\]}»”’]+$/u;
const onlyOpening = /^[([{«“‘¿¡]+$/u;
const wideClosing =
  /^[\u3001\u3002\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\u301b\u301e\u301f\uff01\uff05\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d\uff60-\uff64]/u;
const wideOpening =
  /[\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\u301a\u301d\uff08\uff3b\uff5b\uff5f\uff62]/u;
/** What Japanese keeps off the start of a line besides closing punctuation (JIS X 4051). */
const continuing = /^[ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶーｰ々ゝゞヽヾ・〜～]/u;

const anySpace = /[\t\n\v\f\r \u0085\u2028\u2029]+/;
const everySpace = new RegExp(anySpace, 'g');

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0)!);
}

function lastCharacter(text: string): string {
  const last = text.at(-1)!;
  return last >= '\udc00' && last <= '\udfff' ? text.slice(-2) : last;
}

/** One line of text: breaks and runs of spaces become one space. A no-break or wide space stays. */
export function oneLine(text: string): string {
  return anySpace.test(text) ? text.replace(everySpace, ' ').replace(/^ | $/g, '') : text;
}

/** Whether a text may not begin a line: it closes or continues what stands before it. */
export function mayNotBeginLine(text: string): boolean {
  return onlyClosing.test(text) || wideClosing.test(text) || continuing.test(text);
}

/** Whether a text may not end a line: it opens what follows. */
export function mayNotEndLine(text: string): boolean {
  return onlyOpening.test(text) || (text !== '' && wideOpening.test(lastCharacter(text)));
}

function separator(beforeOpens: boolean, last: string, after: string): '' | ' ' {
  if (beforeOpens || onlyClosing.test(after)) return '';
  const first = firstCharacter(after);
  // Almost every pair is Latin; both classes lie above U+2E80.
  if (last < '\u2e80' && first < '\u2e80') return ' ';
  if (widePunctuation.test(last) || widePunctuation.test(first)) return '';
  const unspacedLast = unspacedLetter.test(last);
  const unspacedFirst = unspacedLetter.test(first);
  if (unspacedLast && (unspacedFirst || digit.test(first))) return '';
  if (unspacedFirst && digit.test(last)) return '';
  return ' ';
}

/**
 * What stands between two neighbouring words: a space, or nothing beside free-standing punctuation and
 * between words of Chinese or Japanese. Where those meet another script a space stays.
 */
export function separatorBetween(before: string, after: string): '' | ' ' {
  if (before === '' || after === '') return '';
  return separator(onlyOpening.test(before), lastCharacter(before), after);
}

/** Words as one line of text; the one place that knows where spaces stand. */
export function joinWords(texts: Iterable<string>): string {
  let joined = '';
  let previous = '';
  for (const text of texts) {
    const word = oneLine(text);
    if (word === '') continue;
    joined += separatorBetween(previous, word) + word;
    previous = word;
  }
  return joined;
}

const apart = `${unspacedLetter.source}|${widePunctuation.source}`;
const pieces = new RegExp(`(?:${apart})\\p{M}*|(?:(?!${apart}).)+`, 'gsu');

/**
 * The words of a text, so that joining them gives the text again (but for runs of spaces). Where joining
 * would set another space than the text has, as in `Bonjour !`, the parts stay one word.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  // The word that is still growing, in its parts: looking at all of it for each part would take too long.
  let parts: string[] = [];
  let opens = false;
  let blank = true;
  const finish = () => {
    if (!blank) words.push(parts.join(''));
    else if (words.length > 0) words[words.length - 1] += parts.join('');
  };
  for (const chunk of text.split(anySpace)) {
    let spaced = true;
    for (const piece of chunk.match(pieces) ?? []) {
      const needed = spaced ? ' ' : '';
      spaced = false;
      const before = parts.at(-1);
      const pieceBlank = piece.trim() === '';
      const clings = needed === '' && (mayNotBeginLine(piece) || opens || mayNotEndLine(before ?? ''));
      const joins = before !== undefined && separator(opens, lastCharacter(before), piece) !== needed;
      // A wide or no-break space is no word.
      if (before !== undefined && (joins || clings || blank || pieceBlank)) {
        parts.push(needed + piece);
        opens &&= needed === '' && onlyOpening.test(piece);
        blank &&= pieceBlank;
        continue;
      }
      finish();
      parts = [piece];
      opens = onlyOpening.test(piece);
      blank = pieceBlank;
    }
  }
  finish();
  return words;
}
