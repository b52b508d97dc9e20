import { isAcronym } from './acronyms.ts';
import { cardinal, digitByDigit, numberReadings, ordinal, plural, unique } from './numberWords.ts';
import {
  abbreviations,
  currencies,
  fractions,
  magnitudes,
  signs,
  units,
  type Currency,
  type Unit,
} from './signs.ts';

/** More readings than this of one written word are not tried. */
const mostReadings = 6;

const whole = String.raw`\d{1,3}(?:,\d{3})+|\d+`;
const magnitude = String.raw`k|m|bn|b|tn|thousand|million|billion|trillion`;

/** What stands in a written word, the longest sense first; all that matches none of them only parts words. */
const parts = new RegExp(
  [
    String.raw`(?<sign>[$£€¥])(?<amount>${whole})?(?:\.(?<cents>\d+))?(?<magnitude>(?:${magnitude})\b)?`,
    String.raw`(?<hours>\d{1,2}):(?<minutes>[0-5]\d)(?::(?<seconds>[0-5]\d))?`,
    String.raw`(?<telephone>(?:1[-‑.])?\d{3}(?:[-‑.]\d{3})?[-‑.]\d{4})(?!\d)`,
    String.raw`(?<wholes>\d+)?(?<fraction>[½¼¾⅓⅔])`,
    String.raw`(?<above>\d+)[/⁄](?<below>\d+)(?![/⁄\d])`,
    String.raw`(?<ordinal>${whole})(?:st|nd|rd|th)\b`,
    String.raw`(?<decade>\d{2}|\d{4})['’]?s\b`,
    String.raw`(?<units>${whole})?\.(?<decimals>\d+)`,
    String.raw`(?<number>${whole})`,
    String.raw`(?<compound>°\s?[CF]\b|km/h\b)`,
    String.raw`(?<symbol>[%&+=@#°×])`,
    String.raw`(?<letters>[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*['’]?)`,
  ].join('|'),
  'giu',
);

const currencyOf = (sign: string): Currency => currencies.find((currency) => currency.sign === sign)!;
const spokenBySign = (some: readonly Unit[]) =>
  new Map(some.map(({ sign, spoken }) => [sign.toLowerCase(), spoken]));
const allUnits = spokenBySign(units);
/** Those that a word of their own can be; "mm" is a sound as well. */
const loneUnits = new Map(
  units.filter(({ isPlain, sign }) => isPlain && sign !== 'mm').map(({ sign, spoken }) => [sign, spoken]),
);

/**
 * How an English written word may have been said: digits and signs as words, the rest as it is.
 * @returns the likeliest reading first, each in words parted by single spaces; none where nothing can be said.
 */
export function spokenForms(written: string): string[] {
  const found = [...written.matchAll(parts)];
  if (found.length === 1 && found[0].groups?.letters) return lettersAlone(written, found[0].groups.letters);
  let readings = isNegative(written) ? ['minus', ''] : [''];
  found.forEach((match, i) => {
    const isBehindNumber = i > 0 && /\d$/.test(found[i - 1][0]);
    readings = combine(readings, partReadings(match.groups ?? {}, isBehindNumber));
  });
  return unique(readings).filter((reading) => reading !== '');
}

/** Two rows of readings, each of the one followed by each of the other, the likeliest of both first. */
function combine(heads: string[], tails: string[]): string[] {
  const pairs = heads.flatMap((head, i) => tails.map((tail, k) => ({ rank: i + k, text: join(head, tail) })));
  return pairs
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostReadings)
    .map(({ text }) => text);
}

const join = (...words: string[]) => words.filter((word) => word !== '').join(' ');
const isNegative = (written: string) => /^[-−]\s?[$£€¥]?\d/.test(written);

function lettersAlone(written: string, letters: string): string[] {
  const expanded = abbreviations[letters.toLowerCase()] ?? [];
  if (expanded.length > 0 && written.includes(`${letters}.`)) return [...expanded, letters];
  const spelled = isAcronym(letters) ? [letterByLetter(letters)] : [];
  const unit = loneUnits.get(letters) ?? [];
  return unique([...unit, ...romanReadings(letters), ...spelled, letters, ...expanded]).slice(
    0,
    mostReadings,
  );
}

function partReadings(part: Record<string, string | undefined>, isBehindNumber: boolean): string[] {
  if (part.sign) return money(part.sign, part.amount, part.cents, part.magnitude);
  if (part.hours && part.minutes) return clock(part.hours, part.minutes, part.seconds);
  if (part.telephone) return telephone(part.telephone);
  if (part.fraction) return mixedFraction(part.wholes, part.fraction);
  if (part.above && part.below) return commonFraction(part.above, part.below);
  if (part.ordinal) return numberReadings(part.ordinal).map(ordinal);
  if (part.decade) return numberReadings(part.decade).map(plural);
  if (part.decimals) return decimal(part.units, part.decimals);
  if (part.number) return numberReadings(part.number);
  if (part.symbol) return [...signs[part.symbol]];
  if (part.compound) return [...allUnits.get(part.compound.replace(/\s/, '').toLowerCase())!];
  const letters = part.letters ?? '';
  const unit = isBehindNumber ? allUnits.get(letters.toLowerCase()) : undefined;
  if (unit !== undefined) return [unit[0], letters];
  return isAcronym(letters) ? [letters, letterByLetter(letters)] : [letters];
}

