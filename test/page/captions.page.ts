import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeText, readTranscript } from '../../transcript/formats/index.ts';
import { startPageShell, type PageShell } from '../support/pageShell.ts';
import { temporaryFolder } from '../support/cli.ts';
import { writeFilm } from '../support/film.ts';
import type { Tab } from '../support/loopback.ts';
import { violations } from '../support/violations.ts';

/** Cues of another program, with a fault of each kind but overlaps, over a real film. */
const subtitles = `1
00:00:01,000 --> 00:00:03,980
At springs.

2
00:00:04,000 --> 00:00:06,000
At neaps the current drops
by half.

3
00:00:07,000 --> 00:00:15,000
And because the work goes on for long.

4
00:00:15,100 --> 00:00:15,500
Simpson.

5
00:00:17,000 --> 00:00:21,000
when somebody hands me a new stretch of coast
`;

const home = temporaryFolder();
let shell: PageShell;
let tab: Tab;
let page: Page;
let projectId: string;

const cue = (number: number) => page.getByRole('group', { name: `Cue ${number}`, exact: true });
const choose = (number: number) => cue(number).locator('.no').click();
const counted = (text: string) => page.locator('.tools').getByText(text, { exact: true }).waitFor();
const document_ = async () => (await tab.opened(projectId)).document;
const saved = () => page.getByRole('status').getByText('Saved').waitFor();

beforeAll(async () => {
  await writeFilm(home, 'tides', [{ clip: 'austen-0880', atMs: 1000 }], 28_000);
  await writeFile(join(home, 'tides.srt'), subtitles);
  shell = await startPageShell({ home: join(home, 'app'), roots: [home] });
  tab = await shell.tab();
  ({ projectId } = await tab.call('transcript.import', {
    transcript: await shell.mediaId(join(home, 'tides.srt')),
    media: await shell.mediaId(join(home, 'tides.webm')),
    align: false,
  }));
  page = await shell.open({ at: `/project/${projectId}/captions` });
  await cue(1).waitFor();
});
afterAll(() => shell.close());

test('the cues of a subtitle file are shown as they are, with their faults', async () => {
  await counted('5 cues, 4 faults');
  expect(await cue(2).locator('.ln').allTextContents()).toEqual(['At neaps the current drops', 'by half.']);
  for (const fault of [
    '20 ms between these two, 83 ms needed',
    '8 s on screen, at most 7 s',
    '0.4 s on screen, at least 0.833 s',
    '45 characters in the line, 42 allowed',
  ]) {
    await page.getByText(fault, { exact: true }).waitFor();
  }
});

test('the cue at the playhead stands over the picture', async () => {
  await cue(2)
    .getByRole('button', { name: /^0:04\.000/ })
    .click();
  await page.locator('.on-air').waitFor();
  expect(await page.locator('.on-air').innerText()).toBe('At neaps the current drops\nby half.');
  expect(await page.evaluate(() => document.querySelector('video')!.currentTime)).toBeCloseTo(4, 1);
});

test('the film stays where it is between Text and Captions', async () => {
  const at = () => page.evaluate(() => document.querySelector('video')!.currentTime);
  await page.getByRole('link', { name: 'Text' }).click();
  await page.getByRole('region', { name: 'Transcript text' }).waitFor();
  await expect.poll(at).toBeCloseTo(4, 1);
  await page.getByRole('link', { name: 'Captions' }).click();
  await cue(2).waitFor();
  await expect.poll(at).toBeCloseTo(4, 1);
  await page.locator('.on-air').waitFor();
});

test('F8 goes from fault to fault, F9 mends it, Ctrl+Z takes that back', async () => {
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Cue list' }).press('F8');
  await cue(3).getByRole('textbox', { name: 'Text of cue 3' }).waitFor();
  await page.keyboard.press('F9');
  await page
    .getByText('“And because the work goes on for long.” now ends 1,000 ms sooner.', { exact: false })
    .waitFor();
  await counted('5 cues, 3 faults');
  await page.getByRole('button', { name: /^Undo mending/ }).click();
  await counted('5 cues, 4 faults');
});

test('Shift+F9 mends all as one step, and the export says what is shown', async () => {
  await page.keyboard.press('Shift+F9');
  await counted('5 cues, 0 faults');
  await saved();
  const shown = await page
    .locator('.cue')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('.ln')].map((line) => line.textContent)),
    );
  const chosen = await page
    .locator('.cue textarea')
    .inputValue()
    .catch(() => null);
  const { text } = await tab.call('export.render', { projectId, file: { format: 'srt', options: {} } });
  const { cues } = readTranscript(encodeText(text), { name: 'a.srt' });
  expect(cues.map(({ lines }) => lines)).toEqual(
    shown.map((lines) => (lines.length > 0 ? lines : chosen!.split('\n'))),
  );
  await page
    .getByRole('button', { name: /^Undo mending 4 cues/ })
    .first()
    .click();
  await counted('5 cues, 4 faults');
});

