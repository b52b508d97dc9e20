import { lowerBound } from '../../../transcript/positions.ts';
import { dot } from './clustering.ts';
import type { Voice } from './voices.ts';

export type SpokenWord = { startMs: number; endMs: number };

export type TurnSettings = {
  /** What a change of speakers costs, in similarity x seconds: between words without a pause … */
  changeCost: number;
  /** … and in a long one. */
  changeCostInPause: number;
  longPauseMs: number;
  /** A turn that is less than this nearer to one person than to the next best is left open. */
  leastMargin: number;
};

export const turnSettings: TurnSettings = {
  changeCost: 0.2,
  changeCostInPause: 0.06,
  longPauseMs: 200,
  leastMargin: 0.02,
};

/** Windows whose middle is so far from a word's count for it, the nearer the more. */
const reachMs = 800;
/** A word counts for at least so long. */
const shortestWordMs = 120;

/**
 * Who says each word: the most likely way through all words, where changing costs something, and less in a pause.
 * @param words in order of time
 * @param voices in order of time
 * @returns a place in `people`; null where it is not sure
 */
export function speakersOfWords(
  words: readonly SpokenWord[],
  voices: readonly Voice[],
  people: readonly Float32Array[],
  settings: TurnSettings = turnSettings,
): (number | null)[] {
  if (people.length === 0) return words.map(() => null);
  const alike = words.map((word) => similarityTo(word, voices, people));
  const path = likeliestPath(words, alike, settings);
  return leftOpen(path, words, alike, settings.leastMargin);
}

/** How much the voices around a word are like each person's; null where nothing was heard there. */
function similarityTo(
  { startMs, endMs }: SpokenWord,
  voices: readonly Voice[],
  people: readonly Float32Array[],
): Float64Array | null {
  const middleMs = (startMs + endMs) / 2;
  const sums = new Float64Array(people.length);
  let total = 0;
  const first = lowerBound(voices, (voice) => middleOf(voice) < middleMs - reachMs);
  for (let place = first; place < voices.length; place += 1) {
    const distanceMs = Math.abs(middleOf(voices[place]) - middleMs);
    if (middleOf(voices[place]) > middleMs + reachMs) break;
    const weight = (1 - distanceMs / reachMs) ** 2 + 1e-3;
    people.forEach((person, k) => (sums[k] += weight * dot(voices[place].embedding, person)));
    total += weight;
  }
  return total > 0 ? sums.map((sum) => sum / total) : null;
}

const middleOf = ({ startMs, endMs }: SpokenWord) => (startMs + endMs) / 2;
const secondsOf = ({ startMs, endMs }: SpokenWord) => Math.max(endMs - startMs, shortestWordMs) / 1000;

function likeliestPath(
  words: readonly SpokenWord[],
  alike: readonly (Float64Array | null)[],
  { changeCost, changeCostInPause, longPauseMs }: TurnSettings,
): number[] {
  const count = alike.find((each) => each !== null)?.length ?? 1;
  let scores = new Float64Array(count);
  const cameFrom: number[][] = [];
  words.forEach((word, place) => {
    const pauseMs = place === 0 ? longPauseMs : word.startMs - words[place - 1].endMs;
    const share = Math.min(1, Math.max(0, pauseMs / longPauseMs));
    const cost = changeCost + share * (changeCostInPause - changeCost);
    const best = scores.indexOf(Math.max(...scores));
    const next = new Float64Array(count);
    cameFrom.push(
      Array.from(next, (_, person) => {
        const from = scores[best] - cost > scores[person] ? best : person;
        const kept = from === person ? scores[person] : scores[best] - cost;
        next[person] = kept + secondsOf(word) * (alike[place]?.[person] ?? 0);
        return from;
      }),
    );
    scores = next;
  });
  const path = new Array<number>(words.length);
  let person = scores.indexOf(Math.max(...scores));
  for (let place = words.length - 1; place >= 0; place -= 1) {
    path[place] = person;
    person = cameFrom[place][person];
  }
  return path;
}

/** Opens the turns that are hardly more like their person than like another one. */
function leftOpen(
  path: readonly number[],
  words: readonly SpokenWord[],
  alike: readonly (Float64Array | null)[],
  leastMargin: number,
): (number | null)[] {
  const sure: (number | null)[] = [];
  for (let from = 0; from < path.length;) {
    let to = from + 1;
    while (to < path.length && path[to] === path[from]) to += 1;
    let margin = 0;
    let seconds = 0;
    for (let place = from; place < to; place += 1) {
      const scores = alike[place];
      if (!scores) continue;
      const others = scores.filter((_, person) => person !== path[from]);
      margin += secondsOf(words[place]) * (scores[path[from]] - Math.max(-1, ...others));
      seconds += secondsOf(words[place]);
    }
    const isSure = seconds > 0 && margin / seconds >= leastMargin;
    while (from < to) {
      sure.push(isSure ? path[from] : null);
      from += 1;
    }
  }
  return sure;
}
