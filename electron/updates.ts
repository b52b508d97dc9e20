import { app, dialog } from 'electron';
import type { Shell } from './shell.ts';
import { filled } from './texts.ts';
import { offerUpdate } from './updateOffer.ts';

/** Looks for a new version at the start, where a person has said so; downloads only what they agree to. */
export function lookForUpdates({ state, log, texts }: Shell): Promise<void> {
  return offerUpdate({
    isWanted: state.current.looksForUpdates && app.isPackaged,
    read: async () => (await import('electron-updater')).default.autoUpdater,
    async agrees(version) {
      const { response } = await dialog.showMessageBox({
        message: texts.updateReady,
        detail: filled(texts.updateWhy, { version }),
        buttons: [texts.download, texts.later],
        defaultId: 0,
        cancelId: 1,
      });
      return response === 0;
    },
    log,
  });
}
