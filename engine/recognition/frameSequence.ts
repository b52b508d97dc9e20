import type { ModelManifest } from '../../native-models/model.ts';
import { sampleRateHz } from '../media/types.ts';
import { checkVocabulary } from './ctc.ts';
import { tokenTable, type TokenTable } from './tokens.ts';
import type { LogProbabilities } from './types.ts';

/** A run of frames of one piece, or one frame that stands for a gap between pieces. */
type Stretch = { firstFrame: number; piece: LogProbabilities | null; pieceFrame: number; frames: number };

/**
 * No letter costs more than this on a frame (natural logarithm, against the frame's likeliest token), so that one
 * frame which the model is sure about cannot outweigh a whole word.
 */
export const floor = -12;
/** What it costs to pass over a frame on which the model hears a letter that the text has not. */
const foreignLetterCost = -5;
/** Letters of one word lie close together: among paths that the frames like alike, the tightest words are right. */
const blankInsideWordCost = -0.2;
/** A word seldom goes on behind a gap, where nobody was heard to speak. */
const gapInsideWordCost = -6;

/**
 * The pieces of a recording as one row of frames, a gap counting as a single silent frame. A frame is read as
 * costs: each token's log-probability less that of the frame's likeliest token, 0 for the likeliest, at least
 * `floor`. Two more stand behind the vocabulary: `insideId`, the blank between a word's letters, and `betweenId`,
 * silence between words, as blank, as delimiter or, at a price, as anything that the text lacks.
 */
export class FrameSequence {
  readonly frames: number;
  readonly tokens: TokenTable;
  readonly insideId: number;
  readonly betweenId: number;
  /** How many costs a frame has. */
  readonly columns: number;
  readonly #stretches: Stretch[] = [];

  /**
   * @param pieces on one clock; order is free, and where two overlap the earlier one counts.
   * @throws RangeError where a piece was made with another vocabulary.
   */
  constructor(pieces: LogProbabilities[], manifest: ModelManifest, range: { fromMs: number; toMs: number }) {
    this.tokens = tokenTable(manifest);
    this.insideId = this.tokens.size;
    this.betweenId = this.tokens.size + 1;
    this.columns = this.tokens.size + 2;
    let frames = 0;
    const push = (piece: LogProbabilities | null, pieceFrame: number, count: number) => {
      this.#stretches.push({ firstFrame: frames, piece, pieceFrame, frames: count });
      frames += count;
    };
    let heardUpTo = -Infinity;
    for (const piece of pieces.toSorted((a, b) => a.startSample - b.startSample)) {
      checkVocabulary(piece, manifest);
      const { startSample, hopSamples } = piece;
      const frameAt = (sample: number) => Math.round((sample - startSample) / hopSamples);
      const first = Math.max(0, frameAt(Math.max(heardUpTo, (range.fromMs * sampleRateHz) / 1000)));
      const end = Math.min(piece.frames, frameAt((range.toMs * sampleRateHz) / 1000));
      if (first >= end) continue;
      if (frames > 0 && startSample + first * hopSamples - heardUpTo > hopSamples) push(null, 0, 1);
      push(piece, first, end - first);
      heardUpTo = startSample + end * hopSamples;
    }
    this.frames = frames;
  }

  /**
   * Writes a frame's costs, each at most 0; in a gap no token can be but blank.
   * @returns the likeliest token.
   */
  readCosts(frame: number, costs: Float64Array): number {
    const { size, blankId, delimiterId } = this.tokens;
    const { piece, pieceFrame, firstFrame } = this.#stretchAt(frame);
    if (piece === null) {
      costs.fill(-Infinity);
      costs[this.insideId] = gapInsideWordCost;
      costs[this.betweenId] = 0;
      return blankId;
    }
    const row = (pieceFrame + frame - firstFrame) * size;
    let best = 0;
    for (let id = 1; id < size; id += 1) if (piece.data[row + id] > piece.data[row + best]) best = id;
    const highest = piece.data[row + best];
    for (let id = 0; id < size; id += 1) costs[id] = Math.max(floor, piece.data[row + id] - highest);
    costs[this.insideId] = costs[blankId] + blankInsideWordCost;
    const delimiter = delimiterId === null ? floor : costs[delimiterId];
    costs[this.betweenId] = Math.max(costs[blankId], delimiter, foreignLetterCost);
    return best;
  }

  /** Where a frame begins and ends on the media's clock, and the stretch of recording that it lies in. */
  placeMs(frame: number): { startMs: number; endMs: number; earliestMs: number; latestMs: number } {
    const stretch = this.#stretchAt(frame);
    const { piece, pieceFrame, firstFrame, frames } = stretch;
    if (piece === null) throw new RangeError(`Frame ${frame} is a gap.`);
    const toMs = (inPiece: number) =>
      ((piece.startSample + inPiece * piece.hopSamples) * 1000) / sampleRateHz;
    const inPiece = pieceFrame + frame - firstFrame;
    return {
      startMs: toMs(inPiece),
      endMs: toMs(inPiece + 1),
      earliestMs: toMs(pieceFrame),
      latestMs: toMs(pieceFrame + frames),
    };
  }

  #stretchAt(frame: number): Stretch {
    let low = 0;
    let high = this.#stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#stretches[middle].firstFrame <= frame) low = middle;
      else high = middle - 1;
    }
    return this.#stretches[low];
  }
}
