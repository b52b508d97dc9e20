import { fileURLToPath } from 'node:url';
import { app, Menu, nativeImage, Tray } from 'electron';
import type { MainWindow } from './mainWindow.ts';
import type { Shell } from './shell.ts';

const picture = (name: string) => fileURLToPath(new URL(`icons/${name}.png`, import.meta.url));

/** The sign beside the clock: opens the window, holds the queue, quits. */
export function setUpTray(shell: Shell, window: MainWindow): void {
  const image = nativeImage.createFromPath(picture(process.platform === 'darwin' ? 'trayTemplate' : 'tray'));
  let tray: Tray;
  try {
    tray = new Tray(image);
  } catch (cause) {
    // Some desktops have no such place.
    return shell.log('there is no tray', cause);
  }
  tray.setToolTip('Sewscribe');
  tray.on('click', () => window.show());
  const build = () => {
    const { texts, queue } = shell;
    const pause = () =>
      void shell.gateway
        .call('queue.pause', { paused: !queue.paused })
        .catch((cause: unknown) => shell.log('the queue could not be paused', cause));
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { id: 'show', label: texts.show, click: () => window.show() },
        { id: 'pause', label: queue.paused ? texts.continueQueue : texts.pauseQueue, click: pause },
        { type: 'separator' },
        { id: 'quit', label: texts.quit, click: () => app.quit() },
      ]),
    );
  };
  let shown = '';
  shell.onChange(() => {
    const now = `${shell.queue.paused} ${shell.texts.show}`;
    if (now !== shown) build();
    shown = now;
  });
  build();
}
