import { z } from 'zod';
import { nothing } from './basics.ts';

/** What the app keeps, by kind; the same kinds as `sewscribe delete-data` lists. */
export const storedKind = z.enum(['settings', 'models', 'projects', 'unfinished', 'logs', 'cache']);

export const storedMethods = {
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
  /** Something that a person should read where it belongs: a project, a job, or (both null) the app. */
  notice: z.object({
    level: z.enum(['info', 'warning', 'failure']),
    message: z.string(),
    projectId: z.string().nullable(),
    jobId: z.string().nullable(),
  }),
} as const;
