import { app, dialog } from 'electron';
import { builtPage, PageFiles } from '../host/pageFiles.ts';
import { setUpJobSigns, setUpStayingAwake } from './jobSigns.ts';
import { setUpLife } from './life.ts';
import { MainWindow } from './mainWindow.ts';
import { setUpMenu } from './menu.ts';
import { tellWhatIsMissing } from './missing.ts';
import { OpenFiles } from './openFiles.ts';
import { setUpPageAddresses } from './scheme.ts';
import { setUpPermissions } from './security.ts';
import { Shell } from './shell.ts';
import { setUpTray } from './tray.ts';
import { lookForUpdates } from './updates.ts';

/**
 * Sets up everything that the app has beside its beginning, and shows the window.
 * @returns what opens files; undefined where the app ends because another Sewscribe has the projects
 */
export async function openApp(): Promise<OpenFiles | undefined> {
  const [shell, page] = await Promise.all([
    Shell.open(),
    builtPage(() => undefined).then((folder) => PageFiles.open(folder)),
  ]);
  const window = new MainWindow(shell);
  const files = new OpenFiles(shell, window);
  setUpPermissions();
  setUpPageAddresses(page, shell, shell.log);
  setUpMenu(shell, window, files);
  setUpTray(shell, window);
  setUpJobSigns(shell, window);
  setUpStayingAwake(shell);
  setUpLife(shell, window);
  window.show();
  try {
    await shell.start();
  } catch (cause) {
    // Two engines must not write the same projects.
    dialog.showErrorBox('Sewscribe', cause instanceof Error ? cause.message : String(cause));
    app.exit(1);
    return undefined;
  }
  void Promise.allSettled([tellWhatIsMissing(shell, window), lookForUpdates(shell)]);
  return files;
}
