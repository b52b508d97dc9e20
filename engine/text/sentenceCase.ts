import type { ModelManifest } from '../../native-models/model.ts';
import type { TextCase } from '../contract.ts';
import type { RecognisedWord } from '../recognition/types.ts';

/** Only so long a silence surely ends a sentence: a false full stop reads worse than a missing one. */
export const sentencePauseMs = 900;

/** English words behind which nobody ends a sentence, however long they think. */
const neverLast = new Set(
  'a an the and or but nor if because although than of from into my your our their its every'.split(' '),
);

/** Whether a model writes capitals and small letters itself, so that its case means something. */
export function writesCase({ vocabulary, specialIds }: ModelManifest): boolean {
  const text = vocabulary.filter((_, id) => !specialIds.includes(id)).join('');
  return /\p{Lu}/u.test(text) && /\p{Ll}/u.test(text);
}

/**
 * Turns the recogniser's words, as they come, into written ones: `sentence` makes them small, with a capital at
 * the beginning and after a clear pause, a full stop before one and at the end, and English "I" large; `lower`
 * makes them small; `as-is` leaves them. A model that writes case itself keeps it. Times stay as they are.
 *
 * A word comes out when the next one of its channel is known, so each channel's words keep their order, but two
 * channels' words may come out in another order than they went in.
 */
export class SentenceCase {
  readonly #mode: TextCase;
  readonly #isEnglish: boolean;
  readonly #waiting = new Map<number, { word: RecognisedWord; startsSentence: boolean }>();

  constructor(mode: TextCase, manifest: ModelManifest) {
    this.#mode = mode === 'sentence' && writesCase(manifest) ? 'as-is' : mode;
    this.#isEnglish = manifest.languages.length === 0 || manifest.languages.some((tag) => /^en\b/i.test(tag));
  }

  /** @returns the words that are settled by these. */
  push(words: readonly RecognisedWord[]): RecognisedWord[] {
    return words.flatMap((word) => this.#pushOne(word));
  }

  #pushOne(word: RecognisedWord): RecognisedWord[] {
    if (this.#mode === 'as-is') return [word];
    if (this.#mode === 'lower') return [{ ...word, text: word.text.toLowerCase() }];
    const previous = this.#waiting.get(word.channel);
    const endsSentence =
      previous !== undefined &&
      word.startMs - previous.word.endMs >= sentencePauseMs &&
      !(this.#isEnglish && neverLast.has(previous.word.text.toLowerCase()));
    this.#waiting.set(word.channel, { word, startsSentence: previous === undefined || endsSentence });
    return previous === undefined ? [] : [this.#write(previous, endsSentence)];
  }

  /** What still waits, at the end of the speech. */
  flush(): RecognisedWord[] {
    const last = [...this.#waiting.values()].map((waiting) => this.#write(waiting, true));
    this.#waiting.clear();
    return last.sort((a, b) => a.startMs - b.startMs);
  }

  #write(
    { word, startsSentence }: { word: RecognisedWord; startsSentence: boolean },
    endsSentence: boolean,
  ): RecognisedWord {
    let text = word.text.toLowerCase();
    if (startsSentence || (this.#isEnglish && /^i(?:$|['’])/.test(text))) text = capitalised(text);
    return { ...word, text: endsSentence && hasCase(text.at(-1)!) ? `${text}.` : text };
  }
}

/** The words of a stream through SentenceCase, each as soon as it is settled. */
export async function* sentenceCased(
  words: AsyncIterable<RecognisedWord> | Iterable<RecognisedWord>,
  mode: TextCase,
  manifest: ModelManifest,
): AsyncGenerator<RecognisedWord> {
  const sentenceCase = new SentenceCase(mode, manifest);
  for await (const word of words) yield* sentenceCase.push([word]);
  yield* sentenceCase.flush();
}

function capitalised(text: string): string {
  const [first, ...rest] = text;
  return first.toUpperCase() + rest.join('');
}

/** Scripts without case have their own stops, and seldom spaces. */
function hasCase(character: string): boolean {
  return character.toUpperCase() !== character.toLowerCase();
}
