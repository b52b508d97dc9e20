import type { TranscriptDocument } from '../../transcript/document.ts';
import { applyOperations, type Operation } from '../../transcript/operations.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import type { EventPayload } from '../contract.ts';
import type { MediaInfo } from '../media/types.ts';
import type { FinishedWindow } from '../projects/windowStore.ts';
import type { RecogniserDevice } from '../recognition/recogniser.ts';
import type { RecognisedWord } from '../recognition/types.ts';
import { WindowWords, type WordDecoder } from '../recognition/windowWords.ts';
import type { TextWriter } from '../text/textWriter.ts';
import type { RecognitionJob } from './recognition.ts';
import type { TranscriptSink } from './transcriptSink.ts';

export type WordsTold = EventPayload<'job.words'>;
type Job = Pick<RecognitionJob, 'id' | 'model' | 'options'> & {
  onWords(words: WordsTold): void;
};

/**
 * Turns windows into words of a document as they come. All windows of a job pass here, also those of an earlier run:
 * the words are the same again, and those that stand in the document already are counted and left.
 */
export class GrowingTranscript {
  readonly #job: Job;
  readonly #sink: TranscriptSink;
  readonly #words: WindowWords;
  readonly #text: TextWriter;
  readonly #standing: number;
  #device: RecogniserDevice | undefined;
  #count = 0;
  #confidence = 0;

  constructor(job: Job, sink: TranscriptSink, decoder: WordDecoder, text: TextWriter) {
    this.#job = job;
    this.#sink = sink;
    this.#standing = sink.heardWords;
    this.#words = new WindowWords(decoder);
    this.#text = text;
  }

  get meanConfidence(): number | null {
    return this.#count === 0 ? null : this.#confidence / this.#count;
  }

  /** Says in the document which model is at work, and on which device. */
  async computedOn(device: RecogniserDevice): Promise<void> {
    const { manifest } = this.#job.model;
    const model = { id: manifest.id, device };
    if (device === this.#device) return;
    this.#device = device;
    await this.#sink.write(
      (document) =>
        document.model?.id === model.id && document.model.device === model.device
          ? []
          : [{ type: 'setProperties', model, languages: manifest.languages }],
      null,
    );
  }

  async add(window: FinishedWindow): Promise<void> {
    await this.#append(await this.#text.push(await this.#words.push(window)));
  }

  /** The last words, and what is known of the media once it has been read. */
  async end({ video }: MediaInfo, endMs: number): Promise<void> {
    const words = await this.#text.push(await this.#words.flush());
    await this.#append([...words, ...(await this.#text.flush())]);
    const { frameRate = null, startTimecode = null } = video ?? {};
    await this.#sink.write(({ media }) => {
      const durationMs = Math.max(media.durationMs, Math.round(endMs));
      return [{ type: 'setProperties', media: { ...media, durationMs, frameRate, startTimecode } }];
    }, null);
  }

  async #append(settled: RecognisedWord[]): Promise<void> {
    const before = this.#count;
    for (const { confidence } of settled) {
      this.#count += 1;
      this.#confidence += confidence;
    }
    const written = settled.slice(Math.max(0, this.#standing - before));
    if (written.length === 0) return;
    await this.#sink.write((document) => this.#operations(document, written), this.#count);
    this.#job.onWords({
      jobId: this.#job.id,
      text: written.map(({ text }) => text).join(' '),
      startMs: written[0].startMs,
      endMs: written.at(-1)!.endMs,
    });
  }

  #operations(document: TranscriptDocument, written: RecognisedWord[]): Operation[] {
    const { options, model } = this.#job;
    const isSplit = options.channels === 'split';
    const speakers = isSplit ? newSpeakers(document, written) : [];
    const words = appendWords(
      applyOperations(document, speakers).document,
      written.map(({ channel, ...word }) => ({
        ...word,
        origin: 'recogniser' as const,
        modelId: model.manifest.id,
        speakerId: isSplit ? channelSpeakerId(channel) : null,
      })),
    );
    return [...speakers, ...words];
  }
}

/** With split channels each channel is a speaker from its first word on. */
function newSpeakers({ speakers }: TranscriptDocument, written: RecognisedWord[]): Operation[] {
  const known = new Set(speakers.map(({ id }) => id));
  return [...new Set(written.map(({ channel }) => channel))]
    .filter((channel) => !known.has(channelSpeakerId(channel)))
    .map((channel) => ({
      type: 'addSpeaker',
      speaker: { id: channelSpeakerId(channel), name: `Channel ${channel + 1}` },
      beforeId: null,
    }));
}

const channelSpeakerId = (channel: number) => `channel${channel + 1}`;
