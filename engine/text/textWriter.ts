import { knowsEnglish } from '../../native-models/language/english/knowsEnglish.ts';
import type { ModelManifest } from '../../native-models/model.ts';
import type { TextCase } from '../contract.ts';
import type { RecognisedWord } from '../recognition/types.ts';
import { FormWriter } from './forms/formWriter.ts';
import type { PunctuationNetwork } from './punctuation/network.ts';
import { canPunctuate, Punctuator } from './punctuation/punctuator.ts';
import { ownWriting } from './ownWriting.ts';
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
  readonly #case: TextCase;
  readonly #sentences: SentenceCase | Punctuator;
  /** Null where numbers and the like stay as they were said. */
  readonly #forms: FormWriter | null;

  /** @param network for sentences of a language that it knows; others are told by their pauses */
  constructor(writing: Writing, manifest: ModelManifest, network: PunctuationNetwork) {
    this.#case = writing.case;
    this.#sentences =
      writing.case === 'sentence' && canPunctuate(manifest)
        ? new Punctuator(network)
        : new SentenceCase(writing.case, manifest);
    const hasForms = writing.numbers && writing.case !== 'lower' && knowsEnglish(manifest);
    this.#forms = hasForms ? new FormWriter() : null;
  }

  /** One call at a time. @returns the words that are settled by these. @throws ModelError */
  async push(words: readonly RecognisedWord[]): Promise<RecognisedWord[]> {
    return this.#formed(await this.#sentences.push(words));
  }

  /** What still waits, at the end of the speech. @throws ModelError */
  async flush(): Promise<RecognisedWord[]> {
    return [...this.#formed(await this.#sentences.flush()), ...(this.#forms?.flush() ?? [])];
  }

  /** After marks and capitals, which vocabulary and forms go by: a form never goes across a mark, and a name tells by its capital. */
  #formed(words: RecognisedWord[]): RecognisedWord[] {
    const own = words.map((word) => ownWriting(word, this.#case));
    return this.#forms?.push(own) ?? own;
  }
}
