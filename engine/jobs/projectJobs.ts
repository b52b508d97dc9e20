import { basename } from 'node:path';
import { newId } from '../../transcript/create.ts';
import { OperationError, type Operation, type WordChange } from '../../transcript/operations.ts';
import { jobEditPrefix, type EventPayload, type RecognitionOptions } from '../contract.ts';
import type { Models } from '../models.ts';
import { wantedTrack } from '../media/chooseTrack.ts';
import { PeakMeter, peaksPerSecond } from '../media/peaks.ts';
import { sampleRateHz, SourceError, type MediaInfo } from '../media/types.ts';
import { checkSource } from '../media/source.ts';
import { isMediaThere } from '../projects/projectMedia.ts';
import type { Project } from '../projects/project.ts';
import { replaceRange } from '../projects/replaceRange.ts';
import { alignInWorker } from '../recognition/alignInWorker.ts';
import { mismatches } from '../recognition/mismatches.ts';
import type { LoadedModel } from '../recognition/recogniser.ts';
import type { LogProbabilities, RecognisedWord } from '../recognition/types.ts';
import { WindowWords } from '../recognition/windowWords.ts';
import { vocabularyNotice, wordDecoder } from '../recognition/wordDecoder.ts';
import { TextWriter, type Writing } from '../text/textWriter.ts';
import type { WordsTold } from './growingTranscript.ts';
import type { JobRecord } from './queueFile.ts';
import { MediaRecognition, type JobServices, type RecognitionJob } from './recognition.ts';
import { findSpeakers } from './speakers.ts';
import { transcribeMedia } from './transcription.ts';
import { projectSink } from './transcriptSink.ts';
import type { WindowPlace } from './windowPlace.ts';

export type ProjectJob = {
  record: JobRecord;
  project: Project;
  signal: AbortSignal;
  onProgress(progress: EventPayload<'job.progress'>): void;
  onWords(words: WordsTold): void;
  /** The project knows more of its medium: how long it is, whether it has a picture. */
  onMedia(): void;
};

export type JobEnd = { warnings: string[]; incomplete: boolean };

/**
 * Does a job of the queue, its result in its project.
 * @throws as MediaRecognition.windows
 */
export async function runProjectJob(
  job: ProjectJob,
  services: JobServices & { models: Models },
): Promise<JobEnd> {
  const { media } = job.project.about;
  if (!media) throw new SourceError(`“${job.project.about.name}” has no recording; show where it is.`);
  if (!(await isMediaThere(job.project.about))) {
    // What is wrong with the file itself is the better sentence.
    await checkSource(media.path);
    throw new SourceError(
      `“${media.name}” is not the file any more that was added. Show where that is now, and try again.`,
    );
  }
  const { device, channels, track, fromMs, toMs } = job.record.options;
  if (job.record.kind === 'speakers') {
    const { signal, onProgress } = job;
    // Also where channels are people: words that are nobody's may come from any of them.
    const speakersJob = {
      id: job.record.jobId,
      path: media.path,
      options: { channels: 'mix' as const, track },
      signal,
      onProgress,
    };
    return findSpeakers(speakersJob, projectSink(job.project), services);
  }
  const model = await services.models.load(job.record.options.modelId);
  const options: RecognitionOptions = {
    model: { id: model.manifest.id, folder: model.folder },
    device,
    channels,
    track,
    fromMs,
    toMs,
  };
  const { signal, onProgress } = job;
  const onInfo = async ({ headerDurationMs, video, tracks }: MediaInfo) => {
    if (job.project.about.isWhole) return;
    await job.project.change({
      media: {
        ...media,
        hasVideo: video !== null,
        durationMs: headerDurationMs,
        track: wantedTrack(tracks, track)?.number,
        tracks: tracks
          .filter(({ decodable }) => decodable)
          .map(({ number, language, title }) => ({ number, language, title })),
      },
    });
    job.onMedia();
  };
  const common = { id: job.record.jobId, path: media.path, model, options, signal, onProgress, onInfo };
  switch (job.record.kind) {
    case 'transcription':
      return transcribe(job, common, services);
    case 'range':
      return hearAgain(job, common, services);
    case 'alignment':
      return alignAll(job, common, services);
  }
}

async function transcribe(job: ProjectJob, common: RecognitionJob, services: JobServices): Promise<JobEnd> {
  const { project, record, onWords } = job;
  const outcome = await transcribeMedia(
    {
      ...common,
      writing: writingOf(record),
      vocabulary: record.options.vocabulary,
      speakers: record.options.speakers,
      onWords,
      sink: projectSink(project),
      place: await projectPlace(project, common.model),
      onSound: outline(project),
    },
    services,
  );
  await ended(project, outcome.document.media.durationMs, outcome.incomplete);
  return outcome;
}

