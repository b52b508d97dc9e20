/** 0 to 19. */
// prettier-ignore
export const small = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve',
  'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen',
];
/** By tens digit; empty below twenty. */
export const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
/** Powers of ten with names of their own, falling. */
export const scales: [bigint, string][] = [
  [10n ** 12n, 'trillion'],
  [10n ** 9n, 'billion'],
  [10n ** 6n, 'million'],
  [1000n, 'thousand'],
];
const irregularOrdinals: Record<string, string> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

function belowHundred(value: number): string {
  if (value < 20) return small[value];
  return value % 10 === 0 ? tens[value / 10] : `${tens[Math.floor(value / 10)]} ${small[value % 10]}`;
}

/**
 * A whole number in English words, lower case.
 * @param and whether hundreds and the rest are joined by "and".
 */
export function cardinal(value: bigint, and = false): string {
  for (const [scale, name] of scales) {
    if (value < scale) continue;
    const rest = value % scale;
    const head = `${cardinal(value / scale, and)} ${name}`;
    if (rest === 0n) return head;
    return `${head}${and && rest < 100n ? ' and' : ''} ${cardinal(rest, and)}`;
  }
  const number = Number(value);
  if (number < 100) return belowHundred(number);
  const head = `${small[Math.floor(number / 100)]} hundred`;
  return number % 100 === 0 ? head : `${head}${and ? ' and' : ''} ${belowHundred(number % 100)}`;
}

/** Two digits as they are said behind others: 05 is "oh five", 50 is "fifty", 00 is "hundred". */
function pair(value: number): string {
  if (value === 0) return 'hundred';
  return value < 10 ? `oh ${small[value]}` : belowHundred(value);
}

/** Three or four digits in pairs, as years and house numbers are said: 1999, 905. */
export function inPairs(value: number): string {
  return `${belowHundred(Math.floor(value / 100))} ${pair(value % 100)}`;
}

/** Each digit by itself, 0 as "zero" or "oh"; what stands between digits is passed over. */
export function digitByDigit(digits: string, zero: 'zero' | 'oh' = 'zero'): string {
  return Array.from(digits.replace(/\D/g, ''), (digit) => (digit === '0' ? zero : small[Number(digit)])).join(
    ' ',
  );
}

/** The ways in which a row of digits is said, the likeliest first: `1999`, `007`, `7,250`. */
export function numberReadings(digits: string): string[] {
  const plain = digits.replaceAll(',', '');
  const single = [digitByDigit(plain), digitByDigit(plain, 'oh')];
  // Above the trillions, and with a leading zero, nobody reads a value.
  if (plain.length > 15 || (plain.length > 1 && plain.startsWith('0'))) return unique(single);
  const value = BigInt(plain);
  const readings = value === 0n ? single : [cardinal(value), cardinal(value, true)];
  const loose = looseReadings(value);
  if (plain !== digits) return unique([...readings, ...loose]);
  if (plain.length === 4 && !(value % 1000n < 10n)) readings.unshift(inPairs(Number(value)));
  else if (plain.length === 4 && value % 1000n !== 0n) readings.push(inPairs(Number(value)));
  if (plain.length === 3 && value % 100n !== 0n) readings.push(inPairs(Number(value)));
  if (plain.length >= 3) readings.push(...single);
  return unique([...readings, ...loose]);
}

/** "a hundred and fifty", "fifteen hundred". */
function looseReadings(value: bigint): string[] {
  const isHundreds = value > 1000n && value < 10_000n && value % 1000n >= 100n && value % 100n === 0n;
  const words = cardinal(value, true);
  return [
    ...(isHundreds ? [`${cardinal(value / 100n)} hundred`] : []),
    ...(/^one (?:hundred|thousand|million)\b/.test(words) ? [words.replace(/^one/, 'a')] : []),
  ];
}

/** 21 is "twenty first". */
export function ordinal(words: string): string {
  const at = words.lastIndexOf(' ') + 1;
  const last = words.slice(at);
  const changed = irregularOrdinals[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`);
  return words.slice(0, at) + changed;
}

/** "nineteen ninety" is "nineteen nineties". */
export function plural(words: string): string {
  if (words.endsWith('y')) return `${words.slice(0, -1)}ies`;
  if (words.endsWith('half')) return `${words.slice(0, -1)}ves`;
  return words.endsWith('x') ? `${words}es` : `${words}s`;
}

export function unique(values: string[]): string[] {
  return [...new Set(values)];
}
