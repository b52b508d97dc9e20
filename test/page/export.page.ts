import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { strFromU8, unzipSync } from 'fflate';
import { readTranscript } from '../../transcript/formats/index.ts';
import { can, startPageShell, type PageShell } from '../support/pageShell.ts';
import { temporaryFolder } from '../support/cli.ts';
import type { Tab } from '../support/loopback.ts';
import { writeSpeech } from '../support/media.ts';
import { violations } from '../support/violations.ts';

const subtitles = `1
00:00:00,700 --> 00:00:03,000
He was not <an> ill-disposed
young man & so on.

2
00:00:05,000 --> 00:00:08,000
- The awe of man
- rushed over him.
`;

const home = temporaryFolder();
const recordings = join(home, 'recordings');
let shell: PageShell;
let tab: Tab;
let page: Page;
let projectId: string;

const box = (name: string) => page.getByRole('checkbox', { name: new RegExp(`^${name} `) });
const dialog = () => page.getByRole('dialog');
const open = async () => {
  await page.keyboard.press('Control+e');
  await page.getByRole('heading', { name: 'Export “talk”' }).waitFor();
};

beforeAll(async () => {
  await mkdir(join(recordings, 'elsewhere'), { recursive: true });
  await writeSpeech(join(recordings, 'talk.wav'));
  await writeFile(join(recordings, 'given.srt'), subtitles);
  shell = await startPageShell({ home: join(home, 'app'), roots: [recordings] });
  tab = await shell.tab();
  ({ projectId } = await tab.call('transcript.import', {
    transcript: await shell.mediaId(join(recordings, 'given.srt')),
    media: await shell.mediaId(join(recordings, 'talk.wav')),
    align: false,
  }));
  page = await shell.open({ at: `/project/${projectId}` });
  await page.getByText('ill-disposed', { exact: false }).first().waitFor();
});
afterAll(() => shell?.close());

test('several formats are written beside the film, each as its preview began', async () => {
  await open();
  expect(await box('SRT').isChecked()).toBe(true);
  const preview = page.getByRole('region', { name: 'Beginning of the SRT file' });
  expect(await preview.innerText()).toMatch(/^1\n00:00:00,700 --> 00:00:03,000\nHe was not/);
  expect(await violations(page)).toEqual([]);
  for (const format of ['WebVTT', 'ASS', 'TTML', 'DOCX', 'HTML', 'JSON']) await box(format).check();
  await page.getByRole('button', { name: 'Export 7 files' }).click();
  await page.getByRole('heading', { name: '7 files are written' }).waitFor();
  expect(await violations(page)).toEqual([]);
  const names = ['srt', 'vtt', 'ass', 'ttml', 'docx', 'html', 'json'].map((end) => `talk.${end}`);
  expect((await readdir(recordings)).filter((name) => names.includes(name)).sort()).toEqual(
    [...names].sort(),
  );
  for (const name of ['talk.srt', 'talk.vtt', 'talk.ass', 'talk.ttml']) {
    const { cues } = readTranscript(await readFile(join(recordings, name)), { name });
    expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [700, 3000],
      [5000, 8000],
    ]);
    expect(cues[0].lines).toEqual(['He was not <an> ill-disposed', 'young man & so on.']);
  }
  const docx = unzipSync(await readFile(join(recordings, 'talk.docx')));
  expect(strFromU8(docx['word/document.xml'])).toContain(
    'He was not &lt;an&gt; ill-disposed young man &amp; so on.',
  );
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await dialog().count()).toBe(0);
});

