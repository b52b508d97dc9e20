import type { PageEventPayload } from '../engine/contract.ts';
import { bridge } from './bridge.ts';
import { queue } from './library/queue.svelte.ts';
import { t } from './strings/strings.ts';

type Told = Pick<PageEventPayload<'notice'>, 'level' | 'message'>;

const shownAtMost = 3;

/** What is told of the app as a whole, the newest first; each stays until the person has read it. */
class AppNotices {
  list = $state.raw<readonly Told[]>([]);

  follow(): () => void {
    const stops = [
      bridge.listen('notice', ({ level, message, projectId, jobId }) => {
        if (projectId !== null || jobId !== null) return;
        this.add({ level, message });
      }),
      bridge.listen('engine.restarted', () => {
        const isAtWork = queue.state.jobs.some(({ state }) => state === 'running');
        if (isAtWork) this.add({ level: 'info', message: t('common.restarted') });
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  add(told: Told): void {
    const others = this.list.filter(({ message }) => message !== told.message);
    this.list = [told, ...others].slice(0, shownAtMost);
  }

  dismiss(message: string): void {
    this.list = this.list.filter((notice) => notice.message !== message);
  }
}

export const appNotices = new AppNotices();