/** Hears a part again, perhaps with another model; the words there are exchanged in one step. */
async function hearAgain(job: ProjectJob, common: RecognitionJob, services: JobServices): Promise<JobEnd> {
  const { project, record } = job;
  const media = new MediaRecognition(common, services);
  const reading = { model: common.model, vocabulary: record.options.vocabulary };
  const decoder = await wordDecoder(reading, services.languageModelsFolder);
  const notice = await vocabularyNotice(reading, services.languageModelsFolder);
  const windowWords = new WindowWords(decoder);
  const text = new TextWriter(writingOf(record), common.model.manifest, services.punctuation);
  const written: RecognisedWord[] = [];
  for await (const window of media.windows()) {
    written.push(...(await text.push(await windowWords.push(window))));
  }
  written.push(...(await text.push(await windowWords.flush())), ...(await text.flush()));
  const { fromMs = 0, toMs = Infinity } = record.options;
  await project.edit(
    (document) =>
      replaceRange(
        document,
        { fromMs, toMs },
        written.map(({ channel: _, ...word }) => ({
          ...word,
          origin: 'recogniser' as const,
          modelId: common.model.manifest.id,
        })),
      ),
    { id: jobEditPrefix + newId(), origin: 'person', label: 'hear again' },
  );
  await media.forget();
  const { warnings, incomplete } = media.report;
  return { warnings: [...(notice === null ? [] : [notice]), ...warnings], incomplete };
}

/** Gives all words of the project's text their times. */
async function alignAll(job: ProjectJob, common: RecognitionJob, services: JobServices): Promise<JobEnd> {
  const { project } = job;
  const media = new MediaRecognition(
    { ...common, place: await projectPlace(project, common.model), onSound: outline(project) },
    services,
  );
  const pieces: LogProbabilities[] = [];
  for await (const { logProbabilities } of media.windows()) pieces.push(logProbabilities);
  const words = project.document.items.filter((item) => item.kind === 'word');
  const aligned = await alignInWorker(
    pieces,
    words.map(({ text, spoken }) => ({ text, spoken })),
    common.model.manifest,
    { signal: common.signal },
  );
  const durationMs = Math.max(media.durationMs, aligned.at(-1)?.endMs ?? 0);
  const { frameRate = null, startTimecode = null } = media.info.video ?? {};
  const changes: WordChange[] = words.map(({ id, text }, place) => ({
    id,
    whenText: text,
    startMs: aligned[place].startMs,
    endMs: aligned[place].endMs,
    alignment: aligned[place].alignment,
    modelId: common.model.manifest.id,
  }));
  try {
    await project.edit(
      (document): Operation[] => {
        const about = { name: basename(common.path), frameRate, startTimecode };
        const longEnoughMs = Math.max(durationMs, document.media.durationMs);
        return [
          { type: 'setProperties', media: { ...about, durationMs: longEnoughMs } },
          // Cues stay the cues that they were; the old times of them do not count any more.
          {
            type: 'changeOverrides',
            removeIds: [],
            put: document.overrides.map(({ startMs: _start, endMs: _end, ...rest }) => rest),
          },
          ...(changes.length > 0 ? [{ type: 'changeWords' as const, changes }] : []),
        ];
      },
      { origin: 'aligner' },
    );
  } catch (cause) {
    if (!(cause instanceof OperationError)) throw cause;
    throw new SourceError(
      `The text of “${project.about.name}” was changed while it was aligned, so its times are as they were; align it again.`,
      { cause },
    );
  }
  await ended(project, durationMs, media.report.incomplete);
  const { warnings, incomplete } = media.report;
  return {
    warnings: [...warnings, ...(await mismatches(pieces, aligned, common.model.manifest))],
    incomplete,
  };
}

async function ended(project: Project, durationMs: number, incomplete: boolean): Promise<void> {
  const { media } = project.about;
  await project.save();
  await project.change({ isWhole: !incomplete, media: media && { ...media, durationMs } });
}

/** The project's own windows; those of another model are of no use. */
async function projectPlace(project: Project, { manifest }: LoadedModel): Promise<WindowPlace> {
  const { windows } = await project.windows();
  const areOurs = windows.every(
    (window) => window.modelId === manifest.id && window.vocabularySha256 === manifest.vocabularySha256,
  );
  if (!areOurs) await project.forgetWindows();
  const nothing = () => Promise.resolve();
  return { store: await project.windows(), release: nothing, forget: nothing };
}

/** Draws the project's peaks from the sound of a job. */
function outline(project: Project): NonNullable<RecognitionJob['onSound']> {
  let meter: PeakMeter | undefined;
  return async (block, fromSample) => {
    const peaks = await project.peaks();
    if (!meter) {
      await peaks.resumeAt(Math.floor((fromSample * peaksPerSecond) / sampleRateHz));
      meter = new PeakMeter(fromSample);
    }
    for (const piece of meter.add(block)) await peaks.append(piece);
  };
}

/** A job that was added before there was the choice goes on without written numbers, so that its words are the same. */
const writingOf = ({ options }: JobRecord): Writing => ({
  case: options.case,
  numbers: options.numbers ?? false,
});
