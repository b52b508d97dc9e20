/** What of electron-updater's updater is used. */
export type Updater = {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
};

/**
 * Looks for a new version and downloads what a person agrees to, nothing else; it is installed when the app ends.
 * @param agrees asks the person
 * @returns the version that was downloaded
 * @throws Error where the network or the address fails
 */
export async function offerUpdate(
  updater: Updater,
  agrees: (version: string) => Promise<boolean>,
): Promise<string | undefined> {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = true;
  const found = await updater.checkForUpdates();
  if (!found?.isUpdateAvailable) return undefined;
  const { version } = found.updateInfo;
  if (!(await agrees(version))) return undefined;
  await updater.downloadUpdate();
  return version;
}
