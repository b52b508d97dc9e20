import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { _electron, chromium, type Browser, type Page } from 'playwright-core';
import { folders } from '../../files/folders.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { recitalFolder, temporaryFolder } from '../support/cli.ts';
import { clipText, recital } from '../support/recitalMedia.ts';
import { writeWav } from '../support/wav.ts';
import { appVariable, electronVariable } from './builtApp.ts';
import type * as StandIn from './standIn/electron.ts';

export type Electron = Pick<typeof StandIn, 'app' | 'BrowserWindow' | 'Menu' | 'dialog' | 'standIn'>;

/** The running app, on the stand-in or on Electron itself. */
export type Desktop = {
  /** Runs a function in the main process; it sees nothing but its two arguments. */
  ask<T, A = undefined>(question: (electron: Electron, arg: A) => T | Promise<T>, arg?: A): Promise<T>;
  /** The page of the window; after a crash another one. */
  page(): Promise<Page>;
  /** The exit code, once it has ended. */
  ended: Promise<number | null>;
  /** What the shell wrote to its log. */
  log(): string;
  home: string;
  process: ChildProcess;
  close(): Promise<void>;
};

export type DesktopOptions = {
  home: string;
  args?: string[];
  environment?: Record<string, string>;
  /** Another app than the run's. */
  app?: string;
};

const hook = new URL('./standIn/hook.mjs', import.meta.url).href;
export const appFolder = () => process.env[appVariable]!;
export const installedElectron = () => process.env[electronVariable];

/** A home with the recital model as the one that is used. */
export async function homeWithModel(): Promise<string> {
  const home = temporaryFolder();
  const places = folders({ SEWSCRIBE_HOME: home });
  await importCheckpoint(recitalFolder, places.models, { id: 'recital', overwrite: true });
  await mkdir(places.settings, { recursive: true });
  await writeFile(join(places.settings, 'settings.json'), JSON.stringify({ modelId: 'recital' }));
  return home;
}

/** What the recital clips say, in a file, so many times. @returns its path and the words in lower case */
export async function recording(
  home: string,
  name: string,
  clips: readonly string[],
  times = 1,
): Promise<{ path: string; words: string[] }> {
  const path = join(home, name);
  const placed = clips.map((clip, k) => ({ clip, atMs: 500 + k * 7000 }));
  const once = await recital(placed, clips.length * 7000);
  const samples = new Float32Array(once.length * times);
  for (let k = 0; k < times; k += 1) samples.set(once, k * once.length);
  await writeWav(path, samples);
  const words = clips.map(clipText).join(' ').toLowerCase().split(' ');
  return { path, words: Array.from({ length: times }, () => words).flat() };
}

/** The words that a home's only project holds on the disk. */
export async function wordsOnDisk(home: string): Promise<string[]> {
  const { projects } = folders({ SEWSCRIBE_HOME: home });
  const [project] = (await readdir(projects, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const text = await readFile(join(projects, project.name, 'document.json'), 'utf8');
  const { items } =
    (JSON.parse(text) as { document?: { items: { text: string }[] } }).document ?? JSON.parse(text);
  return (items as { text: string }[]).map((item) => item.text.toLowerCase().replace(/[.,]/g, ''));
}

/** A person drops a file on the page, or chooses it. */
export async function giveFile(page: Page, path: string): Promise<void> {
  // On the stand-in a file does not know where it lies.
  await page.evaluate(
    ([name, known]) => Object.assign(globalThis, { standInPaths: { [name]: known } }),
    [basename(path), path],
  );
  await page.locator('input[type=file]').setInputFiles(path);
}

const logOf = (home: string) => () => {
  try {
    return readFileSync(join(folders({ SEWSCRIBE_HOME: home }).logs, 'desktop.log'), 'utf8');
  } catch {
    return '';
  }
};

/** Starts the main process on the stand-in, and does not wait for anything. */
export function launchOnStandIn({
  home,
  args = [],
  environment,
  app = appFolder(),
}: DesktopOptions): ChildProcess {
  return fork(join(app, 'electron/main.js'), args, {
    execArgv: ['--import', hook],
    cwd: home,
    env: { ...process.env, SEWSCRIBE_HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

export async function startDesktop(options: DesktopOptions): Promise<Desktop> {
  const child = launchOnStandIn(options);
  let complaints = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaints += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const waiting = new Map<number, { resolve(result: never): void; reject(cause: Error): void }>();
  let nextId = 1;
  child.on('message', ({ id, result, failure }: { id?: number; result: unknown; failure?: string }) => {
    // Else it is what a page hears.
    if (id === undefined) return;
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (failure === undefined) resolve(result as never);
    else reject(new Error(failure));
  });
  void ended.then((code) => {
    const cause = new Error(`the app ended with ${code}: ${complaints}`);
    for (const { reject } of waiting.values()) reject(cause);
  });
  const ask: Desktop['ask'] = (question, arg) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      child.send({ id, source: question.toString(), arg }, (cause) => {
        if (cause) reject(cause);
      });
    });

  let browser: Browser | undefined;
  return {
    ask,
    ended,
    log: logOf(options.home),
    home: options.home,
    process: child,
    async page() {
      return until(async () => {
        // An app that has ended says so here.
        const address = await ask(({ standIn }) => standIn.browserAddress());
        if (address === null) return undefined;
        browser ??= await chromium.connectOverCDP(address).catch(() => undefined);
        return browser
          ?.contexts()[0]
          .pages()
          .findLast((page) => page.url().startsWith('http://127.0.0.1'));
      });
    },
    async close() {
      if (child.connected && child.exitCode === null) {
        await ask(({ app }) => void setImmediate(() => app.quit())).catch(() => undefined);
      }
      await ended;
      await browser?.close().catch(() => undefined);
    },
  };
}

/** The same app on Electron itself, which knows nothing of `standIn`. */
export async function startOnElectron({ home, args = [], environment }: DesktopOptions): Promise<Desktop> {
  const app = await _electron.launch({
    executablePath: installedElectron(),
    args: [
      // One app at a time has this folder, and a person's own may run.
      `--user-data-dir=${join(home, 'electron')}`,
      // Chromium has no sandbox for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      appFolder(),
      ...args,
    ],
    cwd: home,
    env: { ...process.env, SEWSCRIBE_HOME: home, ...environment } as Record<string, string>,
  });
  const child = app.process();
  return {
    ask: (question, arg) => app.evaluate(question as never, arg) as never,
    ended: new Promise((resolve) => child.once('exit', resolve)),
    log: logOf(home),
    home,
    process: child,
    page: () => app.firstWindow(),
    close: () => app.close(),
  };
}

/** Asks again until there is an answer; the test's own limit ends it. */
export async function until<T>(ask: () => Promise<T | null | undefined> | T | null | undefined): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
