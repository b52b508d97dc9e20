import { app, Notification } from 'electron';
import type { MainWindow } from './mainWindow.ts';
import type { Shell } from './shell.ts';

/**
 * When the app ends. Nothing is ever unsaved: every change is on the disk before it is shown as done, and a job goes
 * on at the next start after its last finished window. So quitting asks nothing, and closing the window while a job
 * runs leaves the job running; the app ends with the queue.
 */
export function setUpLife(shell: Shell, window: MainWindow): void {
  app.on('window-all-closed', () => {
    // There an app stays without a window until it is quit.
    if (process.platform === 'darwin') return;
    if (!shell.isBusy) return app.quit();
    if (Notification.isSupported()) {
      new Notification({ title: 'Sewscribe', body: shell.texts.goesOn }).show();
    }
  });
  shell.onChange(() => {
    const isLeftAlone = !window.current && process.platform !== 'darwin';
    if (isLeftAlone && !shell.isBusy && !hasMore(shell)) app.quit();
  });
  app.on('activate', () => window.show());
  app.on('will-quit', (event) => {
    event.preventDefault();
    shell.close();
    void shell.state.written().then(() => app.exit(0));
  });
}

function hasMore({ queue }: Shell): boolean {
  return !queue.paused && queue.jobs.some(({ state }) => state === 'waiting');
}
