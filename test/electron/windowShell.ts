import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { folders } from '../../files/folders.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { hearComplaints, type OpenOptions } from '../support/browser.ts';
import { recitalFolder, temporaryFolder } from '../support/cli.ts';
import { Tab } from '../support/loopback.ts';
import type { PageShell, PageShellOptions } from '../support/pageShell.ts';
import { startDesktop, until, type Desktop } from './desktop.ts';

/** The page in the desktop app's one window, on the stand-in. */
export async function startWindowShell({ home = temporaryFolder() }: PageShellOptions): Promise<PageShell> {
  await importCheckpoint(recitalFolder, folders({ SEWSCRIBE_HOME: home }).models, {
    id: 'recital',
    overwrite: true,
  });
  const desktop = await startDesktop({ home });
  const page = await desktop.page();
  const complaints: string[] = [];
  hearComplaints(page, complaints);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const left: Shown[] = [];
  let shown: Shown = {};

  async function show(next: Shown): Promise<void> {
    shown = next;
    const { at = '', width = 1280, height = 800, dark = false, language = 'en' } = next;
    const look = { width, height, dark, language };
    await desktop.ask(({ standIn }, wanted) => standIn.besidePage.look(wanted), look);
    const address = new URL(page.url());
    address.hash = at;
    // One that shows the place already has to begin anew, as a new tab does.
    await page.goto('about:blank');
    await page.goto(address.href);
  }

  return {
    home,
    complaints,
    async open(options = {}) {
      left.push(shown);
      await show(options);
      return page;
    },
    leave: async () => show(left.pop() ?? {}),
    tab: () => tabBeside(desktop),
    async mediaId(path) {
      await stat(path);
      const taken = await desktop.ask(
        ({ standIn }, given) => standIn.besidePage.invoke('page:take', given),
        path,
      );
      return (taken as { mediaId: string }).mediaId;
    },
    answerDialog: (...paths) =>
      desktop.ask(({ standIn }, answer) => void standIn.dialogAnswers.push(answer), paths),
    placeDropped: (target, path) =>
      target.evaluate(
        ([name, known]) => void Object.assign(globalThis, { standInPaths: { [name]: known } }),
        [basename(path), path],
      ),
    killEngine: () => killEngine(desktop),
    close: () => desktop.close(),
  };
}

type Shown = OpenOptions;

/** Ids that the page, which counts from 1, does not come to. */
let nextFirstId = 1_000_000_000;

async function tabBeside(desktop: Desktop): Promise<Tab> {
  const hear = (message: { heard?: string; isBinary?: boolean }) => {
    if (message.heard === undefined) return;
    tab.receive(Buffer.from(message.heard, message.isBinary ? 'base64' : 'utf8'), message.isBinary === true);
  };
  const send = (text: string) =>
    void desktop.ask(({ standIn }, request) => void standIn.besidePage.send('page:request', request), text);
  const tab = new Tab({ send, close: () => desktop.process.off('message', hear) }, nextFirstId);
  nextFirstId += 1_000_000;
  desktop.process.on('message', hear);
  return tab;
}

async function killEngine(desktop: Desktop): Promise<void> {
  const engine = () =>
    desktop.ask(({ standIn }) =>
      standIn.runningProcesses().find(({ serviceName }) => serviceName.includes('engine')),
    );
  const { pid } = await until(async () => {
    const running = await engine();
    return running?.pid === undefined ? undefined : running;
  });
  process.kill(pid!, 'SIGKILL');
}
