import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import { startBrowsing, type OpenOptions } from './browser.ts';
import type { Tab } from './loopback.ts';

/**
 * The page in one of its shells, for specs that hold in each: a browser on the loopback shell, or the desktop app's
 * main process. `SEWSCRIBE_TEST_SHELL=desktop` chooses the other one.
 */
export type PageShell = {
  /** The folder that holds settings, models and projects. */
  home: string;
  /** What pages complained of in their consoles so far: errors, and what the policy refused. */
  complaints: string[];
  /** The page: a tab of its own in a browser, the one window on the desktop. */
  open(options?: OpenOptions): Promise<Page>;
  /** Closes a tab; on the desktop the window shows again what it showed before. */
  leave(page: Page): Promise<void>;
  /** The page's contract, spoken beside any page. */
  tab(): Promise<Tab>;
  /** The id of a file that the page may use. */
  mediaId(path: string): Promise<string>;
  /** What a person answers in the system's next dialog: nothing but a desktop has one. */
  answerDialog(...paths: string[]): Promise<void>;
  /** The page's files of this name lie there: on the desktop a dropped file has a path. */
  placeDropped(page: Page, path: string): Promise<void>;
  /** Ends the engine as a fault would. */
  killEngine(): Promise<void>;
  close(): Promise<void>;
};

export type PageShellOptions = { roots?: string[]; home?: string };

export const isDesktop = process.env['SEWSCRIBE_TEST_SHELL'] === 'desktop';

/** What not every shell has. A spec that needs what is not there is not registered (docs/electron.md lists them). */
export const can = {
  /** Several pages at once, each with its own size, colours and language. */
  openTabs: !isDesktop,
  /** Files are picked from a listing of folders; else in the system's own dialog. */
  listFolders: !isDesktop,
} as const;

export async function startPageShell(options: PageShellOptions = {}): Promise<PageShell> {
  if (isDesktop) return (await import('../electron/windowShell.ts')).startWindowShell(options);
  const browsing = await startBrowsing(options);
  const { loopback, home, complaints } = browsing;
  return {
    home,
    complaints,
    open: (opened) => browsing.open(opened),
    leave: (page) => page.context().close(),
    tab: () => loopback.tab(),
    mediaId: async (path) => listed(await loopback.tab(), basename(path)),
    answerDialog: () => Promise.reject(new Error('A browser has no dialog of the system.')),
    placeDropped: () => Promise.resolve(),
    killEngine: async () => loopback.killEngine(),
    close: () => browsing.close(),
  };
}

async function listed(tab: Tab, name: string): Promise<string> {
  const { folders } = await tab.call('files.list', { folderId: null });
  for (const { folderId } of folders) {
    const { files } = await tab.call('files.list', { folderId });
    const found = files.find((file) => file.name === name);
    if (found) return found.mediaId;
  }
  throw new Error(`“${name}” is in none of the folders.`);
}
