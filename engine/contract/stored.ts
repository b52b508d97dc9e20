import * as z from 'zod';
import { nothing } from './basics.ts';

/** What the app keeps, by kind; the same kinds as `sewscribe delete-data` lists. */
export const storedKind = z.enum([
  'settings',
  'models',
  'languageModels',
  'projects',
  'unfinished',
  'logs',
  'cache',
]);

/**
 * A device beside the processor. `elsewhere`: other systems have it; `absent`: there is no sign of one; `untried`: the
 * first job tries it; `used` where a job leaves the choice to us; `unused`, because of the fault.
 */
export const acceleratorState = z.object({
  device: z.enum(['cuda', 'dml', 'coreml']),
  state: z.enum(['elsewhere', 'absent', 'untried', 'used', 'unused']),
  fault: z.enum(['missing', 'driver', 'memory', 'wrong', 'slow', 'stuck']).nullable(),
  /** How many times as fast as the processor it was when it was tried; null where it is not used. */
  timesFaster: z.number().nullable(),
  /** All that in a few words, without a full stop. */
  says: z.string(),
  /** What a person can do about it; null where nothing is to be done. */
  mend: z.string().nullable(),
});
export type AcceleratorState = z.infer<typeof acceleratorState>;

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
    params: z.object({
      /** Tries the accelerator with the embedded model now, which takes some seconds. */
      tryAccelerators: z.boolean().optional(),
    }),
    result: z.object({
      /** What ONNX Runtime was built for, whether it works here or not. */
      devices: z.array(z.string()),
      accelerators: z.array(acceleratorState),
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
