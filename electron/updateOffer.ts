import type { Log } from '../files/log.ts';

/** What of electron-updater's updater is used. */
export type Updater = {
  logger: unknown;
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
};

export type UpdateParts = {
  /** Whether a person has said so, and there is something that could be replaced. */
  isWanted: boolean;
  /** Reads the updater: where no updates are wanted, not even that is done. */
  read(): Promise<Updater>;
  /** Asks the person. */
  agrees(version: string): Promise<boolean>;
  log: Log;
};

/**
 * Looks for a new version where that is wanted, and downloads what a person agrees to, nothing else; it is installed
 * when the app ends. An app without a network is no worse for it: a failure is one line of the log.
 */
export async function offerUpdate({ isWanted, read, agrees, log }: UpdateParts): Promise<void> {
  if (!isWanted) return;
  try {
    const updater = await read();
    // It would write a page for each failure.
    updater.logger = null;
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = true;
    const found = await updater.checkForUpdates();
    if (!found?.isUpdateAvailable) return;
    const { version } = found.updateInfo;
    if (!(await agrees(version))) return;
    await updater.downloadUpdate();
    log('a new version is ready', { version });
  } catch (cause) {
    const [why] = String(cause).split('\n');
    log('looking for updates failed', { why });
  }
}
