import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { writeFilm } from '../support/film.ts';
import type { Tab } from '../support/loopback.ts';
import { startPageShell, type PageShell } from '../support/pageShell.ts';

/** What stays where a person left it or expects it: words under the mouse, steps of undo, the film at a found place. */

const subtitles = `1
00:00:01,000 --> 00:00:03,000
Every tide begins with the moon, and some of it ends on the shelf a good while later than anybody would think.

2
00:00:08,000 --> 00:00:08,400
The shelf.

3
00:00:12,000 --> 00:00:15,000
Nobody has measured the kelp forest before.

4
00:00:15,050 --> 00:00:15,300
Incomprehensibilities.

5
00:00:15,320 --> 00:00:18,000
It was worth it.
`;

let shell: PageShell;
let tab: Tab;
let projectId: string;

beforeAll(async () => {
  const home = temporaryFolder();
  await writeFilm(home, 'kelp', [{ clip: 'austen-0880', atMs: 1000 }], 20_000);
  await writeFile(join(home, 'kelp.srt'), subtitles);
  shell = await startPageShell({ roots: [home], home: join(home, 'app') });
  tab = await shell.tab();
  ({ projectId } = await tab.call('transcript.import', {
    transcript: await shell.mediaId(join(home, 'kelp.srt')),
    media: await shell.mediaId(join(home, 'kelp.webm')),
    align: false,
  }));
});
afterAll(() => shell?.close());

const placesOfWords = (page: Page) =>
  page
    .locator('[data-id]')
    .evaluateAll((words) =>
      words.map((word) => [word.textContent, ...Object.values(word.getBoundingClientRect().toJSON())]),
    );

test.each([1280, 480])(
  'a double click selects its word, and no word moves by a pixel (%i px)',
  async (width) => {
    const page = await shell.open({ at: `/project/${projectId}`, width });
    const word = (text: string) => page.locator('[data-id]', { hasText: new RegExp(`^${text}`) }).first();
    await word('kelp').waitFor();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const before = await placesOfWords(page);
    for (const text of ['kelp', 'worth', 'moon', 'forest']) {
      await word(text).dblclick();
      await page.getByRole('group', { name: 'Selection' }).getByText('1 word').waitFor();
      expect((await page.evaluate(() => getSelection()?.toString()))?.trim()).toBe(text);
      expect(await placesOfWords(page)).toEqual(before);
    }
    await word('tide').click();
    await page.getByRole('textbox', { name: 'Segment ends' }).waitFor();
    expect(await placesOfWords(page)).toEqual(before);
    await shell.leave(page);
  },
);

test('what was said of mending offers to undo it only until the next step', async () => {
  const page = await shell.open({ at: `/project/${projectId}/captions` });
  const line = page.locator('.quietline');
  const undo = line.getByRole('button', { name: 'Undo' });
  await page.getByRole('button', { name: /^Mend all/ }).click();
  await undo.waitFor();
  await page.getByRole('status').getByText('Saved').waitFor();
  await undo.waitFor();
  const { history } = await tab.opened(projectId);
  expect(history.undo).toMatch(/^mending/);
  await page.getByRole('group', { name: 'Cue 3', exact: true }).locator('.no').click();
  await page.getByRole('button', { name: 'More for cue 3' }).click();
  await page.getByRole('menuitem', { name: 'Italics' }).click();
  await line.waitFor({ state: 'detached' });
  await expect.poll(async () => (await tab.opened(projectId)).history.undo).toMatch(/^setting/);
  await page.keyboard.press('Escape');
  await shell.leave(page);
});

test('Enter in the search opens the first place, with the film and the timeline there', async () => {
  const { document } = await tab.opened(projectId);
  const kelp = document.items.find(({ text }) => text === 'kelp')!;
  const page = await shell.open({ at: '/library' });
  await page.getByRole('searchbox').fill('kelp forest');
  await page.keyboard.press('Enter');
  await page.locator('[data-segment]').first().waitFor();
  const shown = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime * 1000);
  await expect.poll(shown).toBeCloseTo(kelp.kind === 'word' ? kelp.startMs : 0, -2);
  await expect.poll(() => page.evaluate(() => getSelection()?.toString().trim())).toBe('kelp forest');
  await shell.leave(page);
});
