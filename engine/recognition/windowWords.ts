import type { ModelManifest } from '../../native-models/model.ts';
import type { FinishedWindow } from '../projects/windowStore.ts';
import { greedyWords } from './ctc.ts';
import type { LogProbabilities, RecognisedWord } from './types.ts';

/** A word that ends this close to a window's end may go on in the next window. */
const openEndMs = 400;

/**
 * Words of consecutive windows. Where speech had no silence to cut at, a word may lie on both sides of a cut:
 * the frames of a window's last word wait for the next window and are read together with it.
 */
export class WindowWords {
  readonly #manifest: ModelManifest;
  readonly #held = new Map<number, { piece: LogProbabilities; endSample: number }>();

  constructor(manifest: ModelManifest) {
    this.#manifest = manifest;
  }

  /** The words that are certain once this window is known. */
  push(window: FinishedWindow): RecognisedWord[] {
    const before: RecognisedWord[] = [];
    let piece = window.logProbabilities;
    const held = this.#held.get(window.channel);
    if (held) {
      this.#held.delete(window.channel);
      if (held.endSample === window.startSample && held.piece.hopSamples === piece.hopSamples) {
        piece = join(held.piece, piece);
      } else {
        before.push(...this.#decode(held.piece, window.channel));
      }
    }
    const words = this.#decode(piece, window.channel);
    const last = words.at(-1);
    const endMs = window.endSample / 16;
    if (!last || last.endMs < endMs - openEndMs) return [...before, ...words];

    const cutMs = words.length > 1 ? (words.at(-2)!.endMs + last.startMs) / 2 : 0;
    const cutFrame = Math.max(0, Math.floor((cutMs * 16 - piece.startSample) / piece.hopSamples));
    this.#held.set(window.channel, { piece: from(piece, cutFrame), endSample: window.endSample });
    return [...before, ...words.slice(0, -1)];
  }

  /** What still waits, at the end. */
  flush(): RecognisedWord[] {
    const words = [...this.#held].flatMap(([channel, { piece }]) => this.#decode(piece, channel));
    this.#held.clear();
    return words.sort((a, b) => a.startMs - b.startMs);
  }

  #decode(piece: LogProbabilities, channel: number): RecognisedWord[] {
    return piece.frames === 0 ? [] : greedyWords(piece, this.#manifest, { channel });
  }
}

function from(piece: LogProbabilities, frame: number): LogProbabilities {
  return {
    ...piece,
    frames: piece.frames - frame,
    data: piece.data.slice(frame * piece.vocabularySize),
    startSample: piece.startSample + frame * piece.hopSamples,
  };
}

/** Two pieces as one; the second's frames keep their own places to within a hop. */
function join(first: LogProbabilities, second: LogProbabilities): LogProbabilities {
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  const frames = first.frames + second.frames;
  // The second piece has more frames as a rule, so its clock counts.
  return { ...second, frames, data, startSample: second.startSample - first.frames * second.hopSamples };
}
