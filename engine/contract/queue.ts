import * as z from 'zod';
import {
  device,
  failure,
  filePath,
  modelId,
  nothing,
  ownId,
  projectId,
  recognitionOptions,
  textCase,
  timestampMs,
  vocabulary,
} from './basics.ts';

/** How a job is to be done; what is missing is taken from the settings when the job is added. */
export const jobOptions = z.object({
  modelId: modelId.optional(),
  device: device.optional(),
  case: textCase.optional(),
  numbers: z.boolean().optional(),
  speakers: z.boolean().optional(),
  /** Words of these media, beside those of the settings. */
  vocabulary: vocabulary.optional(),
  channels: recognitionOptions.shape.channels.optional(),
  track: recognitionOptions.shape.track,
});
export type JobOptions = z.infer<typeof jobOptions>;

/** How far a job is. */
export const progress = z.object({
  jobId: z.string(),
  /**
   * `trying`: whether an accelerator is right and faster is found out first; `speakers`: all words are there, and the
   * medium is heard again for its voices, from its beginning.
   */
  stage: z.enum(['trying', 'decoding', 'recognising', 'aligning', 'speakers']),
  /** 0..1; null where the media's length is not known. */
  fraction: z.number().min(0).max(1).nullable(),
  positionMs: z.number(),
  audioSecondsPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});

/**
 * `waiting` its turn; `running`; `stopped` by a person, goes on by a retry; `failed`; `partly` done because the
 * media is damaged; `finished`. The last four have ended.
 */
export const jobState = z.enum(['waiting', 'running', 'stopped', 'failed', 'partly', 'finished']);
export type JobState = z.infer<typeof jobState>;

/** What a job does: a whole medium; a part of it again; times for a text that exists; speakers for one. */
export const jobKind = z.enum(['transcription', 'range', 'alignment', 'speakers']);

/** A row of the queue. */
export const queuedJob = z.object({
  jobId: ownId,
  projectId,
  kind: jobKind,
  /** The project's name. */
  name: z.string(),
  /** The file's; null where a text was imported without one. */
  mediaName: z.string().nullable(),
  hasVideo: z.boolean(),
  /** Null until the media has been looked at. */
  durationMs: z.number().nullable(),
  modelId,
  device,
  state: jobState,
  /** Of a running job; null before its first second. */
  progress: progress.nullable(),
  /** The last words that were heard, up to about 80 letters. */
  newestWords: z.string(),
  failure: failure.nullable(),
  /** What a person should know, a sentence each: a damaged place, a processor in place of the graphics card. */
  warnings: z.array(z.string()),
  addedAtMs: timestampMs,
  endedAtMs: timestampMs.nullable(),
  /** How long it has worked, over all its runs. */
  tookMs: z.number().min(0),
});
export type QueuedJob = z.infer<typeof queuedJob>;

/**
 * Of some jobs the one that has not ended, else the one that was added last: those that are wanted at once stand before
 * older ones.
 */
export function newestJob<Job extends Pick<QueuedJob, 'addedAtMs' | 'endedAtMs'>>(
  jobs: readonly Job[],
): Job | undefined {
  const latest = (newest: Job | undefined, job: Job) =>
    newest === undefined || job.addedAtMs > newest.addedAtMs ? job : newest;
  return (
    jobs.find(({ endedAtMs }) => endedAtMs === null) ?? jobs.reduce(latest, undefined as Job | undefined)
  );
}

/** The whole queue, in the order in which its jobs run; ended ones stay until they are taken off. */
export const queueState = z.object({ paused: z.boolean(), jobs: z.array(queuedJob) });
export type QueueState = z.infer<typeof queueState>;

/** What became of one added medium. */
export const added = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('added'), jobId: ownId, projectId }),
  /** It has a project already (found by the media's fingerprint); nothing was added. */
  z.object({ outcome: z.literal('known'), projectId, name: z.string() }),
  /** It cannot be read; the others were added all the same. */
  z.object({ outcome: z.literal('refused'), failure }),
]);
export type Added = z.infer<typeof added>;

const job = z.object({ jobId: ownId });

/** Media to add; a shell gives paths, a page the ids of media (see page.ts). */
export const addedMedia = <T extends z.ZodType>(medium: T) =>
  z.object({
    media: z.array(medium).min(1).max(10_000),
    options: jobOptions,
    /** What to do with a medium that has a project: tell it, or transcribe it again beside the first. */
    whenKnown: z.enum(['tell', 'again']),
  });

export const queueMethods = {
  'queue.list': { params: nothing, result: queueState },
  /** Answers in the order of the media; a bad one never stops the rest. */
  'queue.add': { params: addedMedia(filePath), result: z.object({ added: z.array(added) }) },
  /** Ends this job; what it has heard stays in its project, and a retry goes on there. */
  'queue.stop': { params: job, result: nothing },
  /** Puts an ended job back behind the waiting ones; it goes on after its last finished window. */
  'queue.retry': { params: job, result: nothing },
  /** Takes a job off the list, and stops it where it runs; its project stays. */
  'queue.remove': { params: job, result: nothing },
  /** Takes all finished, partly done, failed and stopped jobs off the list. */
  'queue.clear': { params: nothing, result: nothing },
  /** Moves a waiting job before another one (null: to the end). */
  'queue.move': { params: z.object({ jobId: ownId, beforeJobId: ownId.nullable() }), result: nothing },
  /** Pauses all or goes on; the running job keeps its finished windows and goes back to waiting. */
  'queue.pause': { params: z.object({ paused: z.boolean() }), result: nothing },
} as const;

export const queueEvents = {
  /** The list itself changed; progress has an event of its own (`job.progress`, `job.words`). */
  'queue.changed': queueState,
} as const;
