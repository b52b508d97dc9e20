import { basename } from 'node:path';
import { emptyDocument } from '../../transcript/create.ts';
import type { Decoder, Outcome, OwnWord } from '../contract.ts';
import { vocabularyNotice, wordDecoder } from '../recognition/wordDecoder.ts';
import { GrowingTranscript, type WordsTold } from './growingTranscript.ts';
import { MediaRecognition, type JobServices, type RecognitionJob } from './recognition.ts';
import { nameSpeakers } from './speakers.ts';
import { documentSink, type TranscriptSink } from './transcriptSink.ts';
import { TextWriter, type Writing } from '../text/textWriter.ts';

export type TranscriptionJob = RecognitionJob & {
  writing: Writing;
  /** Missing: a beam where a language model fits. */
  decoder?: Decoder;
  /** Words to listen for. */
  vocabulary?: readonly OwnWord[];
  /** Whether people are told apart by their voices, once all words are there; not where channels are people. */
  speakers?: boolean;
  onWords(words: WordsTold): void;
  /** Where the words are written; missing: a document of the job's own. */
  sink?: TranscriptSink;
};

/**
 * Media to a document: each finished window's words are written, cased and appended while the next one is
 * recognised.
 * @throws as MediaRecognition.windows and wordDecoder
 */
export async function transcribeMedia(job: TranscriptionJob, services: JobServices): Promise<Outcome> {
  const media = new MediaRecognition(job, services);
  const sink = job.sink ?? documentSink(emptyDocument({ name: basename(job.path) }));
  const decoder = await wordDecoder(job, services.languageModelsFolder);
  const notice = await vocabularyNotice(job, services.languageModelsFolder);
  const text = new TextWriter(job.writing, job.model.manifest, services.punctuation);
  const transcript = new GrowingTranscript(job, sink, decoder, text);
  for await (const window of media.windows()) {
    await transcript.computedOn(media.device);
    await transcript.add(window);
  }
  await transcript.computedOn(media.device);
  await transcript.end(media.info, media.durationMs);
  if (job.speakers && job.options.channels === 'mix') await nameSpeakers(job, media.info, sink, services);
  await media.forget();
  return {
    document: sink.document,
    warnings: [...(notice === null ? [] : [notice]), ...media.report.warnings],
    incomplete: media.report.incomplete,
    meanConfidence: transcript.meanConfidence,
  };
}
