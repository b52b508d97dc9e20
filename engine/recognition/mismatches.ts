import type { ModelManifest } from '../../native-models/model.ts';
import { clock } from '../media/clock.ts';
import type { AlignedWord, AlignmentOptions } from './alignment.ts';
import { alignInWorker } from './alignInWorker.ts';
import { greedyWords } from './ctc.ts';
import type { LogProbabilities } from './types.ts';

/** Words below this alignment probably were not said there. */
const doubtfulAlignment = 0.3;
/** Fewer words one after the other are a slip, and no place to name. */
const leastWords = 3;
const placesAtMost = 3;

/** A text of fewer words fits well or badly by chance. */
const leastWordsOfText = 5;
/** A text whose words fit so well on average is the right one, whatever else is. */
const surelyRight = 0.7;
/** Even where a model hears badly, the right text fits better by this than nonsense of the same letters. */
const betterThanNonsense = 0.2;

/**
 * Where a text and its recording have not the same: whether the text hardly fits at all, then words that nobody says,
 * and speech that the text lacks, a sentence for each of the first places.
 * @param options those that the words were aligned with
 */
export async function mismatches(
  pieces: LogProbabilities[],
  aligned: readonly AlignedWord[],
  manifest: ModelManifest,
  options: AlignmentOptions & { signal?: AbortSignal } = {},
): Promise<string[]> {
  const isWrong = await fitsLikeNonsense(pieces, aligned, manifest, options);
  const unheard = runs(aligned, ({ alignment }) => alignment < doubtfulAlignment).map(
    (words) =>
      `“${words[0].text} … ${words.at(-1)!.text}” (${words.length} words) was not heard near ${clock(words[0].startMs)}.`,
  );
  const untold = betweenWords(pieces, aligned, manifest).map(
    (words) =>
      `From ${clock(words[0].startMs)} to ${clock(words.at(-1)!.endMs)} something is said that the text has not.`,
  );
  const whole = isWrong
    ? [
        'The text hardly fits the sound: check that it belongs to this recording and that the model understands what is said.',
      ]
    : [];
  return [...whole, ...named(unheard), ...named(untold)];
}

/** Any text finds some of its letters in much sound, so one in doubt is compared with itself read backwards. */
async function fitsLikeNonsense(
  pieces: LogProbabilities[],
  aligned: readonly AlignedWord[],
  manifest: ModelManifest,
  options: AlignmentOptions & { signal?: AbortSignal },
): Promise<boolean> {
  const fit = meanAlignment(aligned);
  if (aligned.length < leastWordsOfText || fit >= surelyRight) return false;
  const backwards = aligned
    .map(({ text, spoken }) => ({ text: [...(spoken ?? text)].reverse().join('') }))
    .reverse();
  return fit - meanAlignment(await alignInWorker(pieces, backwards, manifest, options)) < betterThanNonsense;
}

function meanAlignment(words: readonly AlignedWord[]): number {
  return words.reduce((sum, { alignment }) => sum + alignment, 0) / words.length;
}

function named(places: readonly string[]): string[] {
  const more = places.length - placesAtMost;
  return [...places.slice(0, placesAtMost), ...(more > 0 ? [`There are ${more} more such places.`] : [])];
}

/** What the recogniser hears where the text has no word, stretch by stretch. */
function betweenWords(
  pieces: readonly LogProbabilities[],
  aligned: readonly AlignedWord[],
  manifest: ModelManifest,
): { startMs: number; endMs: number }[][] {
  const heard = pieces.flatMap((piece) => greedyWords(piece, manifest, { channel: 0 }));
  const gaps = new Map<number, { startMs: number; endMs: number }[]>();
  let next = 0;
  for (const word of heard) {
    const middleMs = (word.startMs + word.endMs) / 2;
    while (next < aligned.length && aligned[next].endMs <= middleMs) next += 1;
    const isBetween = next === aligned.length || aligned[next].startMs > middleMs;
    if (isBetween) gaps.set(next, [...(gaps.get(next) ?? []), word]);
  }
  return [...gaps.values()].filter(({ length }) => length >= leastWords);
}

/** Stretches of neighbours of which all are so, long enough to be named. */
function runs<Item>(items: readonly Item[], isSo: (item: Item) => boolean): Item[][] {
  const found: Item[][] = [];
  let run: Item[] = [];
  for (const item of items) {
    if (isSo(item)) run.push(item);
    else {
      found.push(run);
      run = [];
    }
  }
  return [...found, run].filter(({ length }) => length >= leastWords);
}
