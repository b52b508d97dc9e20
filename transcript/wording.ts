const lineBreak = /[\n\v\f\r\u0085\u2028\u2029]/;
const letterOrDigit = /[\p{L}\p{N}]/gu;
const notLetterOrDigit = /[^\p{L}\p{M}\p{N}]+/gu;
const sentenceEnd = /[.!?…。！？．｡؟।]["'”’»›)\]」』）】]*$/u;
/** What a full stop shortens before a name. Not `No.`, which is an answer far more often than a number. */
const title = /^["'“‘(]*(mr|mrs|ms|dr|prof|st|sr|jr|gen|capt|col|lt|sgt|rev|hon|vs|mme|mlle|hr|fr)\.$/i;
/** Not `I.`, with which sentences end. */
const initial = /^["'“‘(]*(?!I\.)\p{Lu}\.$/u;
const clauseEnd = /[,;:–—、，；：]["'”’»›)\]」』）】]*$/u;

/** Whether a text can stand as one item: not blank, in one line. */
export function isOneLine(text: string): boolean {
  return text.trim() !== '' && !lineBreak.test(text);
}

/** The letters and digits of a text, at least 1: how long it takes to say, measured simply. */
export function letterCount(text: string): number {
  return Math.max(1, text.match(letterOrDigit)?.length ?? 0);
}

/** A text without case and punctuation: what of it is heard. */
export function heard(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(notLetterOrDigit, '');
}

/** Whether a word is the short form of a title, such as `Dr.`, which belongs to the name behind it. */
export function isShortTitle(text: string): boolean {
  return title.test(text);
}

/** Whether a word is a name's first letter, such as `J.` */
export function isInitial(text: string): boolean {
  return initial.test(text);
}

/** Whether a sentence ends with this word; `Dr.` and the initial of a name end none. */
export function endsSentence(text: string): boolean {
  return sentenceEnd.test(text) && !title.test(text) && !initial.test(text);
}

/** Whether a part of a sentence ends with this word. */
export function endsClause(text: string): boolean {
  return clauseEnd.test(text);
}
