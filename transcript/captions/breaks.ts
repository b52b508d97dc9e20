import { endsSentence, isInitial, isShortTitle } from '../wording.ts';
import { mayNotBeginLine, mayNotEndLine } from './joining.ts';
import type { FunctionWords } from './language.ts';
import type { Token } from './tokens.ts';

/**
 * What a break costs, in points. Only their proportions matter: a break between an article and its noun
 * outweighs any imbalance of lines, and one that sets a full stop at the start of a line outweighs all.
 */
const cost = {
  afterSentence: 0,
  afterClause: 4,
  afterComma: 6,
  beforeConjunction: 12,
  beforePreposition: 18,
  anywhere: 32,
  afterVerbCompanion: 60,
  insideName: 60,
  afterNumber: 50,
  afterPreposition: 90,
  afterConjunction: 90,
  afterTitle: 300,
  afterArticle: 400,
  insidePunctuation: 1e6,
};

/** How much a second of silence makes any break better. */
const pauseRelief = 30;

const closers = '["\'”’»)\\]}」』】）]*$';
const clauseEnd = new RegExp(`[;:—–；：]${closers}`, 'u');
const commaEnd = new RegExp(`[,、，]${closers}`, 'u');
const number = /^[$€£]?[\d.,]*\d$/;
const capital = /^\p{Lu}/u;
const notLetters = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const kana = /^[\u3041-\u3096]$/;
const ideograph = /^[\p{Script=Han}\p{Script=Katakana}々ー]$/u;

function bare(text: string): string {
  return text.replace(notLetters, '').toLowerCase().replace('’', "'");
}

/**
 * Japanese and Chinese have no spaces to break at. In Japanese a phrase mostly begins where the syllables
 * of an ending meet the next ideograph; a break inside a run of one script mostly cuts a word.
 */
function unspacedCost(last: string, first: string): number {
  if (kana.test(last)) return kana.test(first) ? cost.anywhere : cost.beforePreposition;
  return ideograph.test(last) && kana.test(first) ? cost.afterVerbCompanion : cost.anywhere;
}

/** What it costs to end a line or a cue between two neighbours. */
export function breakCost(before: Token, after: Token, words: FunctionWords): number {
  const [a, b] = [before.text, after.text];
  if (mayNotBeginLine(b) || mayNotEndLine(a)) return cost.insidePunctuation;
  if (isShortTitle(a)) return cost.afterTitle;
  if (isInitial(a)) return cost.insideName;
  if (endsSentence(a) || after.beginsSegment) return cost.afterSentence;
  if (clauseEnd.test(a)) return cost.afterClause;
  if (commaEnd.test(a)) return cost.afterComma;

  const relief = (Math.max(0, after.startMs - before.endMs) / 1000) * pauseRelief;
  if (after.spaceBefore === 0 && b !== '') {
    return Math.max(0, unspacedCost(a.at(-1) ?? '', String.fromCodePoint(b.codePointAt(0)!)) - relief);
  }
  const [left, right] = [bare(a), bare(b)];
  let base = cost.anywhere;
  if (words.conjunctions.has(right)) base = cost.beforeConjunction;
  else if (words.prepositions.has(right)) base = cost.beforePreposition;

  let stranded = 0;
  if (words.articles.has(left)) stranded = cost.afterArticle;
  else if (words.prepositions.has(left)) stranded = cost.afterPreposition;
  else if (words.conjunctions.has(left)) stranded = cost.afterConjunction;
  else if (words.verbCompanions.has(left)) stranded = cost.afterVerbCompanion;
  else if (number.test(a)) stranded = cost.afterNumber;
  else if (capital.test(a) && capital.test(b)) stranded = cost.insideName;
  return Math.max(0, base - relief) + stranded;
}
