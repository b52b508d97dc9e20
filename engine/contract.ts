import * as z from 'zod';
import { documentSchema } from '../transcript/document.ts';
import {
  device,
  failure,
  filePath,
  modelReference,
  nothing,
  projectId,
  recognitionOptions,
  transcriptionOptions,
} from './contract/basics.ts';
import { libraryEvents, libraryMethods } from './contract/library.ts';
import { modelEvents, modelMethods } from './contract/models.ts';
import { exportedFile, jobEvents, projectEvents, projectMethods } from './contract/project.ts';
import { queueEvents, queueMethods } from './contract/queue.ts';
import { settingsEvents, settingsMethods } from './contract/settings.ts';
import { storedEvents, storedMethods } from './contract/stored.ts';

export * from './contract/basics.ts';
export * from './contract/library.ts';
export * from './contract/models.ts';
export * from './contract/page.ts';
export * from './contract/project.ts';
export * from './contract/queue.ts';
export * from './contract/settings.ts';
export * from './contract/stored.ts';

/**
 * What the engine can be asked and what it tells: one table, checked at the process boundary in both directions.
 * Adding a method touches this table, the engine's handler and the caller, nothing else. The parts are in contract/,
 * by what they are about; what a page may ask is in contract/page.ts.
 */

/** What a finished job gives back. */
const outcome = z.object({
  document: documentSchema,
  warnings: z.array(z.string()),
  /** Part of the media could not be read, so text is missing. */
  incomplete: z.boolean(),
  /** Mean confidence of the recogniser's words, 0..1; null where there are none. */
  meanConfidence: z.number().nullable(),
});
export type Outcome = z.infer<typeof outcome>;

const rate = z.number().min(0);
const interval = z.object({ from: rate, to: rate });

/** How far words' times are from the true ones; `within100Ms` is the share that is at most 100 ms away. */
const distances = z.object({
  meanMs: rate,
  medianMs: rate,
  percentile95Ms: rate,
  within100Ms: rate,
  /** Where each lies with 95 % certainty; null for less than two utterances. */
  intervals: z
    .object({ meanMs: interval, medianMs: interval, percentile95Ms: interval, within100Ms: interval })
    .nullable(),
});

const timedWords = z.array(z.object({ text: z.string(), startMs: rate, endMs: rate }));

/** Rates are fractions; `wer` and `cer` after normalisation, the raw ones before it. */
const evaluation = z.object({
  wer: rate,
  cer: rate,
  /** Where `wer` lies with 95 % certainty; null for less than two utterances. */
  werInterval: interval.nullable(),
  werRaw: rate,
  cerRaw: rate,
  words: z.number().int(),
  utterances: z.number().int(),
  counts: z.object({
    substitutions: z.number(),
    insertions: z.number(),
    deletions: z.number(),
    errors: z.number(),
  }),
  /** F1 of marks behind words, 0..1, for those that the references have. */
  marks: z.array(
    z.object({ mark: z.string(), f1: rate, inReferences: z.number().int(), inHypotheses: z.number().int() }),
  ),
  /** How true the times are of words that were recognised rightly; null where none can be compared. */
  timing: z
    .object({ words: z.number().int(), compared: z.number().int(), starts: distances, ends: distances })
    .nullable(),
  worst: z.array(
    z.object({
      id: z.string(),
      reference: z.string(),
      hypothesis: z.string(),
      errors: z.number(),
      wer: rate,
    }),
  ),
  /** What normalisation does, for a person. */
  normalisation: z.string(),
});

const job = z.object({ jobId: z.string() });

