import { app, dialog } from 'electron';
import { folders } from '../files/folders.ts';
import { openLog } from '../files/log.ts';
import { builtPage, PageFiles } from '../host/pageFiles.ts';
import { wantedOf } from './commandLine.ts';
import { setUpJobSigns, setUpStayingAwake } from './jobSigns.ts';
import { setUpLife } from './life.ts';
import { MainWindow, setUpIdentity } from './mainWindow.ts';
import { setUpMenu } from './menu.ts';
import { tellWhatIsMissing } from './missing.ts';
import { OpenFiles } from './openFiles.ts';
import { OwnProcesses } from './processes.ts';
import { setUpPageAddresses, setUpScheme } from './scheme.ts';
import { setUpNavigation, setUpPermissions } from './security.ts';
import { Shell } from './shell.ts';
import { setUpTray } from './tray.ts';
import { lookForUpdates } from './updates.ts';

/** The desktop app. Started with a command of `sewscribe` it is the command line. */

const wanted = wantedOf(process.argv, { isPackaged: app.isPackaged, workingFolder: process.cwd() });
if (wanted.kind === 'command') runCommand(wanted.args);
else if (app.requestSingleInstanceLock({ paths: wanted.paths })) runApp(wanted.paths);
// The running app hears of the files, and shows itself.
else app.quit();

function runApp(given: readonly string[]): void {
  // Files may come from the system before there is anything to open them with.
  const early = [...given];
  let open = (paths: readonly string[]) => void early.push(...paths);
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open([path]);
  });
  app.on('second-instance', (_event, _argv, _workingFolder, data) => open(pathsIn(data)));

  app.enableSandbox();
  setUpIdentity();
  setUpScheme();
  setUpNavigation();

  const begin = async () => {
    await app.whenReady();
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
      return;
    }
    open = (paths) => void files.open(paths);
    if (early.length > 0) open(early);
    await Promise.allSettled([tellWhatIsMissing(shell, window), lookForUpdates(shell)]);
  };
  begin().catch((cause: unknown) => openLog(folders().logs, 'desktop')('the start failed', cause));
}

/** Everything comes from our own other instance, and still it is looked at. */
function pathsIn(data: unknown): string[] {
  const { paths } = (data ?? {}) as { paths?: unknown };
  return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
}

function runCommand(args: readonly string[]): void {
  app.dock?.hide();
  // An interruption goes to the whole group, and it is for the command to say what is to end.
  process.on('SIGINT', () => undefined);
  app.on('window-all-closed', () => undefined);
  void app.whenReady().then(async () => {
    const processes = new OwnProcesses(openLog(folders().logs, 'desktop'));
    app.exit(await processes.run('cli/main.js', args));
  });
}
