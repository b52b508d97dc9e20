// prettier-ignore
const small = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve',
  'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen',
];
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ordinals: Record<string, string> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};
/** How titles are said that prose shortens. */
export const titles: Record<string, string> = {
  mr: 'mister',
  mrs: 'missus',
  messrs: 'messieurs',
  dr: 'doctor',
  st: 'saint',
  prof: 'professor',
  capt: 'captain',
  col: 'colonel',
  gen: 'general',
  rev: 'reverend',
  hon: 'honourable',
  etc: 'et cetera',
};

const titlePattern = new RegExp(`\\b(${Object.keys(titles).join('|')})\\.`, 'g');

/**
 * Prose as it is spoken: sentences of lower-case words with apostrophes, numbers in words, no accents and no
 * punctuation. English only.
 */
export function spokenSentences(paragraph: string): string[][] {
  const plain = paragraph
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc`]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/_/g, '')
    .replace(titlePattern, (_, title: string) => titles[title])
    .replace(/\b([a-z])\.(?=\s?[a-z]\.)/g, '$1 ')
    .replace(/&/g, ' and ')
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(\d+)(st|nd|rd|th)\b/g, (_, digits: string) => ordinal(Number(digits)))
    .replace(/\d+/g, (digits) => ` ${inWords(digits)} `);
  return plain
    .split(/[.!?]+["')\]]*\s/)
    .map((sentence) => {
      const words = sentence.replace(/[^a-z']+/g, ' ').split(' ');
      return words.map((word) => word.replace(/^'+|'+$/g, '')).filter((word) => word !== '');
    })
    .filter((words) => words.length > 0);
}

/** A whole number (digits only) in words; years as they are spoken. */
export function inWords(digits: string): string {
  const value = Number(digits);
  if (value > 999_999_999 || (digits.length > 1 && digits.startsWith('0')))
    return Array.from(digits, (digit) => small[Number(digit)]).join(' ');
  // Four digits of these centuries are mostly years.
  if (value >= 1100 && value < 2000) {
    const rest = value % 100;
    const century = belowThousand(Math.floor(value / 100));
    if (rest === 0) return `${century} hundred`;
    return `${century} ${rest < 10 ? `oh ${small[rest]}` : belowThousand(rest)}`;
  }
  return cardinal(value);
}

function cardinal(value: number): string {
  if (value < 1000) return belowThousand(value);
  const [scale, name] = value < 1_000_000 ? [1000, 'thousand'] : [1_000_000, 'million'];
  const rest = value % scale;
  const head = `${cardinal(Math.floor(value / scale))} ${name}`;
  return rest === 0 ? head : `${head} ${cardinal(rest)}`;
}

function belowThousand(value: number): string {
  if (value < 20) return small[value];
  if (value < 100)
    return value % 10 === 0 ? tens[value / 10] : `${tens[Math.floor(value / 10)]} ${small[value % 10]}`;
  const head = `${small[Math.floor(value / 100)]} hundred`;
  return value % 100 === 0 ? head : `${head} and ${belowThousand(value % 100)}`;
}

/** `2` → `second` */
export function ordinal(value: number): string {
  const words = inWords(String(value)).split(' ');
  const last = words.pop()!;
  return [...words, ordinals[last] ?? `${last.replace(/y$/, 'ie')}th`].join(' ');
}
