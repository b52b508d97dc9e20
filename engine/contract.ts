import { z } from 'zod';
import { documentSchema } from '../transcript/document.ts';

/**
 * What the engine can be asked and what it tells: one table, checked at the process boundary in both directions.
 * Adding a method touches this table, the engine's handler and the caller, nothing else.
 */

/** Kinds of failure; the command line turns each into its exit code. */
export const errorCode = z.enum(['usage', 'source', 'model', 'device', 'write', 'cancelled', 'internal']);
export type ErrorCode = z.infer<typeof errorCode>;

/** A failure as it crosses the boundary: one sentence for a person; the engine's log has the rest. */
export const failure = z.object({ code: errorCode, message: z.string() });
export type Failure = z.infer<typeof failure>;

export const device = z.enum(['auto', 'cpu', 'cuda', 'dml', 'coreml']);
export type Device = z.infer<typeof device>;

/** A recogniser's weights: an installed model's id, or a model folder. */
const modelReference = z.object({ id: z.string().min(1), folder: z.string().min(1) });
export type ModelReference = z.infer<typeof modelReference>;

export const recognitionOptions = z.object({
  model: modelReference,
  device,
  /** 1 is the first audio track; missing: the first that can be decoded. */
  track: z.number().int().positive().optional(),
  channels: z.enum(['mix', 'split']),
  fromMs: z.number().min(0).optional(),
  toMs: z.number().positive().optional(),
});

export const textCase = z.enum(['sentence', 'lower', 'as-is']);
export type TextCase = z.infer<typeof textCase>;

export const transcriptionOptions = recognitionOptions.extend({ case: textCase });
export type TranscriptionOptions = z.infer<typeof transcriptionOptions>;
export type RecognitionOptions = z.infer<typeof recognitionOptions>;

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

/** Rates are fractions; `wer` and `cer` after normalisation, the raw ones before it. */
const evaluation = z.object({
  wer: rate,
  cer: rate,
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
  /** Ends a job at once; its finished part stays on the disk unless it is to be forgotten. */
  'job.cancel': { params: job, result: z.object({}) },
  /** The model's raw logits [frames, vocabulary] of raw 16 kHz mono float32 samples, file to file, in one run. */
  'logits.write': {
    params: z.object({ model: modelReference, samplesPath: z.string(), outputPath: z.string() }),
    result: z.object({ frames: z.number().int(), vocabulary: z.number().int() }),
  },
  /** Word and character error rates of texts against true ones. */
  'evaluation.score': {
    params: z.object({
      utterances: z.array(z.object({ id: z.string(), reference: z.string(), hypothesis: z.string() })),
    }),
    result: evaluation,
  },
  /** What this machine can compute on, and which ffmpeg was found. */
  'machine.describe': {
    params: z.object({}),
    result: z.object({
      devices: z.array(z.string()),
      runtimeVersion: z.string(),
      ffmpeg: z.string().nullable(),
      ffprobe: z.string().nullable(),
    }),
  },
} as const;

export const events = {
  'job.progress': z.object({
    jobId: z.string(),
    stage: z.enum(['decoding', 'recognising', 'aligning']),
    /** 0..1; null where the media's length is not known. */
    fraction: z.number().min(0).max(1).nullable(),
    positionMs: z.number(),
    audioSecondsPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
  /** The words of one more window. */
  'job.words': z.object({ jobId: z.string(), text: z.string(), startMs: z.number(), endMs: z.number() }),
  'job.warning': z.object({ jobId: z.string(), message: z.string() }),
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
