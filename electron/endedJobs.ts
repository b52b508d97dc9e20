import type { QueuedJob } from '../engine/contract.ts';

/** Of a shorter job a person has seen the end. */
const longMs = 60_000;

/**
 * The long jobs that have ended between two looks at the queue; one that a person stopped is no news.
 * @param before the earlier jobs by their ids
 */
export function longJobsEnded(
  before: ReadonlyMap<string, QueuedJob>,
  now: readonly QueuedJob[],
): QueuedJob[] {
  return now.filter(
    ({ jobId, endedAtMs, state, tookMs }) =>
      before.get(jobId)?.endedAtMs === null && endedAtMs !== null && state !== 'stopped' && tookMs >= longMs,
  );
}
