import { cluster, direction, dot } from './clustering.ts';
import type { Voice } from './voices.ts';

/** How people are told apart; the values are from mixtures of other speakers than the stated errors (docs/language.md). */
export type PeopleSettings = {
  /** Voices (means of a few windows) that are less alike than this are two people's. */
  leastSimilarity: number;
  /** Two people whose mean voices are more alike than this are one. */
  mostAlike: number;
  /** Neighbouring windows that are taken together, so that one sound counts for less. */
  smoothedWindows: number;
  /** The share of these means that counts, those with the most alike windows. */
  evenShare: number;
  /** Who says less than this in all, and less than this share, is nobody of their own. */
  leastMs: number;
  leastShare: number;
};

export const peopleSettings: PeopleSettings = {
  leastSimilarity: 0.72,
  mostAlike: 0.87,
  smoothedWindows: 5,
  evenShare: 0.7,
  leastMs: 3000,
  leastShare: 0.02,
};

/** The most voices that are clustered; of more, every second, third, … one. */
const mostVoices = 1500;
const hopMs = 400;
/** Every voice goes to the nearest person, and each person's mean is taken anew, so often. */
const rounds = 3;

/**
 * Who speaks, as a mean voice for each person, the first to speak first; their number is not known before.
 * @param voices in order of time
 */
export async function findPeople(
  voices: readonly Voice[],
  settings: PeopleSettings = peopleSettings,
): Promise<Float32Array[]> {
  if (voices.length === 0) return [];
  const even = evenVoices(voices, settings);
  const stride = Math.ceil(even.length / mostVoices);
  const sample = even.filter((_, place) => place % stride === 0);
  const labels = await cluster(sample, settings.leastSimilarity);
  const groups: Float32Array[][] = [];
  labels.forEach((label, place) => (groups[label] ??= []).push(sample[place]));
  const least = Math.max(settings.leastMs / hopMs / stride, settings.leastShare * sample.length);
  const biggest = groups.reduce((most, group) => Math.max(most, group.length), 0);
  let people = groups.filter((group) => group.length >= Math.min(least, biggest));
  for (let round = 0; round < rounds; round += 1) {
    const means = joinAlike(people, settings.mostAlike).map(direction);
    const members: Float32Array[][] = means.map(() => []);
    for (const vector of sample) members[nearest(vector, means)].push(vector);
    people = members.filter((own) => own.length > 0);
  }
  return people.map(direction);
}

/** Joins the two groups whose means are most alike, as long as these are more alike than `mostAlike`. */
function joinAlike(groups: readonly Float32Array[][], mostAlike: number): Float32Array[][] {
  const joined = [...groups];
  const means = joined.map(direction);
  for (;;) {
    let best = mostAlike;
    let pair: [number, number] | undefined;
    for (let a = 0; a < means.length; a += 1) {
      for (let b = 0; b < a; b += 1) {
        const alike = dot(means[a], means[b]);
        if (alike > best) [best, pair] = [alike, [b, a]];
      }
    }
    if (!pair) return joined;
    const [kept, gone] = pair;
    joined[kept] = [...joined[kept], ...joined[gone]];
    means[kept] = direction(joined[kept]);
    joined.splice(gone, 1);
    means.splice(gone, 1);
  }
}

export function nearest(vector: Float32Array, people: readonly Float32Array[]): number {
  let best = 0;
  for (let person = 1; person < people.length; person += 1) {
    if (dot(vector, people[person]) > dot(vector, people[best])) best = person;
  }
  return best;
}

/**
 * Each voice with its neighbours in the same stretch of speech, where these are alike: a mean over a change of speakers
 * would be like nobody.
 */
function evenVoices(
  voices: readonly Voice[],
  { smoothedWindows, evenShare }: PeopleSettings,
): Float32Array[] {
  const reach = (smoothedWindows - 1) / 2;
  const means = voices.map(({ startMs }, place) => {
    const near = voices
      .slice(Math.max(0, place - reach), place + reach + 1)
      .filter((other) => Math.abs(other.startMs - startMs) <= reach * hopMs + 1)
      .map(({ embedding }) => embedding);
    const mean = direction(near);
    return { mean, evenness: Math.min(...near.map((embedding) => dot(embedding, mean))) };
  });
  const sorted = means.map(({ evenness }) => evenness).sort((a, b) => b - a);
  const least = sorted[Math.ceil(sorted.length * evenShare) - 1];
  return means.filter(({ evenness }) => evenness >= least).map(({ mean }) => mean);
}
