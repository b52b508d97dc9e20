import { basename } from 'node:path';
import type { TranscriptDocument, Word } from '../../transcript/document.ts';
import type { Outcome } from '../contract.ts';
import { alignInWorker } from '../recognition/alignInWorker.ts';
import type { AlignedWord } from '../recognition/alignment.ts';
import { mismatches } from '../recognition/mismatches.ts';
import type { LogProbabilities } from '../recognition/types.ts';
import { MediaRecognition, type JobServices, type RecognitionJob } from './recognition.ts';

export type AlignmentJob = RecognitionJob & { document: TranscriptDocument };

/**
 * Gives the words of a document their times in a medium.
 * @throws as MediaRecognition.windows
 */
export async function alignMedia(job: AlignmentJob, services: JobServices): Promise<Outcome> {
  const media = new MediaRecognition(job, services);
  const pieces: LogProbabilities[] = [];
  for await (const { logProbabilities } of media.windows()) pieces.push(logProbabilities);

  const words = job.document.items.filter((item) => item.kind === 'word');
  const options = { signal: job.signal, fromMs: job.options.fromMs, toMs: job.options.toMs };
  const aligned = await alignInWorker(
    pieces,
    words.map(({ text, spoken }) => ({ text, spoken })),
    job.model.manifest,
    options,
  );
  const warnings = await mismatches(pieces, aligned, job.model.manifest, options);
  const durationMs = Math.max(media.durationMs, aligned.at(-1)?.endMs ?? 0);
  await media.forget();
  const { frameRate = null, startTimecode = null } = media.info.video ?? {};
  return {
    document: {
      ...withTimes(job.document, words, aligned, job.model.manifest.id),
      media: { name: basename(job.path), durationMs, frameRate, startTimecode },
      model: { id: job.model.manifest.id, device: media.device },
    },
    warnings: [...media.report.warnings, ...warnings],
    incomplete: media.report.incomplete,
    meanConfidence:
      aligned.length === 0
        ? null
        : aligned.reduce((sum, { alignment }) => sum + alignment, 0) / aligned.length,
  };
}

function withTimes(
  document: TranscriptDocument,
  words: Word[],
  aligned: AlignedWord[],
  modelId: string,
): TranscriptDocument {
  const timed = new Map(
    words.map((word, place) => {
      const { startMs, endMs, alignment } = aligned[place];
      return [word.id, { ...word, startMs, endMs, alignment, origin: 'aligner' as const, modelId }];
    }),
  );
  return {
    ...document,
    items: document.items.map((item) => timed.get(item.id) ?? item),
    // Cues stay the cues that they were; the old times of them do not count any more.
    overrides: document.overrides.map(({ startMs: _start, endMs: _end, ...rest }) => rest),
  };
}
