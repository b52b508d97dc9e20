import { SvelteMap } from 'svelte/reactivity';
import type { PageEventPayload, QueuedJob, QueueState } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';

type Progress = PageEventPayload<'job.progress'>;
const newestLetters = 80;

/** The end of a text, from the beginning of a word on. */
function newestOf(text: string): string {
  if (text.length <= newestLetters) return text.trimStart();
  return text.slice(-newestLetters - 1).replace(/^\S*\s+/, '');
}

/** The queue as the engine tells of it, with each job's newest progress and words. */
class Queue {
  state = $state.raw<QueueState>({ paused: false, jobs: [] });
  isLoaded = $state(false);
  /** The place of each waiting job among those that wait, from 0. */
  readonly waitingPlaces = $derived(
    new Map(this.state.jobs.filter(({ state }) => state === 'waiting').map(({ jobId }, k) => [jobId, k])),
  );
  /** How far each job was heard to be last; kept when it ends. */
  readonly progress = new SvelteMap<string, Progress>();
  readonly newestWords = new SvelteMap<string, string>();

  async load(): Promise<void> {
    this.#take(await bridge.call('queue.list', {}));
    this.isLoaded = true;
  }

  follow(): () => void {
    const stops = [
      bridge.listen('queue.changed', (state) => this.#take(state)),
      bridge.listen('job.progress', (progress) => this.progress.set(progress.jobId, progress)),
      bridge.listen('job.words', ({ jobId, text }) => {
        const before = this.newestWords.get(jobId) ?? '';
        this.newestWords.set(jobId, newestOf(`${before} ${text}`));
      }),
      bridge.onRefresh(() => void this.load().catch(() => undefined)),
    ];
    return () => stops.forEach((stop) => stop());
  }

  #take(state: QueueState): void {
    this.state = state;
    for (const job of state.jobs) {
      if (job.progress) this.progress.set(job.jobId, job.progress);
      if (job.newestWords) this.newestWords.set(job.jobId, job.newestWords);
    }
    const ids = new Set(state.jobs.map(({ jobId }) => jobId));
    for (const map of [this.progress, this.newestWords]) {
      for (const jobId of map.keys()) if (!ids.has(jobId)) map.delete(jobId);
    }
  }

  /** Puts a waiting job before or behind its waiting neighbour. */
  async step(job: QueuedJob, by: -1 | 1): Promise<void> {
    const waiting = this.state.jobs.filter(({ state }) => state === 'waiting');
    const place = waiting.findIndex(({ jobId }) => jobId === job.jobId) + by;
    if (place < 0 || place >= waiting.length) return;
    const before = by < 0 ? waiting[place] : waiting[place + 1];
    await bridge.call('queue.move', { jobId: job.jobId, beforeJobId: before?.jobId ?? null });
  }
}

export const queue = new Queue();
