import { app, dialog } from 'electron';
import { folders } from '../files/folders.ts';
import { openLog } from '../files/log.ts';
import { wantedOf } from './commandLine.ts';
import { setUpNavigation, setUpScheme } from './security.ts';
import { filled, textsFor } from './texts.ts';

/**
 * The desktop app. Started with a command of `sewscribe` it is the command line. What has to be said before Electron is
 * ready is said here; everything else is read when it is needed.
 */

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
  // Windows knows the app's notifications and its place on the taskbar by this name.
  if (process.platform === 'win32') app.setAppUserModelId('org.sewscribe.desktop');
  setUpScheme();
  setUpNavigation();

  const begin = async () => {
    const { openApp } = await readInPieces();
    await app.whenReady();
    const files = await openApp();
    if (!files) return;
    open = (paths) => void files.open(paths);
    if (early.length > 0) open(early);
  };
  begin().catch((cause: unknown) => {
    dialog.showErrorBox('Sewscribe', whyNot(cause));
    // Without a window it would only keep the next start from having one.
    app.exit(1);
  });
}

/** Logs why the start failed. @returns the sentence for a person */
function whyNot(cause: unknown): string {
  const { logs } = folders();
  openLog(logs, 'desktop')('the start failed', cause);
  return filled(textsFor(app.getLocale()).cannotStart, { logs });
}

/** One after the other, so that the first window's events need not wait for all of it; zod comes with the first. */
async function readInPieces() {
  await import('./desktopState.ts');
  await import('../engine/contract.ts');
  return import('./openApp.ts');
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
  const run = async () => {
    await app.whenReady();
    const { OwnProcesses } = await import('./processes.ts');
    const processes = new OwnProcesses(openLog(folders().logs, 'desktop'));
    return processes.run('cli/main.js', args);
  };
  run().then(
    (code) => app.exit(code),
    (cause: unknown) => {
      process.stderr.write(`sewscribe: ${whyNot(cause)}\n`);
      app.exit(1);
    },
  );
}
