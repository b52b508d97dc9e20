import { ordinal, scales, small, tens } from '../../../native-models/language/english/numberWords.ts';
import type { Phrase } from './phrase.ts';

/** A number that words say, and where they end. */
export type Numeral = {
  value: number;
  end: number;
  /** The last word where it names millions or more and nothing follows it: "two million". */
  scale?: string;
};

export const digitValues = new Map([
  ...small.slice(0, 10).map((word, value) => [word, value] as const),
  ['oh', 0],
]);
const smallValues = new Map(small.map((word, value) => [word, value]));
const tensValues = new Map(tens.flatMap((word, digit) => (word === '' ? [] : [[word, digit * 10] as const])));
export const scaleValues = new Map(scales.map(([value, word]) => [word, Number(value)]));
const million = 1_000_000;

/** Ordinal words of one word, and what they count: "third" is "three". */
export const ordinalStems = new Map(
  [...smallValues.keys(), ...tensValues.keys(), 'hundred', ...scaleValues.keys()].map((word) => [
    ordinal(word),
    word,
  ]),
);

/** All words that a number may be made of. */
export const numberWords: ReadonlySet<string> = new Set([
  ...smallValues.keys(),
  ...tensValues.keys(),
  ...scaleValues.keys(),
  ...ordinalStems.keys(),
  'hundred',
  'point',
  'oh',
]);

/** "seven", "seventeen", "seventy", "seventy seven". */
export function belowHundred(phrase: Phrase, at: number): Numeral | null {
  const tensValue = tensValues.get(phrase.at(at));
  if (tensValue === undefined) {
    const value = smallValues.get(phrase.at(at));
    return value === undefined ? null : { value, end: at + 1 };
  }
  const unit = smallValues.get(phrase.at(at + 1)) ?? 0;
  return unit >= 1 && unit <= 9
    ? { value: tensValue + unit, end: at + 2 }
    : { value: tensValue, end: at + 1 };
}

/** From ten to ninety nine, or "oh five": what stands behind an hour or a century. */
export function twoDigits(phrase: Phrase, at: number): Numeral | null {
  if (phrase.at(at) === 'oh') {
    const value = digitValues.get(phrase.at(at + 1)) ?? 0;
    return value > 0 ? { value, end: at + 2 } : null;
  }
  const found = belowHundred(phrase, at);
  return found && found.value >= 10 ? found : null;
}

/**
 * The longest whole number that begins at a place: "two hundred and five thousand". "a" counts where a number is the
 * more exact by it ("a hundred and fifty").
 */
export function cardinal(phrase: Phrase, at: number): Numeral | null {
  if (phrase.at(at) === 'a') {
    const found = cardinalFrom(phrase, at, { value: 1, end: at + 1 });
    return found && found.end > at + 2 ? found : null;
  }
  const first = belowHundred(phrase, at);
  return first && cardinalFrom(phrase, at, first);
}

/** "a hundred", which alone stays as it is. */
export function roundHundred(phrase: Phrase, at: number): Numeral | null {
  const isRound = phrase.at(at) === 'a' && /^(?:hundred|thousand)$/.test(phrase.at(at + 1));
  return isRound ? { value: phrase.at(at + 1) === 'hundred' ? 100 : 1000, end: at + 2 } : null;
}

function cardinalFrom(phrase: Phrase, at: number, first: Numeral): Numeral | null {
  const isOneOfTwo = phrase.at(at - 1) === 'between';
  let group = withHundreds(phrase, first, isOneOfTwo);
  let found: Numeral | null = null;
  let total = 0;
  let least = Infinity;
  let hasAnd = false;
  for (;;) {
    const scale = group.value < 1000 ? (scaleValues.get(phrase.at(group.end)) ?? 1) : 1;
    // "two thousand and five thousand", "two thousand and five hundred" are two numbers.
    if (group.value * scale >= least || (hasAnd && scale === 1 && group.value >= 100)) return found;
    total += group.value * scale;
    const end = scale === 1 ? group.end : group.end + 1;
    const isRound: boolean = scale >= million && found === null;
    found = { value: total, end, ...(isRound && { scale: phrase.at(end - 1) }) };
    if (scale === 1) return found;
    least = scale;
    hasAnd = phrase.at(end) === 'and';
    const next = hasAnd && isOneOfTwo ? null : belowHundred(phrase, hasAnd ? end + 1 : end);
    if (!next || next.value === 0) return found;
    group = withHundreds(phrase, next, isOneOfTwo);
  }
}

function withHundreds(phrase: Phrase, head: Numeral, isOneOfTwo: boolean): Numeral {
  if (phrase.at(head.end) !== 'hundred' || head.value === 0) return head;
  const value = head.value * 100;
  const end = head.end + 1;
  const hasAnd = phrase.at(end) === 'and';
  if (hasAnd && isOneOfTwo) return { value, end };
  const rest = belowHundred(phrase, hasAnd ? end + 1 : end);
  // "one hundred and two hundred" are two numbers.
  if (!rest || rest.value === 0 || phrase.at(rest.end) === 'hundred') return { value, end };
  return { value: value + rest.value, end: rest.end };
}

/** "twenty first"; the longest that begins at a place. */
export function ordinalNumber(phrase: Phrase, at: number): Numeral | null {
  let end = at;
  while (numberWords.has(phrase.at(end)) || (phrase.at(end) === 'and' && end > at)) {
    const stem = ordinalStems.get(phrase.at(end));
    if (stem === undefined) {
      end += 1;
      continue;
    }
    if (end === at && (stem === 'hundred' || scaleValues.has(stem))) {
      return { value: stem === 'hundred' ? 100 : scaleValues.get(stem)!, end: at + 1 };
    }
    const whole = cardinal(phrase.with(end, stem), at);
    return whole?.end === end + 1 ? { value: whole.value, end: end + 1 } : null;
  }
  return null;
}

/** Digits said one by one from a place on, as far as they go. */
export function singleDigits(phrase: Phrase, at: number): { digits: string; end: number } {
  let digits = '';
  let end = at;
  for (;;) {
    const times = ({ double: 2, triple: 3 } as Record<string, number>)[phrase.at(end)] ?? 1;
    const digit = digitValues.get(phrase.at(end + (times > 1 ? 1 : 0)));
    if (digit === undefined) return { digits, end };
    digits += String(digit).repeat(times);
    end += times > 1 ? 2 : 1;
  }
}

/** With a comma between thousands, as English writes them. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function withOrdinalEnding(value: number): string {
  const lastTwo = value % 100;
  const ending = lastTwo >= 11 && lastTwo <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${grouped(value)}${ending}`;
}
