import { app, dialog } from 'electron';
import type { Shell } from './shell.ts';
import { filled } from './texts.ts';
import { offerUpdate } from './updateOffer.ts';

/** Looks for a new version at the start, where a person has said so; downloads only what they agree to. */
export async function lookForUpdates({ state, log, texts }: Shell): Promise<void> {
  if (!state.current.looksForUpdates || !app.isPackaged) return;
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.logger = null;
  const version = await offerUpdate(autoUpdater, async (offered) => {
    const { response } = await dialog.showMessageBox({
      message: texts.updateReady,
      detail: filled(texts.updateWhy, { version: offered }),
      buttons: [texts.download, texts.later],
      defaultId: 0,
      cancelId: 1,
    });
    return response === 0;
  });
  if (version !== undefined) log('a new version is ready', { version });
}
