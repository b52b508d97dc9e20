import {
  currencies,
  fractions,
  units,
  type Currency,
} from '../../../native-models/language/english/signs.ts';
import {
  belowHundred,
  cardinal,
  digitValues,
  grouped,
  ordinalStems,
  roundHundred,
  scaleValues,
  singleDigits,
  twoDigits,
} from './numerals.ts';
import { asItIs, wordsOf, type Phrase, type Piece, type Rule } from './phrase.ts';
import { isCounted, numberedNouns } from './vocabulary.ts';
import { year } from './years.ts';

/** Below this a number that counts something stays a word. */
const leastWritten = 10;

/** A number in digits. `isExact`: one that nobody would write in words, however small. */
type Amount = { text: string; end: number; scale?: string; value: number; isExact: boolean };

const currencyNames = currencies.flatMap((currency) =>
  // A pound by itself is a weight as well.
  [currency.one, currency.many]
    .map((name) => (currency.sign === '£' ? `${name} sterling` : name))
    .map((name): [string, Currency] => [name, currency]),
);
const plainUnits = units
  .filter(({ isPlain }) => isPlain)
  .flatMap(({ sign, spoken }) => spoken.map((words): [string, string] => [words, sign]))
  .sort(([a], [b]) => b.length - a.length);
const percentNames: [string, string][] = [
  ['percent', '%'],
  ['per cent', '%'],
];
/** Behind these "point" is none between digits. */
const pointers = new Set('this that the some a one which no my your his her our their each every'.split(' '));

/** A number with what it counts: 12, 1,200, 3.5 million, 5%, $7.50, 5 km, 20 °C, 10½. */
export const amountRule: Rule = (phrase, at) => {
  const minus = /^(?:minus|negative)$/.test(phrase.at(at)) && !isNumberBefore(phrase, at) ? 1 : 0;
  const amount = amountAt(phrase, at + minus);
  if (!amount) return null;
  const pieces = counted(phrase, at + minus, amount) ?? alone(phrase, at + minus, amount);
  if (!pieces || minus === 0) return pieces;
  const [first, ...rest] = pieces;
  return [{ text: `-${first.text}`, words: first.words + 1 }, ...rest];
};

function isNumberBefore(phrase: Phrase, at: number): boolean {
  return digitValues.has(phrase.at(at - 1)) || belowHundred(phrase, at - 1) !== null;
}

/** Percent, money and units behind a number. */
function counted(phrase: Phrase, at: number, amount: Amount): Piece[] | null {
  const percent = phrase.find(amount.end, percentNames);
  if (percent && !amount.scale) return [{ text: `${amount.text}%`, words: percent.end - at }];
  const currency = phrase.find(amount.end, currencyNames);
  if (currency) return sum(phrase, at, amount, currency.found, currency.end);
  const unit = phrase.find(amount.end, plainUnits);
  if (!unit) return null;
  return [...plain(amount, at), { text: unit.found, words: unit.end - amount.end }];
}

function sum(
  phrase: Phrase,
  at: number,
  amount: Amount,
  { sign, hundredth }: Currency,
  end: number,
): Piece[] {
  if (amount.scale) {
    const [number, scale] = plain(amount, at);
    return [
      { ...number, text: `${sign}${number.text}` },
      { ...scale, words: end - amount.end + 1 },
    ];
  }
  const cents = centsAt(phrase, end, hundredth);
  const isWhole = /^[\d,]+$/.test(amount.text);
  if (!cents || !isWhole) return [{ text: `${sign}${amount.text}`, words: end - at }];
  return [{ text: `${sign}${amount.text}.${String(cents.value).padStart(2, '0')}`, words: cents.end - at }];
}

/** "and fifty cents", "fifty cents", or just "fifty" where nothing is counted by it. */
function centsAt(phrase: Phrase, at: number, hundredth: string): { value: number; end: number } | null {
  const from = phrase.at(at) === 'and' ? at + 1 : at;
  const named = belowHundred(phrase, from);
  const isNamed = named && [hundredth, hundredth.replace(/s$/, ''), 'cents'].includes(phrase.at(named.end));
  if (isNamed) return { value: named.value, end: named.end + 1 };
  const bare = from === at ? twoDigits(phrase, at) : null;
  return bare && !isCounted(phrase, bare.end) ? bare : null;
}

/** A number that counts nothing in particular. */
function alone(phrase: Phrase, at: number, amount: Amount): Piece[] | null {
  const isNumbered = numberedNouns.has(phrase.at(at - 1)) || isNumberedSecond(phrase, at);
  const isNumber = phrase.at(at - 1) === 'number' && amount.value > 1;
  const isWritten = amount.isExact || amount.value >= leastWritten || isNumbered || isNumber;
  return isWritten ? plain(amount, at) : null;
}

/** "chapters two and three", "pages three to five". */
function isNumberedSecond(phrase: Phrase, at: number): boolean {
  return (
    /^(?:and|to|through|or)$/.test(phrase.at(at - 1)) &&
    belowHundred(phrase, at - 2) !== null &&
    at >= 2 &&
    numberedNouns.has(phrase.at(at - 3))
  );
}

function plain({ text, end, scale }: Amount, at: number): Piece[] {
  return scale === undefined
    ? [{ text, words: end - at }]
    : [
        { text, words: end - at - 1 },
        { text: scale, words: 1 },
      ];
}

function amountAt(phrase: Phrase, at: number): Amount | null {
  const point = decimal(phrase, at);
  if (point) return scaled(phrase, point);
  const whole = cardinal(phrase, at) ?? exactRound(phrase, at);
  if (!whole) return null;
  const { value, end, scale } = whole;
  const fraction = scale ? null : fractionAt(phrase, value, end);
  if (fraction) return fraction;
  const factor = scale ? scaleValues.get(scale)! : 1;
  // "a million" stays as it is.
  if (scale && phrase.at(at) === 'a') return null;
  return { text: grouped(value / factor), end, scale, value, isExact: false };
}