export const methods = {
  /** Begins to transcribe a file; what an earlier, broken-off run of the same job has finished is kept. */
  'transcription.start': {
    params: z.object({ path: z.string(), options: transcriptionOptions }),
    result: job,
  },
  /** Begins to give the words of a text their times. */
  'alignment.start': {
    params: z.object({
      path: z.string(),
      options: recognitionOptions,
      /** The text as a document whose times do not count; it comes back with the true ones. */
      document: documentSchema,
    }),
    result: job,
  },
  /** Begins to tell apart who speaks in a text that has its times; nothing else of it changes. */
  'speakers.start': {
    params: z.object({
      path: filePath,
      /** 1 is the first audio track; missing: the file's default, else the first that can be decoded. */
      track: recognitionOptions.shape.track,
      document: documentSchema,
    }),
    result: job,
  },
  /** Ends a job at once; its finished part stays on the disk unless it is to be forgotten. */
  'job.cancel': { params: job, result: nothing },
  /** The model's raw logits [frames, vocabulary] of raw 16 kHz mono float32 samples, file to file, in one run. */
  'logits.write': {
    params: z.object({ model: modelReference, samplesPath: z.string(), outputPath: z.string() }),
    result: z.object({ frames: z.number().int(), vocabulary: z.number().int() }),
  },
  /** How fast models are on this machine with pieces of that length, all taking turns. */
  'models.measure': {
    params: z.object({
      models: z.array(modelReference).min(1),
      device,
      seconds: z.number().positive().max(3600),
      /** How often each is run; medians count. */
      runs: z.number().int().positive(),
    }),
    result: z.array(
      z.object({
        modelId: z.string(),
        device,
        /** What its linear layers compute in. */
        precision: z.string(),
        audioSecondsPerSecond: z.number(),
        /** From a piece's samples to its log-probabilities. */
        latencyMs: z.number(),
        /** Of its recogniser's process. */
        peakMemoryBytes: z.number().int(),
      }),
    ),
  },
  /** Word and character error rates of texts against true ones, and how true their words' times are. */
  'evaluation.score': {
    params: z.object({
      utterances: z.array(
        z.object({
          id: z.string(),
          reference: z.string(),
          hypothesis: z.string(),
          /** The words of either text with their times, where they are known. */
          referenceWords: timedWords.optional(),
          hypothesisWords: timedWords.optional(),
        }),
      ),
    }),
    result: evaluation,
  },
  /**
   * A project for a file that is being uploaded, and where the file goes; the project shows once the file is added
   * to the queue, and is forgotten when that does not come.
   */
  'upload.begin': {
    params: z.object({ name: z.string().min(1).max(1000), bytes: z.number().min(0) }),
    result: z.object({ projectId, path: filePath }),
  },
  /** An exported file as it would be written, for a shell that hands it to a browser. */
  'export.file': {
    params: z.object({ projectId, file: exportedFile }),
    result: z.object({
      fileName: z.string(),
      bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    }),
  },
  /** When a film's pictures change at once, in ms, by ffmpeg's scene detection; none where there are no pictures. */
  'media.shots': { params: z.object({ path: filePath }), result: z.object({ shotsMs: z.array(z.number()) }) },
  /** The program that writes a medium's sound to its standard output, for a browser that cannot play the file. */
  'media.proxy': {
    params: z.object({ path: filePath, fromMs: z.number().min(0), track: recognitionOptions.shape.track }),
    result: z.object({ program: z.string(), args: z.array(z.string()), contentType: z.string() }),
  },
  ...libraryMethods,
  ...queueMethods,
  ...projectMethods,
  ...settingsMethods,
  ...modelMethods,
  ...storedMethods,
} as const;

export const events = {
  ...jobEvents,
  ...libraryEvents,
  ...queueEvents,
  ...projectEvents,
  ...settingsEvents,
  ...modelEvents,
  ...storedEvents,
  'job.finished': z.object({ jobId: z.string(), outcome }),
  'job.failed': z.object({ jobId: z.string(), failure }),
} as const;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Params<M extends MethodName> = z.infer<Methods[M]['params']>;
export type Result<M extends MethodName> = z.infer<Methods[M]['result']>;
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;

const names = <T extends string>(table: Record<T, unknown>): [T, ...T[]] => Object.keys(table) as [T, ...T[]];

/** What goes to the engine. */
export const requestMessage = z.object({
  id: z.number(),
  method: z.enum(names(methods)),
  params: z.unknown(),
});

/** What comes from it. */
export const engineMessage = z.union([
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({ kind: z.literal('failure'), id: z.number(), failure }),
  z.object({ kind: z.literal('event'), event: z.enum(names(events)), payload: z.unknown() }),
]);
export type EngineMessage = z.infer<typeof engineMessage>;
export type RequestMessage = z.infer<typeof requestMessage>;
