import * as z from 'zod';
import { modelId, nothing, ownId, projectId, timestampMs } from './basics.ts';
import { jobState } from './queue.ts';

/** What the library shows of a project without opening it. */
export const projectSummary = z.object({
  projectId,
  name: z.string(),
  mediaName: z.string(),
  durationMs: z.number().nullable(),
  hasVideo: z.boolean(),
  /** The model that was used last; null for an imported text. */
  modelId: modelId.nullable(),
  /** Of its newest job: null where it has none in the queue (imported, or taken off). */
  jobState: jobState.nullable(),
  /** Whether its media has been heard to the end; false: what is there is a part. */
  isWhole: z.boolean(),
  words: z.number().int(),
  /** Words below 70 % that nobody has confirmed. */
  doubtfulWords: z.number().int(),
  /** Runs of words whose times are a guess. */
  unsurePlaces: z.number().int(),
  /** Mean confidence of the recogniser's words, 0..1; null where there are none. Below 0.6 it is hopeless. */
  meanConfidence: z.number().nullable(),
  /** The newest words, up to about 80 letters. */
  newestWords: z.string(),
  createdAtMs: timestampMs,
  changedAtMs: timestampMs,
});
export type ProjectSummary = z.infer<typeof projectSummary>;

/** A place where all words of a search stand side by side. */
export const foundPlace = z.object({
  projectId,
  projectName: z.string(),
  /** The words that were found, in order. */
  itemIds: z.array(z.string()),
  startMs: z.number(),
  /** The text around it, for a line of a list. */
  before: z.string(),
  match: z.string(),
  after: z.string(),
});
export type FoundPlace = z.infer<typeof foundPlace>;

export const libraryMethods = {
  /** All projects, the one changed last first. Folders that cannot be read are named in `unreadable`. */
  'library.list': {
    params: nothing,
    result: z.object({
      projects: z.array(projectSummary),
      unreadable: z.array(z.object({ projectId: ownId, message: z.string() })),
    }),
  },
  /**
   * Words in all transcripts and names: without case, accents and punctuation, across segments; the last word may
   * be a beginning.
   */
  'library.search': {
    params: z.object({ query: z.string().max(1000), limit: z.number().int().min(1).max(1000) }),
    result: z.object({
      /** All that there are; `places` holds the first `limit`. */
      total: z.number().int(),
      /** Projects that have one. */
      projects: z.number().int(),
      places: z.array(foundPlace),
      /** Projects whose name fits. */
      named: z.array(projectSummary),
    }),
  },
} as const;

export const libraryEvents = {
  /** A project is new or its summary differs; at most twice a second for each. */
  'project.changed': projectSummary,
  'project.removed': z.object({ projectId }),
} as const;
