import { basename } from 'node:path';
import { emptyDocument } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import type { EventPayload, Outcome, TextCase } from '../contract.ts';
import type { RecognisedWord } from '../recognition/types.ts';
import { WindowWords } from '../recognition/windowWords.ts';
import { SentenceCase } from '../text/sentenceCase.ts';
import { MediaRecognition, type JobServices, type RecognitionJob } from './recognition.ts';

export type TranscriptionJob = RecognitionJob & {
  case: TextCase;
  onWords(words: EventPayload<'job.words'>): void;
};

/**
 * Media to a document: each finished window's words are written, cased and appended while the next one is
 * recognised.
 * @throws as MediaRecognition.windows
 */
export async function transcribeMedia(job: TranscriptionJob, services: JobServices): Promise<Outcome> {
  const media = new MediaRecognition(job, services);
  const transcript = new GrowingTranscript(job);
  for await (const window of media.windows()) {
    transcript.add(transcript.words.push(window));
  }
  transcript.add(transcript.words.flush());
  transcript.end(media.info, media.report.endMs);
  await media.forget();
  return {
    document: transcript.document,
    warnings: media.report.warnings,
    incomplete: media.report.incomplete,
    meanConfidence: transcript.meanConfidence,
  };
}

/** The document of a running job. */
class GrowingTranscript {
  readonly words: WindowWords;
  document: TranscriptDocument;
  readonly #job: TranscriptionJob;
  readonly #case: SentenceCase;
  #count = 0;
  #confidence = 0;

  constructor(job: TranscriptionJob) {
    const { manifest } = job.model;
    this.#job = job;
    this.words = new WindowWords(manifest);
    this.#case = new SentenceCase(job.case, manifest);
    const device = job.options.device === 'auto' ? 'cpu' : job.options.device;
    this.document = {
      ...emptyDocument({ name: basename(job.path) }),
      model: { id: manifest.id, device },
      languages: manifest.languages,
    };
  }

  get meanConfidence(): number | null {
    return this.#count === 0 ? null : this.#confidence / this.#count;
  }

  add(recognised: RecognisedWord[]): void {
    this.#append(recognised.flatMap((word) => this.#case.push(word)));
  }

  /** The last words, and what is known of the media once it has been read. */
  end({ video }: MediaRecognition['info'], endMs: number): void {
    this.#append(this.#case.flush());
    const durationMs = Math.max(this.document.media.durationMs, Math.round(endMs));
    const { frameRate = null, startTimecode = null } = video ?? {};
    this.document = {
      ...this.document,
      media: { ...this.document.media, durationMs, frameRate, startTimecode },
    };
  }

  #append(written: RecognisedWord[]): void {
    if (written.length === 0) return;
    const { options, model } = this.#job;
    const operations = appendWords(
      this.#withSpeakers(written),
      written.map(({ channel, ...word }) => ({
        ...word,
        origin: 'recogniser' as const,
        modelId: model.manifest.id,
        speakerId: options.channels === 'split' ? speakerId(channel) : null,
      })),
    );
    this.document = applyOperations(this.document, operations).document;
    for (const { confidence } of written) {
      this.#count += 1;
      this.#confidence += confidence;
    }
    this.#job.onWords({
      jobId: this.#job.id,
      text: written.map(({ text }) => text).join(' '),
      startMs: written[0].startMs,
      endMs: written.at(-1)!.endMs,
    });
  }

  /** With split channels each channel is a speaker from its first word on. */
  #withSpeakers(written: RecognisedWord[]): TranscriptDocument {
    if (this.#job.options.channels !== 'split') return this.document;
    const known = new Set(this.document.speakers.map(({ id }) => id));
    const channels = [...new Set(written.map(({ channel }) => channel))].filter(
      (channel) => !known.has(speakerId(channel)),
    );
    const { document } = applyOperations(
      this.document,
      channels.map((channel) => ({
        type: 'addSpeaker' as const,
        speaker: { id: speakerId(channel), name: `Channel ${channel + 1}` },
        beforeId: null,
      })),
    );
    this.document = document;
    return document;
  }
}

const speakerId = (channel: number) => `channel${channel + 1}`;
