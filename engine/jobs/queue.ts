import type { Log } from '../../files/log.ts';
import { newId } from '../../transcript/create.ts';
import { newestJob } from '../contract.ts';
import type { EventPayload, Failure, QueuedJob, QueueState } from '../contract.ts';
import { toFailure, toLog, UsageError } from '../errors.ts';
import { readQueue, writeQueue, type JobRecord } from './queueFile.ts';
import type { JobEnd } from './projectJobs.ts';

type Progress = EventPayload<'job.progress'>;

/** What a running job tells. */
export type JobHooks = {
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  onWords(words: EventPayload<'job.words'>): void;
};

export type QueueSettings = {
  path: string;
  log: Log;
  run(record: JobRecord, hooks: JobHooks): Promise<JobEnd>;
  jobsAtOnce(): number;
  /** What the list shows of a job's project. */
  describe(
    projectId: string,
  ): Pick<QueuedJob, 'name' | 'mediaName' | 'hasVideo' | 'durationMs' | 'newestWords'>;
  onChange(): void;
  onProgress(progress: Progress): void;
  onWords(words: EventPayload<'job.words'>): void;
};

type Running = {
  controller: AbortController;
  progress: Progress | null;
  newestWords: string;
  /** What a person asked of it: to end here, or to wait again. */
  wish: 'stop' | 'wait' | null;
  ended: Promise<void>;
};

/** A job that ends the engine this often, without a word in between, is not begun again. */
const vainStartsAtMost = 3;
const newestLetters = 80;

/** The end of a text, from the beginning of a word on. */
function newestOf(text: string): string {
  if (text.length <= newestLetters) return text.trimStart();
  return text.slice(-newestLetters - 1).replace(/^\S*\s+/, '');
}

/**
 * The queue: jobs in their order, kept on the disk at every change, so that whatever ends the process, the next one
 * goes on. One job's end, however it comes, is never another's.
 */
