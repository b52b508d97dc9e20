import type { FinishedWindow } from '../projects/windowStore.ts';
import type { LogProbabilities, RecognisedWord } from './types.ts';

/** A word that ends this close to a window's end may go on in the next window. */
const openEndMs = 400;
/** Behind a longer pause something new begins. */
const longestPauseMs = 2000;

/** Reads the words of one piece; `previous` are the words just before it, where there are any. */
export type WordDecoder = (
  piece: LogProbabilities,
  context: { channel: number; previous: string[] },
) => Promise<RecognisedWord[]>;

/**
 * Words of consecutive windows. Where speech had no silence to cut at, a word may lie on both sides of a cut:
 * the frames of a window's last word wait for the next window and are read together with it.
 */
export class WindowWords {
  readonly #decoder: WordDecoder;
  readonly #held = new Map<number, { piece: LogProbabilities; endSample: number }>();
  readonly #last = new Map<number, RecognisedWord[]>();

  constructor(decoder: WordDecoder) {
    this.#decoder = decoder;
  }

  /** The words that are certain once this window is known. One call at a time. */
  async push(window: FinishedWindow): Promise<RecognisedWord[]> {
    const before: RecognisedWord[] = [];
    let piece = window.logProbabilities;
    const held = this.#held.get(window.channel);
    if (held) {
      this.#held.delete(window.channel);
      if (held.endSample === window.startSample && held.piece.hopSamples === piece.hopSamples) {
        piece = join(held.piece, piece);
      } else {
        before.push(...this.#settle(await this.#decode(held.piece, window.channel)));
      }
    }
    const words = await this.#decode(piece, window.channel);
    const last = words.at(-1);
    const endMs = window.endSample / 16;
    if (!last || last.endMs < endMs - openEndMs) return [...before, ...this.#settle(words)];

    const cutMs = words.length > 1 ? (words.at(-2)!.endMs + last.startMs) / 2 : 0;
    const cutFrame = Math.max(0, Math.floor((cutMs * 16 - piece.startSample) / piece.hopSamples));
    this.#held.set(window.channel, { piece: from(piece, cutFrame), endSample: window.endSample });
    return [...before, ...this.#settle(words.slice(0, -1))];
  }

  /** What still waits, at the end. */
  async flush(): Promise<RecognisedWord[]> {
    const words: RecognisedWord[] = [];
    for (const [channel, { piece }] of this.#held) words.push(...(await this.#decode(piece, channel)));
    this.#held.clear();
    return words.sort((a, b) => a.startMs - b.startMs);
  }

  async #decode(piece: LogProbabilities, channel: number): Promise<RecognisedWord[]> {
    if (piece.frames === 0) return [];
    const last = this.#last.get(channel) ?? [];
    const pauseMs = piece.startSample / 16 - (last.at(-1)?.endMs ?? -Infinity);
    return this.#decoder(piece, {
      channel,
      previous: pauseMs > longestPauseMs ? [] : last.map(({ text }) => text),
    });
  }

  #settle(words: RecognisedWord[]): RecognisedWord[] {
    const last = words.at(-1);
    if (last) this.#last.set(last.channel, [...(this.#last.get(last.channel) ?? []), ...words].slice(-2));
    return words;
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
