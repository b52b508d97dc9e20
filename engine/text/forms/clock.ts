import { belowHundred, twoDigits, type Numeral } from './numerals.ts';
import { asItIs, type Phrase, type Piece, type Rule } from './phrase.ts';
import { isCounted } from './vocabulary.ts';

/** Behind these an hour with minutes is a time. */
const timePrepositions = new Set(['at', 'until', 'till']);
const dayHalves: [string, string][] = [
  ['a m', 'a.m.'],
  ['p m', 'p.m.'],
  ['am', 'a.m.'],
  ['pm', 'p.m.'],
];

type Time = { pieces: Piece[]; end: number; isSure: boolean };

/** "three thirty p m" is 3:30 p.m., "three o'clock" 3 o'clock, "at ten oh five" at 10:05. */
export const clockRule: Rule = (phrase, at) => {
  if (isBehindPastOrTo(phrase, at)) return asItIs(1);
  if (isPastOrTo(phrase, at)) return pastOrTo(phrase, at);
  const time = timeAt(phrase, at);
  if (!time) return null;
  const link = phrase.at(time.end);
  const other = /^(?:to|until|till|and)$/.test(link) ? timeAt(phrase, time.end + 1) : null;
  const isStretch =
    /^(?:from|between)$/.test(phrase.at(at - 1)) && hasMinutes(time) && other !== null && hasMinutes(other);
  const isPair = other !== null && (time.isSure || other.isSure || isStretch);
  if (isPair) return [...time.pieces, { text: null, words: 1 }, ...other.pieces];
  return time.isSure || timePrepositions.has(phrase.at(at - 1)) ? minutesOnly(time) : null;
};

const hasMinutes = ({ pieces }: Time) => pieces[0].text!.includes(':');
/** "at five" stays as it is. */
const minutesOnly = (time: Time) => (time.isSure || hasMinutes(time) ? time.pieces : null);

function timeAt(phrase: Phrase, at: number): Time | null {
  const hour = hourAt(phrase, at);
  if (!hour) return null;
  const minute = twoDigits(phrase, hour.end);
  const isFull = minute !== null && minute.value < 60;
  const clockEnd = isFull ? minute.end : hour.end;
  const text = isFull ? `${hour.value}:${String(minute.value).padStart(2, '0')}` : String(hour.value);
  const clock: Piece = { text, words: clockEnd - at };
  if (!isFull && phrase.at(clockEnd) === "o'clock") {
    return { pieces: [clock, { text: null, words: 1 }], end: clockEnd + 1, isSure: true };
  }
  const half = phrase.find(clockEnd, dayHalves);
  // "three am I" is none.
  if (half && phrase.at(half.end) !== 'i') {
    const pieces = [clock, { text: half.found, words: half.end - clockEnd }];
    return { pieces, end: half.end, isSure: true };
  }
  if (isCounted(phrase, clockEnd)) return null;
  return { pieces: [clock], end: clockEnd, isSure: false };
}

function hourAt(phrase: Phrase, at: number): Numeral | null {
  const hour = belowHundred(phrase, at);
  // Hours are single words; "twenty one" is one of two.
  return hour && hour.value >= 1 && hour.value <= 12 && hour.end === at + 1 ? hour : null;
}

/** "half past ten", "quarter to twelve". */
function isBehindPastOrTo(phrase: Phrase, at: number): boolean {
  if (!hourAt(phrase, at)) return false;
  const isHalf = /^(?:half|quarter)$/.test(phrase.at(at - 2));
  return isHalf && /^(?:past|to|after)$/.test(phrase.at(at - 1));
}

/** "ten past three", "at twenty to five": said of the clock, and written as said. */
function isPastOrTo(phrase: Phrase, at: number): boolean {
  const minutes = belowHundred(phrase, at);
  if (!minutes || !/^(?:5|10|20|25)$/.test(String(minutes.value))) return false;
  const hour = hourAt(phrase, minutes.end + 1);
  if (!hour || isCounted(phrase, hour.end)) return false;
  const link = phrase.at(minutes.end);
  return link === 'past' || (link === 'to' && /^(?:at|it's|until|till)$/.test(phrase.at(at - 1)));
}

function pastOrTo(phrase: Phrase, at: number): Piece[] {
  return asItIs(belowHundred(phrase, at)!.end + 2 - at);
}