export class JobQueue {
  readonly #settings: QueueSettings;
  readonly #running = new Map<string, Running>();
  #jobs: JobRecord[] = [];
  #paused = false;
  #isClosed = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(settings: QueueSettings) {
    this.#settings = settings;
  }

  /** Reads the stored queue; jobs that were running wait again. `start` sets it going. */
  static async open(settings: QueueSettings): Promise<JobQueue> {
    const queue = new JobQueue(settings);
    const { paused, jobs } = await readQueue(settings.path);
    queue.#paused = paused;
    queue.#jobs = jobs.map((job) => (job.state === 'running' ? { ...job, state: 'waiting' } : job));
    for (const job of queue.#jobs) {
      if (job.state === 'waiting' && job.vainStarts >= vainStartsAtMost) {
        job.state = 'failed';
        job.endedAtMs = Date.now();
        job.failure = {
          code: 'internal',
          message: `The engine ended ${job.vainStarts} times in a row during this job; the log has more.`,
        };
      }
    }
    return queue;
  }

  get state(): QueueState {
    return { paused: this.#paused, jobs: this.#jobs.map((job) => this.#describe(job)) };
  }

  record(jobId: string): JobRecord | undefined {
    return this.#jobs.find((job) => job.jobId === jobId);
  }

  /** The job of a project that has not ended, else its newest, wherever it stands. */
  jobOf(projectId: string): JobRecord | undefined {
    return newestJob(this.#jobs.filter((job) => job.projectId === projectId));
  }

  add(job: Pick<JobRecord, 'projectId' | 'kind' | 'options'>, options: { first?: boolean } = {}): string {
    const record: JobRecord = {
      ...job,
      jobId: newId(),
      state: 'waiting',
      failure: null,
      warnings: [],
      addedAtMs: Date.now(),
      endedAtMs: null,
      tookMs: 0,
      vainStarts: 0,
    };
    if (options.first) this.#jobs.unshift(record);
    else this.#jobs.push(record);
    this.start();
    return record.jobId;
  }

  /** Ends this job and no other. */
  async stop(jobId: string): Promise<void> {
    const job = this.#find(jobId);
    const running = this.#running.get(jobId);
    if (running) {
      running.wish = 'stop';
      running.controller.abort();
      await running.ended;
    } else if (job.state === 'waiting') {
      this.#end(job, 'stopped', null);
      this.#changed();
    }
  }

  /** @throws UsageError where the job has not ended */
  retry(jobId: string): void {
    const job = this.#find(jobId);
    if (job.state === 'waiting' || job.state === 'running')
      throw new UsageError('That job is under way already.');
    Object.assign(job, { state: 'waiting', failure: null, warnings: [], endedAtMs: null, vainStarts: 0 });
    this.#jobs = [...this.#jobs.filter((other) => other !== job), job];
    this.start();
  }

  async remove(jobId: string): Promise<JobRecord> {
    const job = this.#find(jobId);
    await this.stop(jobId);
    this.#jobs = this.#jobs.filter((other) => other !== job);
    this.#changed();
    return job;
  }

  /** Takes all jobs of a project off, ending them. */
  async removeProject(projectId: string): Promise<void> {
    for (const { jobId } of this.#jobs.filter((job) => job.projectId === projectId)) await this.remove(jobId);
  }

  /** @returns the jobs that were taken off */
  clear(): JobRecord[] {
    const isUnderWay = ({ state }: JobRecord) => state === 'waiting' || state === 'running';
    const ended = this.#jobs.filter((job) => !isUnderWay(job));
    this.#jobs = this.#jobs.filter(isUnderWay);
    this.#changed();
    return ended;
  }

  move(jobId: string, beforeJobId: string | null): void {
    const job = this.#find(jobId);
    const others = this.#jobs.filter((other) => other !== job);
    const place =
      beforeJobId === null ? others.length : others.findIndex((other) => other.jobId === beforeJobId);
    if (place < 0)
      throw new UsageError('The job that it was to be put before is not in the list (any more).');
    this.#jobs = others.toSpliced(place, 0, job);
    this.#changed();
  }

  async pause(paused: boolean): Promise<void> {
    this.#paused = paused;
    const ending = paused ? [...this.#running.values()] : [];
    for (const running of ending) {
      running.wish ??= 'wait';
      running.controller.abort();
    }
    this.start();
    await Promise.all(ending.map(({ ended }) => ended));
  }

  /** Begins what may begin. */
  start(): void {
    while (!this.#isClosed && !this.#paused && this.#running.size < this.#settings.jobsAtOnce()) {
      const next = this.#jobs.find((job) => job.state === 'waiting');
      if (!next) break;
      this.#begin(next);
    }
    this.#changed();
  }

  /** Ends what runs; it goes on when the queue is opened again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const ending = [...this.#running.values()];
    for (const running of ending) {
      running.wish ??= 'wait';
      running.controller.abort();
    }
    await Promise.all(ending.map(({ ended }) => ended));
    await this.#writing;
  }

  #begin(job: JobRecord): void {
    job.state = 'running';
    job.vainStarts += 1;
    const startedAt = performance.now();
    const running: Running = {
      controller: new AbortController(),
      progress: null,
      newestWords: '',
      wish: null,
      ended: Promise.resolve(),
    };
    this.#running.set(job.jobId, running);
    running.ended = this.#run(job, running)
      .catch((cause: unknown): void => {
        this.#settle(job, running, cause);
      })
      .then(() => {
        job.tookMs += Math.round(performance.now() - startedAt);
        this.#running.delete(job.jobId);
        this.start();
      });
  }

  async #run(job: JobRecord, running: Running): Promise<void> {
    // That it was begun is on the disk before it can end the process.
    this.#changed();
    await this.#writing;
    const { warnings, incomplete } = await this.#settings.run(job, {
      signal: running.controller.signal,
      onProgress: (progress) => {
        running.progress = progress;
        this.#settings.onProgress(progress);
      },
      onWords: (words) => {
        job.vainStarts = 0;
        running.newestWords = newestOf(`${running.newestWords} ${words.text}`);
        this.#settings.onWords(words);
      },
    });
    job.warnings = warnings;
    this.#end(job, incomplete ? 'partly' : 'finished', null);
  }

  #settle(job: JobRecord, { wish, controller }: Running, cause: unknown): void {
    if (controller.signal.aborted && wish === 'wait') {
      job.state = 'waiting';
      job.vainStarts = 0;
    } else if (controller.signal.aborted) {
      this.#end(job, 'stopped', null);
    } else {
      this.#settings.log(`job ${job.jobId} failed`, toLog(cause));
      this.#end(job, 'failed', toFailure(cause));
    }
  }

  #end(job: JobRecord, state: JobRecord['state'], failure: Failure | null): void {
    Object.assign(job, { state, failure, endedAtMs: Date.now(), vainStarts: 0 });
  }

  #describe({ options, vainStarts: _, ...job }: JobRecord): QueuedJob {
    const running = this.#running.get(job.jobId);
    return {
      ...job,
      ...this.#settings.describe(job.projectId),
      modelId: options.modelId,
      device: options.device,
      progress: running?.progress ?? null,
      ...(running?.newestWords && { newestWords: running.newestWords }),
    };
  }

  #find(jobId: string): JobRecord {
    const job = this.record(jobId);
    if (!job) throw new UsageError('That job is not in the list (any more).');
    return job;
  }

  /** Tells, and writes what is true when its turn comes. */
  #changed(): void {
    this.#writing = this.#writing
      .then(() => writeQueue(this.#settings.path, this.#paused, this.#jobs))
      .catch((cause: unknown) => this.#settings.log('the queue could not be written', cause));
    this.#settings.onChange();
  }
}
