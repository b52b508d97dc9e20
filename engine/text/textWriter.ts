import type { ModelManifest } from '../../native-models/model.ts';
import type { TextCase } from '../contract.ts';
import type { RecognisedWord } from '../recognition/types.ts';
import { SentenceCase } from './sentenceCase.ts';

/** How a person wants recognised words written. */
export type Writing = {
  case: TextCase;
  /** Numbers, dates, sums and the like in their written form. */
  numbers: boolean;
};

/**
 * Turns recognised words, as they come, into written text, one stage behind the other. The same words make the same
 * text in whatever portions they come; a resumed job counts on that. A word may wait for those behind it; each channel's
 * words keep their order.
 */
export class TextWriter {
  readonly #case: SentenceCase;

  constructor(writing: Writing, manifest: ModelManifest) {
    this.#case = new SentenceCase(writing.case, manifest);
  }

  /** One call at a time. @returns the words that are settled by these. */
  async push(words: readonly RecognisedWord[]): Promise<RecognisedWord[]> {
    return words.flatMap((word) => this.#case.push(word));
  }

  /** What still waits, at the end of the speech. */
  async flush(): Promise<RecognisedWord[]> {
    return this.#case.flush();
  }
}