/** "a hundred percent", "a thousand dollars"; not "a hundred people". */
function exactRound(phrase: Phrase, at: number) {
  const round = roundHundred(phrase, at);
  const isExact = round && (phrase.find(round.end, percentNames) || phrase.find(round.end, currencyNames));
  return isExact ? { ...round, scale: undefined } : null;
}

function scaled(phrase: Phrase, amount: Amount): Amount {
  const scale = phrase.at(amount.end);
  if (!scaleValues.has(scale)) return amount;
  if (scale !== 'thousand') return { ...amount, end: amount.end + 1, scale };
  return { ...amount, text: grouped(Math.round(Number(amount.text) * 1000)), end: amount.end + 1 };
}

/** "three point one four", "oh point five", "point five percent". */
function decimal(phrase: Phrase, at: number): Amount | null {
  const head = phrase.at(at) === 'oh' ? { value: 0, end: at + 1 } : cardinal(phrase, at);
  const isBare = phrase.at(at) === 'point' && !pointers.has(phrase.at(at - 1));
  const pointAt = isBare ? at : head?.end;
  if (pointAt === undefined || phrase.at(pointAt) !== 'point') return null;
  const { digits, end } = decimalsAt(phrase, pointAt + 1);
  if (digits === '') return null;
  const amount = { text: `${grouped(head?.value ?? 0)}.${digits}`, end, value: 0, isExact: true };
  const isMeasured = phrase.find(end, percentNames) ?? phrase.find(end, plainUnits);
  return isBare && !isMeasured ? null : amount;
}

function decimalsAt(phrase: Phrase, at: number): { digits: string; end: number } {
  const single = singleDigits(phrase, at);
  if (single.digits !== '') return single;
  const pair = twoDigits(phrase, at);
  return pair ? { digits: String(pair.value), end: pair.end } : single;
}

/** "and a half" behind a whole number: 10½, 2.5%, 2.5 million; a small number with nothing behind it stays. */
function fractionAt(phrase: Phrase, whole: number, at: number): Amount | null {
  if (phrase.at(at) !== 'and') return null;
  const wordings = fractions.flatMap((fraction) =>
    fraction.spoken.map((words) => [words, fraction] as const),
  );
  const found = phrase.find(at + 1, wordings);
  if (!found) return null;
  const { end } = found;
  const { sign, decimals } = found.found;
  const scale = scaleValues.has(phrase.at(end)) ? phrase.at(end) : undefined;
  if (decimals !== null && (scale || phrase.find(end, percentNames) || phrase.find(end, currencyNames))) {
    return scaled(phrase, { text: `${whole}.${decimals}`, end, value: whole, isExact: true });
  }
  return scale ? null : { text: `${grouped(whole)}${sign}`, end, value: whole, isExact: false };
}

/** "one twenty" may be a time, a price or a number, so it stays as it is. */
export const doubtfulPairRule: Rule = (phrase, at) => {
  const first = belowHundred(phrase, at);
  const second = first && belowHundred(phrase, first.end);
  const isDoubtful =
    second &&
    first.value > 0 &&
    first.value < 10 &&
    second.value >= 10 &&
    !scaleValues.has(phrase.at(second.end));
  return isDoubtful && phrase.at(second.end) !== 'hundred' ? asItIs(second.end - at) : null;
};

/** "three sixteenths"; halves to ninths stay as they are. */
export const fractionRule: Rule = (phrase, at) => {
  const above = belowHundred(phrase, at);
  if (!above || above.value === 0) return null;
  const name = phrase.at(above.end);
  const stem = ordinalStems.get(above.value > 1 ? name.replace(/s$/, '') : name);
  if (stem === undefined || (above.value > 1 && !name.endsWith('s'))) return null;
  const below = cardinal(phrase.with(above.end, stem), above.end)?.value ?? 0;
  return below >= leastWritten && below < 100
    ? [{ text: `${above.value}/${below}`, words: above.end + 1 - at }]
    : null;
};

/** "five to ten percent", "nine or ten": where one of two is written in digits, both are. */
export const rangeRule: Rule = (phrase, at) => {
  const first = belowHundred(phrase, at) ?? null;
  if (!first) return null;
  const link = phrase.at(first.end);
  const isBetween = phrase.at(at - 1) === 'between' && link === 'and';
  if (!isBetween && !/^(?:to|or|through)$/.test(link)) return null;
  const second = cardinal(phrase, first.end + 1);
  const pieces = year(phrase, first.end + 1) ? null : amountRule(phrase, first.end + 1);
  const isShared =
    second && /^(?:hundred|thousand)$/.test(phrase.at(first.end + 2)) && first.value < leastWritten;
  // "six or seven hundred" may be six hundred.
  if (isShared) return asItIs(second.end - at);
  // "five to ten dollars" is $5 to $10.
  const sign = /^[$£€¥]/.exec(pieces?.[0].text ?? '')?.[0] ?? '';
  const firstPiece: Piece = { text: sign + String(first.value), words: first.end - at };
  const linkPiece: Piece = { text: null, words: 1 };
  if (pieces && (first.value < leastWritten || sign !== '')) {
    const isCount = first.value === 1 && link === 'or' && wordsOf(pieces) === 1;
    return isCount ? null : [firstPiece, linkPiece, ...pieces];
  }
  const isSmallSecond = second && !pieces && first.value >= leastWritten && second.value > 1;
  if (!isSmallSecond) return null;
  return [firstPiece, linkPiece, { text: String(second.value), words: second.end - first.end - 1 }];
};
