/** How an English speaker says what writers shorten: signs, units, titles. One place for writing them and for reading them out. */

export type Currency = { sign: string; one: string; many: string; hundredth: string };

export const currencies: readonly Currency[] = [
  { sign: '$', one: 'dollar', many: 'dollars', hundredth: 'cents' },
  { sign: '£', one: 'pound', many: 'pounds', hundredth: 'pence' },
  { sign: '€', one: 'euro', many: 'euros', hundredth: 'cents' },
  { sign: '¥', one: 'yen', many: 'yen', hundredth: 'sen' },
];

/** What stands for thousands and more behind a sum: `$5k`. */
export const magnitudes: Readonly<Record<string, string>> = {
  k: 'thousand',
  m: 'million',
  b: 'billion',
  bn: 'billion',
  tn: 'trillion',
};

export type Unit = {
  sign: string;
  /** Of several, the likeliest first. */
  spoken: readonly string[];
  /** Where it means nothing else, a writer puts the sign in place of the words. */
  isPlain: boolean;
};

const unit = (sign: string, isPlain: boolean, ...spoken: string[]): Unit => ({ sign, spoken, isPlain });
/** With its English spelling and of one. */
const metric = (sign: string, many: string): Unit => {
  const one = many.slice(0, -1);
  const british = [many, one]
    .filter((name) => /meters?$/.test(name))
    .map((name) => name.replace('meter', 'metre'));
  return unit(sign, true, many, one, ...british);
};

export const units: readonly Unit[] = [
  metric('km', 'kilometers'),
  metric('cm', 'centimeters'),
  metric('mm', 'millimeters'),
  metric('kg', 'kilograms'),
  metric('mg', 'milligrams'),
  unit('ml', true, 'milliliters', 'milliliter', 'millilitres', 'millilitre'),
  unit('mph', true, 'miles an hour', 'miles per hour', 'mile an hour', 'mile per hour'),
  unit(
    'km/h',
    true,
    'kilometers an hour',
    'kilometers per hour',
    'kilometres an hour',
    'kilometres per hour',
  ),
  unit('kHz', true, 'kilohertz'),
  unit('MHz', true, 'megahertz'),
  unit('GHz', true, 'gigahertz'),
  unit('Hz', true, 'hertz'),
  metric('kB', 'kilobytes'),
  metric('MB', 'megabytes'),
  metric('GB', 'gigabytes'),
  metric('TB', 'terabytes'),
  metric('kW', 'kilowatts'),
  metric('MW', 'megawatts'),
  unit('°C', true, 'degrees celsius', 'degrees centigrade', 'degree celsius', 'degree centigrade'),
  unit('°F', true, 'degrees fahrenheit', 'degree fahrenheit'),
  unit('ft', false, 'feet', 'foot'),
  unit('in', false, 'inches', 'inch'),
  unit('lb', false, 'pounds', 'pound'),
  unit('lbs', false, 'pounds'),
  unit('oz', false, 'ounces', 'ounce'),
];

export const signs: Readonly<Record<string, readonly string[]>> = {
  '%': ['percent', 'per cent'],
  '&': ['and'],
  '+': ['plus'],
  '=': ['equals'],
  '@': ['at'],
  '#': ['number', 'hash'],
  '°': ['degrees'],
  '×': ['times', 'by'],
};

export type Fraction = { sign: string; spoken: readonly string[]; decimals: string | null };

/** Read behind a whole number with "and". */
export const fractions: readonly Fraction[] = [
  { sign: '½', spoken: ['a half', 'half', 'one half'], decimals: '5' },
  { sign: '¼', spoken: ['a quarter', 'quarter', 'one quarter', 'a fourth', 'one fourth'], decimals: '25' },
  { sign: '¾', spoken: ['three quarters', 'three fourths'], decimals: '75' },
  { sign: '⅓', spoken: ['a third', 'one third'], decimals: null },
  { sign: '⅔', spoken: ['two thirds'], decimals: null },
];

/** Shortened words in small letters, and what they stand for. */
export const abbreviations: Readonly<Record<string, readonly string[]>> = {
  mr: ['mister'],
  mrs: ['missus', 'misses'],
  messrs: ['messieurs'],
  dr: ['doctor', 'drive'],
  st: ['saint', 'street'],
  no: ['number'],
  nos: ['numbers'],
  vs: ['versus'],
  etc: ['et cetera', 'etcetera'],
  prof: ['professor'],
  jr: ['junior'],
  sr: ['senior'],
  mt: ['mount'],
  capt: ['captain'],
  lt: ['lieutenant'],
  col: ['colonel'],
  gen: ['general'],
  sgt: ['sergeant'],
  rev: ['reverend'],
  hon: ['honourable'],
};

export const months = [
  'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november',
  'december',
] as const; // prettier-ignore
