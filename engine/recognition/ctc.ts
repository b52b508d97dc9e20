import type { ModelManifest } from '../../native-models/model.ts';
import { tokenTable, type TokenTable } from './tokens.ts';
import type { LogProbabilities, RecognisedWord } from './types.ts';
import { wordEdges } from './wordEdges.ts';

/** One letter of the best path: the frames on which it is the likeliest token, and its highest log-probability there. */
type Letter = { id: number; startFrame: number; endFrame: number; peak: number };

/**
 * CTC greedy decoding: the likeliest token of each frame, repeats merged, blanks and special tokens dropped, cut
 * into words at the delimiter.
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
  const tokens = tokenTable(manifest);
  if (logProbabilities.vocabularySize !== tokens.size) {
    throw new RangeError(
      `The log-probabilities have ${logProbabilities.vocabularySize} tokens a frame, but model ${manifest.id} has ${tokens.size}.`,
    );
  }
  const words = groupIntoWords(bestPath(logProbabilities), tokens);
  const edges = wordEdges(
    words.map((letters) => ({ startFrame: letters[0].startFrame, endFrame: letters.at(-1)!.endFrame })),
    logProbabilities,
  );
  return words.map((letters, i) => ({
    text: letters.map(({ id }) => tokens.texts[id]).join(''),
    ...edges[i],
    confidence: Math.min(1, Math.exp(letters.reduce((sum, { peak }) => sum + peak, 0) / letters.length)),
    channel: options.channel,
  }));
}

/** The runs of the likeliest token, blanks among them. */
function bestPath({ data, frames, vocabularySize }: LogProbabilities): Letter[] {
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

function groupIntoWords(path: Letter[], tokens: TokenTable): Letter[][] {
  const words: Letter[][] = [];
  let current: Letter[] = [];
  const close = () => {
    // A lone word-start mark writes nothing.
    if (current.some(({ id }) => tokens.texts[id] !== '')) words.push(current);
    current = [];
  };
  for (const letter of path) {
    const kind = tokens.kinds[letter.id];
    if (kind === 'delimiter' || tokens.startsWord[letter.id]) close();
    if (kind === 'text') current.push(letter);
  }
  close();
  return words;
}
