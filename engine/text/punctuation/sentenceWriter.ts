import type { RecognisedWord } from '../../recognition/types.ts';
import type { Punctuation } from './network.ts';

/** Writes words one after another: a sentence begins with a capital, and the last one ends with a stop. */
export class SentenceWriter {
  readonly #forms: ReadonlyMap<string, string>;
  #startsSentence = true;

  /** @param forms words that have capitals inside: `mcgregor` → `McGregor` */
  constructor(forms: ReadonlyMap<string, string>) {
    this.#forms = forms;
  }

  /** @param isLast nothing comes behind it */
  write(word: RecognisedWord, { letterCase, mark }: Punctuation, isLast: boolean): RecognisedWord {
    const startsSentence = this.#startsSentence;
    const cased = (text: string) => {
      const small = text.toLowerCase();
      if (letterCase === 'upper') return small.toUpperCase();
      const isCapital = startsSentence || letterCase === 'capitalised' || /^i(?:$|['’])/.test(small);
      return isCapital ? (this.#forms.get(small) ?? capitalised(small)) : small;
    };
    const ending = isLast && !isStop(mark) ? '.' : mark;
    this.#startsSentence = isStop(ending);
    return {
      ...word,
      text: cased(word.text) + ending,
      ...(word.alternatives && {
        alternatives: word.alternatives.map((other) => ({ ...other, text: cased(other.text) })),
      }),
    };
  }
}

const isStop = (mark: string) => mark === '.' || mark === '?' || mark === '!';

function capitalised(text: string): string {
  const [first, ...rest] = text;
  return first.toUpperCase() + rest.join('');
}
