import type { ModelManifest } from '../../native-models/model.ts';
import { splitWords } from '../../transcript/captions/joining.ts';
import { sampleRateHz } from '../media/types.ts';
import { tokenTable, type TokenTable } from './tokens.ts';
import type { LogProbabilities, RecognisedWord } from './types.ts';
import { wordEdges } from './wordEdges.ts';

/** One letter of the best path: the frames on which it is the likeliest token, and its highest log-probability there. */
export type Letter = { id: number; startFrame: number; endFrame: number; peak: number };

/** No sound inside a word lasts so long without a letter: where it does, the model has left out the delimiter. */
const longestBlankInWordMs = 1000;

/**
 * CTC greedy decoding: the likeliest token of each frame, repeats merged, blanks and special tokens dropped, cut
 * into words at the delimiter and at long blanks.
 *
 * @param logProbabilities one piece, [frames, vocabulary].
 * @returns the words in order, in the model's letters, with widened edges (see wordEdges) on the media's clock;
 * a word's confidence is the geometric mean of its letters' peak probabilities.
 * @throws RangeError where the piece was made with another vocabulary.
 */
export function greedyWords(
  logProbabilities: LogProbabilities,
  manifest: ModelManifest,
  options: { channel: number },
): RecognisedWord[] {
  checkVocabulary(logProbabilities, manifest);
  const tokens = tokenTable(manifest);
  const { startSample, hopSamples, frames } = logProbabilities;
  const toMs = (frame: number) => ((startSample + frame * hopSamples) * 1000) / sampleRateHz;
  const longestBlankFrames = (longestBlankInWordMs * sampleRateHz) / 1000 / hopSamples;
  const words = groupIntoWords(bestPath(logProbabilities), tokens, longestBlankFrames);
  const edges = wordEdges(
    words.map((letters) => ({
      startMs: toMs(letters[0].startFrame),
      endMs: toMs(letters.at(-1)!.endFrame),
      earliestMs: toMs(0),
      latestMs: toMs(frames),
    })),
  );
  return words.map((letters, i) => ({
    text: letters.map(({ id }) => tokens.texts[id]).join(''),
    ...edges[i],
    confidence: Math.min(1, Math.exp(letters.reduce((sum, { peak }) => sum + peak, 0) / letters.length)),
    channel: options.channel,
  }));
}

/** @throws RangeError where the piece was made with another vocabulary than the model's. */
export function checkVocabulary({ vocabularySize }: LogProbabilities, manifest: ModelManifest): void {
  if (vocabularySize !== manifest.vocabulary.length) {
    throw new RangeError(
      `The log-probabilities have ${vocabularySize} tokens a frame, but model ${manifest.id} has ${manifest.vocabulary.length}.`,
    );
  }
}

/** The runs of the likeliest token, blanks among them. */
export function bestPath({ data, frames, vocabularySize }: LogProbabilities): Letter[] {
  const path: Letter[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const row = frame * vocabularySize;
    let id = 0;
    for (let token = 1; token < vocabularySize; token += 1) {
      if (data[row + token] > data[row + id]) id = token;
    }
    const last = path.at(-1);
    if (last?.id === id) {
      last.endFrame = frame + 1;
      last.peak = Math.max(last.peak, data[row + id]);
    } else {
      path.push({ id, startFrame: frame, endFrame: frame + 1, peak: data[row + id] });
    }
  }
  return path;
}

function groupIntoWords(path: Letter[], tokens: TokenTable, longestBlankFrames: number): Letter[][] {
  const words: Letter[][] = [];
  let current: Letter[] = [];
  const close = () => {
    // A lone word-start mark writes nothing.
    if (current.some(({ id }) => tokens.texts[id] !== '')) words.push(current);
    current = [];
  };
  for (const letter of path) {
    const kind = tokens.kinds[letter.id];
    const startsWord = kind === 'delimiter' || tokens.startsWord[letter.id];
    if (startsWord || letter.endFrame - letter.startFrame > longestBlankFrames) close();
    if (kind === 'text') current.push(letter);
  }
  close();
  return words.flatMap((word) => partUnspaced(word, tokens));
}

const wideLetters = /[\u2e80-\uffff]/;

/** Words of Chinese and Japanese have nothing between them: they are parted as they are where a person types them. */
function partUnspaced(letters: Letter[], tokens: TokenTable): Letter[][] {
  const text = letters.map(({ id }) => tokens.texts[id]).join('');
  if (!wideLetters.test(text)) return [letters];
  const words: Letter[][] = [];
  let written = 0;
  let end = 0;
  const parts = splitWords(text).values();
  for (const letter of letters) {
    if (written >= end) words.push([]);
    while (written >= end) end += parts.next().value?.length ?? Infinity;
    words.at(-1)!.push(letter);
    written += tokens.texts[letter.id].length;
  }
  return words;
}
