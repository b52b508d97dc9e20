import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowsing, type Browsing } from '../support/browser.ts';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
});
afterAll(() => browsing.close());

test('opens, says where it is, and nothing complains', async () => {
  const page = await browsing.open();
  await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
  expect(await page.title()).toBe('Library – Sewscribe');
  expect(await page.evaluate(() => location.search)).toBe('');
  expect(browsing.complaints).toEqual([]);
});

test('a page under the policy can run no script that was smuggled in', async () => {
  const page = await browsing.open();
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "smuggled"';
    document.body.append(script);
  });
  expect(await page.title()).not.toBe('smuggled');
  // And the harness hears of it.
  expect(browsing.complaints.join('\n')).toMatch(/Content Security Policy/);
});
