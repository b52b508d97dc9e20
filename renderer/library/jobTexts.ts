import type { ProjectSummary, QueuedJob, QueueState } from '../../engine/contract.ts';
import { clock, estimateText, spanText, speedText } from '../figures.ts';
import { said } from '../strings/sentences.ts';
import { language, t } from '../strings/strings.ts';

/** What a row of the queue says. */
export type JobTexts = {
  /** Under the name. */
  second: string;
  tone: 'plain' | 'quiet' | 'bad';
  /** 0..1 where a bar stands; null where its length is not known; undefined: no bar. */
  fraction: number | null | undefined;
  broken: 'off' | 'bad' | undefined;
  left: string;
  right: string;
};

type Progress = NonNullable<QueuedJob['progress']>;

type Around = {
  /** The job's newest progress, kept also when it has ended. */
  progress: Progress | undefined;
  newestWords: string;
  project: ProjectSummary | undefined;
  queue: QueueState;
  progressOf(jobId: string): Progress | undefined;
  /** Audio seconds per second, as models were measured on this machine. */
  speedOf(modelId: string): number | null;
};

/** @see JobTexts */
export function jobTexts(job: QueuedJob, around: Around): JobTexts {
  const { progress, newestWords, project } = around;
  const length = job.durationMs === null ? '' : clock(job.durationMs);
  const bare = { fraction: undefined, broken: undefined, right: '' };
  const upTo = progress ? placeText(progress.positionMs, job.durationMs) : length;
  const fraction = progress?.fraction ?? null;
  const warnings = job.warnings.map(said);
  const problem = job.failure ? said(job.failure.message) : warnings.join(' ');
  switch (job.state) {
    case 'waiting':
      return { ...bare, second: length, tone: 'quiet', left: waitingText(job, around) };
    case 'running':
      return {
        second: workText(job, progress, newestWords),
        tone: 'plain',
        fraction,
        broken: undefined,
        left: progress ? placeText(progress.positionMs, job.durationMs) : t('library.starting'),
        right: progress ? paceText(progress) : '',
      };
    case 'failed': {
      const isBegun = progress !== undefined || (project?.words ?? 0) > 0;
      const left = isBegun ? upTo : t('library.notStarted');
      return { ...bare, second: problem, tone: 'bad', fraction: barOf(progress), broken: 'bad', left };
    }
    case 'partly':
      return {
        ...bare,
        second: problem || t('library.partly'),
        tone: 'bad',
        fraction: barOf(progress),
        broken: 'bad',
        left: upTo,
      };
    case 'stopped': {
      const hasWords = (project?.words ?? 0) > 0 || newestWords !== '';
      return {
        ...bare,
        second: t(hasWords ? 'library.stopped' : 'library.stoppedEmpty'),
        tone: 'quiet',
        fraction: barOf(progress),
        broken: 'off',
        left: upTo,
      };
    }
    case 'finished': {
      const left = job.tookMs > 0 ? t('library.finishedIn', { span: spanText(job.tookMs / 1000) }) : '';
      const second = [countsText(length, project), ...warnings].join('. ');
      return { ...bare, second, tone: 'quiet', left: left || t('library.finished') };
    }
  }
}

function workText(job: QueuedJob, progress: Progress | undefined, newestWords: string): string {
  if (progress?.stage === 'trying') return t('library.tryingDevice');
  if (job.kind === 'speakers' || progress?.stage === 'speakers') return t('library.tellingVoices');
  return job.kind === 'alignment' ? t('library.fitting') : newestText(newestWords);
}

const barOf = (progress: Progress | undefined) => (progress ? progress.fraction : undefined);

function newestText(words: string): string {
  return words === '' ? '' : t('library.newest', { words });
}

function placeText(positionMs: number, durationMs: number | null): string {
  if (durationMs === null) return clock(positionMs);
  return t('library.ofLength', { at: clock(Math.min(positionMs, durationMs)), length: clock(durationMs) });
}

function paceText({ audioSecondsPerSecond, secondsLeft }: Progress): string {
  if (audioSecondsPerSecond === null) return '';
  const speed = speedText(audioSecondsPerSecond, language());
  return isEstimate(secondsLeft)
    ? t('library.speedAndLeft', { speed, left: estimateText(secondsLeft) })
    : speed;
}

/** At the end of a sound its last words are still being looked for: how long, nobody knows. */
export function isEstimate(secondsLeft: number | null | undefined): secondsLeft is number {
  return typeof secondsLeft === 'number' && secondsLeft >= 1;
}

function countsText(length: string, project: ProjectSummary | undefined): string {
  if (!project) return length;
  const { words: count, doubtfulWords: doubtful } = project;
  if (count === 0) return t('library.noWords', { length });
  return t(doubtful > 0 ? 'library.wordsDoubtful' : 'library.words', { length, count, doubtful });
}

/** How long the jobs before this one will take, and its own work; as far as speeds are known. */
function waitingText(job: QueuedJob, { queue, progressOf, speedOf }: Around): string {
  if (queue.paused) return t('library.waitsPaused');
  const workOf = ({ durationMs, modelId }: QueuedJob) => {
    const speed = speedOf(modelId) ?? runningSpeed(queue, modelId, progressOf);
    return durationMs === null || speed === null ? null : durationMs / 1000 / speed;
  };
  const firstWaiting = queue.jobs.find(({ state }) => state === 'waiting');
  if (firstWaiting?.jobId !== job.jobId) {
    const seconds = workOf(job);
    return seconds === null ? t('library.waits') : t('library.waitsWork', { span: estimateText(seconds) });
  }
  const running = queue.jobs.find(({ state }) => state === 'running');
  const left = running && progressOf(running.jobId)?.secondsLeft;
  return isEstimate(left) ? t('library.nextIn', { span: estimateText(left) }) : t('library.next');
}

function runningSpeed(
  { jobs }: QueueState,
  modelId: string,
  progressOf: Around['progressOf'],
): number | null {
  const same = jobs.find((job) => job.state === 'running' && job.modelId === modelId);
  return (same && progressOf(same.jobId)?.audioSecondsPerSecond) ?? null;
}

/**
 * So many jobs that a list of them stays short, in their order: what runs and failed first of all, then what waits
 * longest, then what ended last.
 */
export function mostUrgent(jobs: readonly QueuedJob[], count: number): readonly QueuedJob[] {
  if (jobs.length <= count) return jobs;
  const waiting = jobs.filter(({ state }) => state === 'waiting');
  const finished = jobs.filter(({ state }) => state === 'finished').reverse();
  const rest = jobs.filter(({ state }) => state !== 'waiting' && state !== 'finished');
  const chosen = new Set([...rest, ...waiting, ...finished].slice(0, count));
  return jobs.filter((job) => chosen.has(job));
}
