import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { writeWhole } from '../../files/writeWhole.ts';
import { failure, jobKind, jobState, ownId, projectId, timestampMs } from '../contract.ts';
import { aboutSchema } from '../projects/projectFolder.ts';

/** What a job needs to be done, now or after the app was closed in between. */
export const jobRecord = z.object({
  jobId: ownId,
  projectId,
  kind: jobKind,
  options: aboutSchema.shape.options.extend({
    fromMs: z.number().min(0).optional(),
    toMs: z.number().positive().optional(),
  }),
  state: jobState,
  failure: failure.nullable(),
  warnings: z.array(z.string()),
  addedAtMs: timestampMs,
  endedAtMs: timestampMs.nullable(),
  tookMs: z.number().min(0),
  /** How often it was begun without finishing a window since: one that ends the engine each time is given up. */
  vainStarts: z.number().int().min(0),
});
export type JobRecord = z.infer<typeof jobRecord>;

const stored = z.object({ version: z.literal(1), paused: z.boolean(), jobs: z.array(z.unknown()) });

/** Reads the stored queue; a job that cannot be read is left out, a file that cannot is an empty queue. */
export async function readQueue(path: string): Promise<{ paused: boolean; jobs: JobRecord[] }> {
  const json = await readFile(path, 'utf8')
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined);
  const { paused = false, jobs = [] } = stored.safeParse(json).data ?? {};
  return {
    paused,
    jobs: jobs.flatMap((job) => {
      const read = jobRecord.safeParse(job);
      return read.success ? [read.data] : [];
    }),
  };
}

/** @throws WriteError */
export async function writeQueue(path: string, paused: boolean, jobs: readonly JobRecord[]): Promise<void> {
  await writeWhole(path, JSON.stringify({ version: 1, paused, jobs }), { overwrite: true });
}