/** TVs is "T V's". */
const letterByLetter = (letters: string) =>
  letters.replace(/\p{Lu}(?!s?$)/gu, '$& ').replace(/(?<=\p{Lu})s$/u, "'s");

function telephone(digits: string): string[] {
  const readings = (['zero', 'oh'] as const).map((zero) => digitByDigit(digits, zero));
  const free = /^(1\D)?([89])00\D(.*)$/.exec(digits);
  if (!free) return readings;
  const [, one = '', hundreds, rest] = free;
  const head = join(digitByDigit(one), digitByDigit(hundreds), 'hundred');
  return [join(head, digitByDigit(rest)), join(head, digitByDigit(rest, 'oh')), ...readings];
}

function mixedFraction(wholes: string | undefined, sign: string): string[] {
  const { spoken } = fractions.find((fraction) => fraction.sign === sign)!;
  if (wholes === undefined) return [...spoken];
  return combine(numberReadings(wholes), [`and ${spoken[0]}`, `and ${spoken.at(-1)}`]);
}

/** Of kings, parts and wars: II is "the second" or "two". */
function romanReadings(letters: string): string[] {
  if (!/^(?=..)X{0,2}(?:IX|IV|V?I{0,3})$/.test(letters)) return [];
  const worth: Record<string, number> = { I: 1, V: 5, X: 10 };
  const digits = Array.from(letters, (letter) => worth[letter]);
  const value = digits.reduce((sum, digit, i) => sum + (digit < (digits[i + 1] ?? 0) ? -digit : digit), 0);
  const words = cardinal(BigInt(value));
  return [`the ${ordinal(words)}`, words, ordinal(words)];
}

/** 1/2, and what only looks like one: 24/7, 9/11. */
function commonFraction(above: string, below: string): string[] {
  const [count] = numberReadings(above);
  const [parts] = numberReadings(below);
  const names: Record<string, string> = { '2': 'half', '4': 'quarter' };
  const name = names[below] ?? ordinal(parts);
  const named = count === 'one' ? ['one', 'a'].map((one) => join(one, name)) : [join(count, plural(name))];
  const apart = [join(count, parts), join(count, 'over', parts)];
  const isFraction = BigInt(above) < BigInt(below);
  return isFraction ? [...named, ...apart] : [...apart, ...named];
}

function decimal(units: string | undefined, decimals: string): string[] {
  const heads = units === undefined || units === '0' ? ['zero', 'oh', ''] : numberReadings(units).slice(0, 2);
  if (units === undefined) heads.reverse();
  const fraction = fractions.find((candidate) => candidate.decimals === decimals);
  const mixed =
    units !== undefined && fraction
      ? heads.slice(0, 1).map((head) => join(head, 'and', fraction.spoken[0]))
      : [];
  const pointed = heads.flatMap((head) => [
    join(head, 'point', digitByDigit(decimals)),
    join(head, 'point', digitByDigit(decimals, 'oh')),
    ...(decimals.length === 2 ? [join(head, 'point', numberReadings(decimals)[0])] : []),
  ]);
  return [...pointed.slice(0, mostReadings - mixed.length), ...mixed];
}

function money(sign: string, amount = '', cents = '', magnitude = ''): string[] {
  const { one, many, hundredth } = currencyOf(sign);
  if (amount === '' && cents === '') return [many, one];
  const scale = magnitudes[magnitude.toLowerCase()] ?? magnitude;
  if (scale !== '') {
    const numbers = cents === '' ? numberReadings(amount) : decimal(amount, cents);
    return numbers.map((number) => join(number, scale, many));
  }
  const numbers = amount === '' ? [''] : numberReadings(amount);
  const unit = amount === '1' ? one : many;
  if (cents === '' || /^0+$/.test(cents)) return sumReadings(numbers, unit, sign);
  if (cents.length !== 2) return sumReadings(decimal(amount, cents), unit, sign);
  const rest = cardinal(BigInt(cents));
  if (amount === '' || /^0+$/.test(amount)) return [join(rest, hundredth)];
  return numbers
    .slice(0, 2)
    .flatMap((number) => [
      join(number, unit, rest),
      join(number, unit, 'and', rest, hundredth),
      join(number, rest),
    ]);
}

/** "$5" may also be the first part of $5 million, of a $5 bill, or of $5 to $10. */
function sumReadings(numbers: string[], unit: string, sign: string): string[] {
  const full = numbers.map((number) => join(number, unit));
  const { one } = currencyOf(sign);
  const [likeliest] = numbers;
  const others = [
    likeliest,
    join(likeliest, one),
    ...(sign === '£' ? [join(likeliest, 'pounds sterling')] : []),
  ];
  return unique([...full.slice(0, mostReadings - others.length), ...others]);
}

function clock(hours: string, minutes: string, seconds?: string): string[] {
  const hour = cardinal(BigInt(hours));
  const past = minutes.startsWith('0') ? `oh ${cardinal(BigInt(minutes))}` : cardinal(BigInt(minutes));
  if (seconds !== undefined) return [join(hour, past, cardinal(BigInt(seconds)))];
  if (minutes === '00') return [hour, `${hour} o'clock`, `${hour} hundred`];
  return [join(hour, past), ...(minutes.startsWith('0') ? [join(hour, cardinal(BigInt(minutes)))] : [])];
}
