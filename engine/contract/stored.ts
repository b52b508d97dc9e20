import { z } from 'zod';
import { device, modelId, nothing } from './basics.ts';

/** A model as the Models page shows it. Figures are measured or stated by a source, else null. */
export const modelDescription = z.object({
  modelId,
  name: z.string(),
  family: z.string(),
  languages: z.array(z.string()),
  licence: z.string().nullable(),
  parameters: z.number().int(),
  /** On the disk. */
  bytes: z.number().int().nullable(),
  wordErrorRates: z.array(z.object({ corpus: z.string(), percent: z.number(), source: z.string() })),
  /** One sentence that a person must know before using it. */
  notice: z.string().nullable(),
  /** The one that ships with the app cannot be removed. */
  isEmbedded: z.boolean(),
  /** As the last jobs on this machine went; null: not measured. */
  measured: z.object({ device, audioSecondsPerSecond: z.number() }).nullable(),
});
export type ModelDescription = z.infer<typeof modelDescription>;

/** What the app keeps, by kind; the same kinds as `sewscribe delete-data` lists. */
export const storedKind = z.enum(['settings', 'models', 'projects', 'unfinished', 'logs', 'cache']);

export const storedMethods = {
  'models.list': { params: nothing, result: z.object({ models: z.array(modelDescription) }) },
  'models.remove': { params: z.object({ modelId }), result: nothing },

  'stored.list': {
    params: nothing,
    result: z.object({
      stored: z.array(
        z.object({
          kind: storedKind,
          /** For a person to read, never to be sent back. */
          path: z.string(),
          bytes: z.number(),
          /** Projects, models, files. */
          count: z.number().int(),
        }),
      ),
    }),
  },
  /** Deletes kinds for good. `projects` stops all jobs first. */
  'stored.delete': { params: z.object({ kinds: z.array(storedKind).min(1) }), result: nothing },

  /** What this machine can compute on, and which ffmpeg was found. */
  'machine.describe': {
    params: nothing,
    result: z.object({
      devices: z.array(z.string()),
      runtimeVersion: z.string(),
      ffmpeg: z.string().nullable(),
      ffprobe: z.string().nullable(),
    }),
  },
} as const;

export const storedEvents = {
  'models.changed': nothing,
  /** Something that a person should read where it belongs: a project, a job, or (both null) the app. */
  notice: z.object({
    level: z.enum(['info', 'warning', 'failure']),
    message: z.string(),
    projectId: z.string().nullable(),
    jobId: z.string().nullable(),
  }),
} as const;
