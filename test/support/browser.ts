import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { builtPageVariable } from './builtPage.ts';
import { findChromium } from './chromium.ts';
import { temporaryFolder } from './cli.ts';
import { startLoopback, type Loopback } from './loopback.ts';
import { hearLate, lateVariable } from '../page/late.ts';

/** The page as a person has it: Chromium, the loopback shell, a real engine and the recital model. */
export type Browsing = {
  loopback: Loopback;
  /** The folder that holds settings, models and projects. */
  home: string;
  browser: Browser;
  /** One more tab of the same person. */
  open(options?: OpenOptions): Promise<Page>;
  /** What tabs complained of in their consoles so far: errors, and what the policy refused. */
  complaints: string[];
  close(): Promise<void>;
};

export type OpenOptions = {
  /** The address behind `#`, such as `/project/ID`. */
  at?: string;
  width?: number;
  height?: number;
  dark?: boolean;
  /** A BCP 47 tag. */
  language?: string;
};

/**
 * Starts a shell and a browser, for the tests of one file.
 * @param options.roots folders that the page may choose files from
 */
export async function startBrowsing(
  options: { roots?: string[]; home?: string; page?: string; uploadLimitBytes?: number } = {},
): Promise<Browsing> {
  const { home = temporaryFolder(), page = process.env[builtPageVariable], ...rest } = options;
  const executablePath = await findChromium();
  const loopback = await startLoopback(home, { ...rest, page });
  const browser = await launch(executablePath);
  const complaints: string[] = [];
  const contexts = new Set<BrowserContext>();
  return {
    loopback,
    home,
    browser,
    complaints,
    async open({ at = '', width = 1280, height = 800, dark = false, language = 'en' } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        locale: language,
        acceptDownloads: true,
      });
      contexts.add(context);
      const lateMs = Number(process.env[lateVariable] ?? 0);
      if (lateMs > 0) await hearLate(context, lateMs);
      const tab = await context.newPage();
      hearComplaints(tab, complaints);
      // A page that holds something unsaved asks before it goes, and a test means what it does.
      tab.on('dialog', (dialog) => void dialog.accept());
      await tab.goto(loopback.server.address);
      if (at !== '') await tab.goto(new URL(`/#${at}`, loopback.server.address).href);
      return tab;
    },
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      await loopback.close();
    },
  };
}

/** Containers run as root and have a small /dev/shm, and a test may play without a press. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

export function hearComplaints(tab: Page, complaints: string[]): void {
  tab.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  tab.on('pageerror', (error) => complaints.push(String(error)));
}
