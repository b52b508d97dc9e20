import type { Log } from '../../../files/log.ts';
import { shippedPunctuationModel } from '../../../native-models/language/files.ts';
import {
  readPunctuationModel,
  type PunctuationModel,
} from '../../../native-models/language/punctuationModel.ts';
import {
  featuresPerWord,
  letterCases,
  marks,
  pauseClass,
  wordFeatures,
  type LetterCase,
  type Mark,
} from '../../../native-models/language/wordFeatures.ts';
import type { Launcher } from '../../recognition/launcher.ts';
import { Recogniser } from '../../recognition/recogniser.ts';

/** A word in small letters, and the pause behind it in ms; null where it is not known. */
export type HeardWord = { text: string; pauseMs: number | null };

/** How a word is written where no sentence begins, and the mark behind it. */
export type Punctuation = { letterCase: LetterCase; mark: Mark };

/** The network's process goes when it was not used for so long. */
const keepIdleMs = 60_000;

/**
 * The punctuation model in a recogniser process of its own, so that the engine never waits for it. Jobs share it; it
 * starts when it is first needed.
 */
export class PunctuationNetwork {
  readonly #launcher: Launcher;
  readonly #log: Log;
  #model: Promise<PunctuationModel> | undefined;
  #recogniser: Recogniser | undefined;
  #idle: NodeJS.Timeout | undefined;
  #running = 0;
  #isClosed = false;

  constructor(launcher: Launcher, log: Log) {
    this.#launcher = launcher;
    this.#log = log;
  }

  /** @throws ModelError where it does not lie beside the program */
  model(): Promise<PunctuationModel> {
    this.#model ??= readPunctuationModel(shippedPunctuationModel);
    return this.#model;
  }

  /** Begins to load, so that the first words need not wait for it; what goes wrong is told to them. */
  start(): void {
    this.#use((recogniser) => recogniser.start()).catch(() => undefined);
  }

  /**
   * Reads words that follow each other. What it says of a word depends on the model's `leftContextWords` before and
   * `rightContextWords` behind it.
   * @throws ModelError; AbortError once it is closed
   */
  async punctuate(words: readonly HeardWord[]): Promise<Punctuation[]> {
    if (words.length === 0) return [];
    const { vocabulary } = await this.model();
    const features = new Int32Array(words.length * featuresPerWord);
    words.forEach(({ text }, place) => features.set(wordFeatures(text, vocabulary), place * featuresPerWord));
    const pauses = Int32Array.from(words, ({ pauseMs }) => pauseClass(pauseMs));
    const { data, vocabularySize: outputs } = await this.#use((recogniser) =>
      recogniser.runWords(features, pauses),
    );
    return words.map((_, place) => {
      const row = data.subarray(place * outputs, (place + 1) * outputs);
      return { mark: likeliest(marks, row), letterCase: likeliest(letterCases, row.subarray(marks.length)) };
    });
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  async #use<T>(work: (recogniser: Recogniser) => Promise<T>): Promise<T> {
    const { folder, id } = await this.model();
    if (this.#isClosed) throw new DOMException('Cancelled.', 'AbortError');
    clearTimeout(this.#idle);
    this.#running += 1;
    try {
      this.#recogniser ??= new Recogniser({
        launcher: this.#launcher,
        model: { folder, manifest: { id } },
        device: 'cpu',
        precision: 'float32',
        threads: 1,
        log: this.#log,
      });
      return await work(this.#recogniser);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle = setTimeout(() => this.#end(), keepIdleMs).unref();
    }
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#recogniser?.close();
    this.#recogniser = undefined;
  }
}

function likeliest<T>(labels: readonly T[], logits: Float32Array): T {
  let best = 0;
  for (let label = 1; label < labels.length; label += 1) if (logits[label] > logits[best]) best = label;
  return labels[best];
}
