import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  homeWithModel,
  installedElectron,
  recording,
  startDesktop,
  startOnElectron,
  type Desktop,
} from './desktop.ts';

/**
 * What needs nothing of the stand-in but what Electron has too: from the start with a recording to its text. Where
 * Electron's binary is installed, all of it is seen there too.
 */

const shells = [
  ['the stand-in', startDesktop] as const,
  ...(installedElectron() ? [['Electron', startOnElectron] as const] : []),
];

describe.each(shells)('on %s', (_name, start) => {
  let desktop: Desktop;
  let page: Page;
  let talk: { path: string; words: string[] };

  beforeAll(async () => {
    const home = await homeWithModel();
    talk = await recording(home, 'Talk.wav', ['austen-0880']);
    desktop = await start({ home, args: [talk.path] });
    page = await desktop.page();
    page.setDefaultTimeout(60_000);
  });
  afterAll(() => desktop?.close());

  test('a recording that it is started with is heard, shown and played', async () => {
    await page.waitForURL(/#\/project\//);
    await page
      .getByText(/not an ill/i)
      .first()
      .waitFor();
    const media = page.locator('audio, video').first();
    const address = await media.evaluate((element) => (element as unknown as { src: string }).src);
    const part = await page.evaluate(async (from) => {
      const answer = await fetch(from, { headers: { Range: 'bytes=4-11' } });
      return [answer.status, answer.headers.get('content-range'), await answer.text()];
    }, address);
    expect(part).toEqual([206, expect.stringMatching(/^bytes 4-11\/\d+$/), expect.stringContaining('WAVE')]);
    // A browser that knows how long it is has read it, and can go to a place in it.
    const seconds = () => media.evaluate((element) => (element as unknown as { duration: number }).duration);
    await expect.poll(seconds).toBeCloseTo(7, 1);
  });

  test('the page has no Node, reaches no network and leads nowhere else', async () => {
    const found = await page.evaluate(async () => {
      const page = globalThis as unknown as Record<string, object>;
      const reached = await fetch('https://example.com/').then(
        () => true,
        () => false,
      );
      return [typeof page['require'], typeof page['process'], reached];
    });
    expect(found).toEqual(['undefined', 'undefined', false]);
    const before = page.url();
    await page.evaluate(() => void (location.href = 'https://example.com/')).catch(() => undefined);
    await page.evaluate(() => void open('https://example.com/'));
    expect(await desktop.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(page.url()).toBe(before);
  });

  test('the menu leads to the settings', async () => {
    await desktop.ask(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('settings')!.click());
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  test('the engine killed: the page goes on', async () => {
    const engine = await desktop.ask(
      ({ app }) => app.getAppMetrics().find(({ name }) => name?.includes('engine'))!.pid,
    );
    process.kill(engine, 'SIGKILL');
    await expect.poll(() => desktop.log()).toContain('the engine ended and is started again');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  test('closed, it ends', async () => {
    await desktop.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
    expect(await desktop.ended).toBe(0);
  });
});
