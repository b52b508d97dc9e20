import type { ModelManifest } from '../../../native-models/model.ts';
import type { RecognisedWord } from '../../recognition/types.ts';
import { writesCase } from '../sentenceCase.ts';
import type { HeardWord, PunctuationNetwork } from './network.ts';
import { SentenceWriter } from './sentenceWriter.ts';

/** Whether the punctuation model knows what a model writes: English, and nothing but its words. */
export function canPunctuate(manifest: ModelManifest): boolean {
  const { languages, vocabulary, specialIds } = manifest;
  const writesMarks = vocabulary.some((token, id) => !specialIds.includes(id) && /[.,?!]/.test(token));
  const isEnglish = languages.length > 0 && languages.every((tag) => /^en\b/i.test(tag));
  return isEnglish && !writesCase(manifest) && !writesMarks;
}

/** One channel's speech: words that wait, and those before them that still count. */
type Channel = { context: HeardWord[]; waiting: RecognisedWord[]; writer: SentenceWriter };

/**
 * Gives the recogniser's words, as they come, their case and marks. A word comes out when all words that it depends
 * on are known, so it is written alike in whatever portions they come; times stay as they are.
 */
export class Punctuator {
  readonly #network: PunctuationNetwork;
  readonly #channels = new Map<number, Channel>();

  constructor(network: PunctuationNetwork) {
    this.#network = network;
    network.start();
  }

  /** One call at a time. @returns the words that are settled by these. @throws ModelError */
  async push(words: readonly RecognisedWord[]): Promise<RecognisedWord[]> {
    const { forms, rightContextWords } = await this.#network.model();
    for (const word of words) {
      let channel = this.#channels.get(word.channel);
      if (!channel) {
        channel = { context: [], waiting: [], writer: new SentenceWriter(forms) };
        this.#channels.set(word.channel, channel);
      }
      channel.waiting.push(word);
    }
    const settled: RecognisedWord[] = [];
    for (const channel of this.#channels.values()) {
      // The last word's pause is known when its next word is.
      const count = channel.waiting.length - rightContextWords - 1;
      if (count > 0) settled.push(...(await this.#settle(channel, count)));
    }
    return settled;
  }

  /** What still waits, at the end of the speech. @throws ModelError */
  async flush(): Promise<RecognisedWord[]> {
    const settled: RecognisedWord[] = [];
    for (const channel of this.#channels.values()) {
      settled.push(...(await this.#settle(channel, channel.waiting.length, true)));
    }
    this.#channels.clear();
    return settled.sort((a, b) => a.startMs - b.startMs);
  }

  async #settle(channel: Channel, count: number, isEnd = false): Promise<RecognisedWord[]> {
    const { context, waiting, writer } = channel;
    if (count === 0) return [];
    const heard = waiting.map((word, place) => ({
      text: word.text.toLowerCase(),
      pauseMs: place + 1 < waiting.length ? Math.max(0, waiting[place + 1].startMs - word.endMs) : null,
    }));
    // At the end the last word has no pause; before it, what waits behind the settled ones is context with pauses.
    const read = isEnd ? heard : heard.slice(0, -1);
    const punctuation = await this.#network.punctuate([...context, ...read]);
    const { leftContextWords } = await this.#network.model();
    channel.context = [...context, ...heard.slice(0, count)].slice(-leftContextWords);
    channel.waiting = waiting.slice(count);
    return waiting
      .slice(0, count)
      .map((word, place) =>
        writer.write(word, punctuation[context.length + place], isEnd && place === count - 1),
      );
  }
}
