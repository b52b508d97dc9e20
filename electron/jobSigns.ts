import { Notification, powerSaveBlocker } from 'electron';
import type { EventPayload, QueuedJob } from '../engine/contract.ts';
import { longJobsEnded } from './endedJobs.ts';
import type { MainWindow } from './mainWindow.ts';
import type { Shell } from './shell.ts';

/** What the system shows of the jobs: progress on the taskbar, and a notification when a long one has ended. */
export function setUpJobSigns(shell: Shell, window: MainWindow): void {
  let before = new Map<string, QueuedJob>();
  const look = () => {
    const { jobs } = shell.queue;
    for (const job of longJobsEnded(before, jobs)) tell(job, shell, window);
    before = new Map(jobs.map((job) => [job.jobId, job]));
    if (!shell.isBusy) window.current?.setProgressBar(-1);
  };
  shell.onChange(look);
  look();
  shell.gateway.listen((event, payload) => {
    if (event !== 'job.progress' || !shell.isBusy) return;
    const { fraction } = payload as EventPayload<'job.progress'>;
    // Above 1 it shows that something goes on, and not how far it is.
    window.current?.setProgressBar(fraction ?? 2);
  });
}

function tell(job: QueuedJob, { texts }: Shell, window: MainWindow): void {
  // Who looks at the window sees it.
  if (!Notification.isSupported() || window.current?.isFocused()) return;
  const title = { failed: texts.failed, partly: texts.partly }[job.state as string] ?? texts.finished;
  const body = job.failure ? `${job.name}: ${job.failure.message}` : job.name;
  const notification = new Notification({ title, body });
  notification.on('click', () => window.show(`/project/${job.projectId}`));
  notification.show();
}

/** A machine does not fall asleep over a job; its screen may. */
export function setUpStayingAwake(shell: Shell): void {
  let blocker: number | undefined;
  shell.onChange(() => {
    if (shell.isBusy) {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    } else if (blocker !== undefined) {
      powerSaveBlocker.stop(blocker);
      blocker = undefined;
    }
  });
}
