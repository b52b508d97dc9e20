import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPageShell, type PageShell } from '../support/pageShell.ts';

let shell: PageShell;
beforeAll(async () => {
  shell = await startPageShell();
});
afterAll(() => shell.close());

test('opens, says where it is, and nothing complains', async () => {
  const page = await shell.open();
  await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
  expect(await page.title()).toBe('Library – Sewscribe');
  expect(await page.evaluate(() => location.search)).toBe('');
  expect(shell.complaints).toEqual([]);
});

test('a page under the policy can run no script that was smuggled in', async () => {
  const page = await shell.open();
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "smuggled"';
    document.body.append(script);
  });
  expect(await page.title()).not.toBe('smuggled');
  // And the harness hears of it.
  expect(shell.complaints.join('\n')).toMatch(/Content Security Policy/);
});