test('a browser reads what was written as XML and HTML', async () => {
  const read = async (name: string) => readFile(join(recordings, name), 'utf8');
  const ttml = await read('talk.ttml');
  // The page's policy holds for what it parses, and would complain of the file's own style.
  const html = (await read('talk.html')).replace(/<style>.*<\/style>/s, '');
  const said = await page.evaluate(
    ([xml, markup]) => {
      const parser = new DOMParser();
      const timed = parser.parseFromString(xml, 'application/xml');
      const readable = parser.parseFromString(markup, 'text/html');
      return {
        errors: timed.querySelectorAll('parsererror').length,
        root: timed.documentElement.namespaceURI,
        paragraphs: [...timed.getElementsByTagName('p')].map((each) => each.textContent),
        first: readable.querySelector('p')?.textContent,
        scripts: readable.querySelectorAll('script, link, img').length,
      };
    },
    [ttml, html],
  );
  expect(said).toEqual({
    errors: 0,
    root: 'http://www.w3.org/ns/ttml',
    paragraphs: ['He was not <an> ill-disposedyoung man & so on.', '- The awe of man- rushed over him.'],
    first: 'He was not <an> ill-disposed young man & so on.',
    scripts: 0,
  });
});

test('files that are there are asked about, and both are kept or the old one goes', async () => {
  await open();
  for (const format of ['WebVTT', 'ASS', 'TTML', 'DOCX', 'HTML', 'JSON']) await box(format).uncheck();
  await page.getByRole('button', { name: 'Export 1 file' }).click();
  await page.getByText('“talk.srt” is already there, written on').waitFor();
  await page.getByRole('button', { name: 'Export 1 file' }).click();
  await page.getByRole('heading', { name: '1 file is written' }).waitFor();
  expect(await readdir(recordings)).toContain('talk (2).srt');
  await page.getByRole('button', { name: 'Done' }).click();
});

test('options change the file, and another folder takes it', async () => {
  await open();
  await box('SRT').uncheck();
  await box('CSV').check();
  await page.getByRole('combobox', { name: 'Rows of CSV' }).selectOption('words');
  await expect
    .poll(() => page.getByRole('region', { name: 'Beginning of the CSV file' }).innerText())
    .toMatch(/^segment,startMs,endMs,speaker,confidence,word\n/);
  if (!can.listFolders) await shell.answerDialog(join(recordings, 'elsewhere'));
  await page.getByRole('radio', { name: 'Another folder' }).check();
  if (can.listFolders) await page.getByRole('button', { name: 'elsewhere' }).click();
  else await page.getByText('elsewhere', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Export 1 file' }).click();
  await page.getByRole('heading', { name: '1 file is written' }).waitFor();
  expect(await readFile(join(recordings, 'elsewhere/talk.csv'), 'utf8')).toMatch(/^segment,/);
  await page.getByRole('button', { name: 'Done' }).click();
});

test('a download has the bytes that would be written', async () => {
  await open();
  await box('CSV').uncheck();
  await box('DOCX').check();
  await page.getByRole('radio', { name: 'Download' }).check();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export 1 file' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe('talk.docx');
  expect(await readFile(await download.path())).toEqual(await readFile(join(recordings, 'talk.docx')));
  await page.getByRole('button', { name: 'Done' }).click();
});

test('a key exports the same again, and asks where something would be lost', async () => {
  const again = page.waitForEvent('download');
  await page.keyboard.press('Control+Shift+e');
  expect((await again).suggestedFilename()).toBe('talk.docx');
  expect(await dialog().count()).toBe(0);
});

test('the settings say where an export goes and what becomes of files that are there', async () => {
  await tab.call('settings.set', { exportTo: 'ask', whenThere: 'replace', exportFormats: ['csv'] });
  const before = await readdir(join(recordings, 'elsewhere'));
  if (!can.listFolders) await shell.answerDialog(join(recordings, 'elsewhere'));
  // The dialog begins as the settings are when it opens: the page has to have heard of them.
  await page.reload();
  await page.getByText('ill-disposed', { exact: false }).first().waitFor();
  await open();
  expect(await page.getByRole('radio', { name: 'Another folder' }).isChecked()).toBe(true);
  if (can.listFolders) await page.getByRole('button', { name: 'elsewhere' }).click();
  else await page.getByText('elsewhere', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Export 1 file' }).click();
  await page.getByRole('heading', { name: '1 file is written' }).waitFor();
  expect(await readdir(join(recordings, 'elsewhere'))).toEqual(before);
  await page.getByRole('button', { name: 'Done' }).click();
});

test('nothing complained', () => {
  expect(shell.complaints).toEqual([]);
});
