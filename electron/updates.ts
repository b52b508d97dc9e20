import { app, dialog } from 'electron';
import type { Shell } from './shell.ts';
import { filled } from './texts.ts';

/** Looks for a new version at the start, where a person has said so; downloads only what they agree to. */
export async function lookForUpdates({ state, log, texts }: Shell): Promise<void> {
  if (!state.current.looksForUpdates || !app.isPackaged) return;
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.logger = null;
  const found = await autoUpdater.checkForUpdates();
  if (!found?.isUpdateAvailable) return;
  const { response } = await dialog.showMessageBox({
    message: texts.updateReady,
    detail: filled(texts.updateWhy, { version: found.updateInfo.version }),
    buttons: [texts.download, texts.later],
    defaultId: 0,
    cancelId: 1,
  });
  if (response !== 0) return;
  await autoUpdater.downloadUpdate();
  log('a new version is ready', { version: found.updateInfo.version });
}