test('times, lines, italics and places that are set by hand stay, and go again', async () => {
  await choose(2);
  const ends = cue(2).getByRole('textbox', { name: 'Cue 2 ends' });
  await ends.fill('6.5');
  await ends.press('Enter');
  await expect.poll(async () => (await document_()).overrides[1].endMs).toBe(6500);

  const text = cue(2).getByRole('textbox', { name: 'Text of cue 2' });
  await text.focus();
  await text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(8, 8));
  await text.press('Shift+Enter');
  await expect.poll(() => text.inputValue()).toBe('At neaps\nthe current drops\nby half.');
  await text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(27, 27));
  await text.press('Shift+Enter');
  await expect.poll(() => text.inputValue()).toBe('At neaps\nthe current drops by half.');

  await cue(2).getByRole('button', { name: 'More for cue 2' }).click();
  await page.getByRole('menuitem', { name: 'Italics' }).click();
  await expect.poll(async () => (await document_()).overrides[1].italic).toBe(true);
  await cue(2).getByRole('button', { name: 'More for cue 2' }).click();
  await page.getByRole('menuitem', { name: 'Place at the top' }).click();
  await expect.poll(async () => (await document_()).overrides[1].positionPercent).toBe(10);
  const { text: vtt } = await tab.call('export.render', { projectId, file: { format: 'vtt', options: {} } });
  expect(vtt).toContain(
    '00:00:04.000 --> 00:00:06.500 line:10%\n<i>At neaps\nthe current drops by half.</i>\n',
  );
  for (let step = 0; step < 5; step += 1)
    await page
      .getByRole('button', { name: /^Undo / })
      .first()
      .click();
  await expect.poll(async () => (await document_()).overrides[1].endMs).toBe(6000);
});

test('words are edited in a cue, and the text of the document follows', async () => {
  await choose(2);
  const text = cue(2).getByRole('textbox', { name: 'Text of cue 2' });
  await text.fill('At neaps the tide drops\nby half.');
  await text.press('Enter');
  await expect
    .poll(async () => (await document_()).items.map((item) => item.text).join(' '))
    .toContain('At neaps the tide drops by half.');
  await page
    .getByRole('button', { name: /^Undo the text of the cue/ })
    .first()
    .click();
  await expect
    .poll(async () => (await document_()).items.map((item) => item.text).join(' '))
    .toContain('At neaps the current drops by half.');
});

test('rules are chosen and changed, and counts follow', async () => {
  const preset = page.getByRole('combobox', { name: 'Preset' });
  await preset.selectOption('bbc');
  await page.getByText('2 over', { exact: true }).first().waitFor();
  const line = page.getByRole('textbox', { name: 'Characters in a line' });
  expect(await line.inputValue()).toBe('37');
  await line.fill('50');
  await line.press('Enter');
  await expect.poll(() => preset.locator('option:checked').textContent()).toBe('BBC, changed');
  await page.getByRole('button', { name: 'Keep as my own' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Museum loop');
  await page.keyboard.press('Enter');
  await expect.poll(() => preset.locator('option:checked').textContent()).toBe('My own: Museum loop');
  await expect
    .poll(async () => (await tab.opened(projectId)).captions)
    .toMatchObject({ preset: 'Museum loop', rules: { maxLineChars: 50 } });
  await preset.selectOption('sewscribe');
});

test('all are shifted, words too, as one step', async () => {
  await page.getByRole('button', { name: 'Shift or stretch' }).click();
  await page.getByLabel('Seconds to shift all by').fill('-0.5');
  await page.getByRole('button', { name: 'Shift all' }).click();
  await cue(1).getByText('0:00.500').waitFor();
  await expect.poll(async () => (await document_()).items[0]).toMatchObject({ startMs: 500 });
  await page.getByRole('button', { name: 'Shift or stretch' }).click();
  await page.getByLabel('Seconds to shift all by').fill('-5');
  await page.getByRole('button', { name: 'Shift all' }).click();
  await page.getByText('Words would lie outside of the film then').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Undo shifting all/ }).click();
  await cue(1).getByText('0:01.000').waitFor();
});

test('the timeline shows the cues, and which is chosen', async () => {
  const drawn = () =>
    page
      .getByRole('region', { name: 'Timeline' })
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await choose(1);
  await cue(1).getByRole('textbox', { name: 'Text of cue 1' }).waitFor();
  const first = await drawn();
  await choose(5);
  await expect.poll(drawn).not.toBe(first);
  await choose(1);
  await expect.poll(drawn).toBe(first);
});

test('axe finds nothing, with a cue chosen and in the dialog', async () => {
  await choose(3);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Shift or stretch' }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel' }).click();
  const narrow = await shell.open({ at: `/project/${projectId}/captions`, width: 480, dark: true });
  await narrow.getByRole('button', { name: 'Rules: Sewscribe' }).click();
  expect(await violations(narrow)).toEqual([]);
  await shell.leave(narrow);
});

test('nothing complained', () => {
  expect(shell.complaints).toEqual([]);
});
