import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { defaultSettings, type QueuedJob } from '../../engine/contract.ts';
import { mediaFingerprint } from '../../engine/media/fingerprint.ts';
import { ProjectStore } from '../../engine/projects/projectStore.ts';
import { folders } from '../../files/folders.ts';
import { countingIds, emptyDocument } from '../../transcript/create.ts';
import { appendWords, type AppendedWord } from '../../transcript/segmentation.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { violations } from '../support/axe.ts';
import { startBrowsing, type Browsing } from '../support/browser.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';
import type { Tab } from '../support/loopback.ts';
import { recital } from '../support/recitalMedia.ts';
import { writeConversation } from '../support/twoVoices.ts';
import { writeWav } from '../support/wav.ts';

/** What a person meets around a project: texts that exist, a recording heard badly, long searches and long lists. */

// The embedded model is converted when the models are first listed.
vi.setConfig({ testTimeout: 180_000 });

const home = temporaryFolder();
const root = join(home, 'files');
const endless = `${'a'.repeat(40)}b`;
let browsing: Browsing;
let engine: Tab;
let mirror: HubMirror;
let badlyHeard: string;

beforeAll(async () => {
  mirror = await startHubMirror({
    models: {
      'asapp/sew-d-base-plus-400k-ft-ls100h': join(projectFolder, 'test/fixtures/sewd/micro-group-pos128'),
    },
  });
  process.env['SEWSCRIBE_HUB'] = mirror.url;
  await mkdir(root, { recursive: true });
  const srt = `1\n00:00:01,000 --> 00:00:03,000\nThe tide comes in\n\n2\n00:00:04,000 --> 00:00:06,000\n${endless} goes out\n`;
  await writeFile(join(root, 'tides.srt'), srt);
  const sound = join(root, 'murmur.wav');
  await writeWav(sound, await recital([{ clip: 'cv1-1', atMs: 500 }], 8_000));
  process.env['SEWSCRIBE_HOME'] = home;
  // As a poor model leaves it: 24 words of 30 are doubtful.
  const poor = heardWords('mumble', 30, (k) => ({ confidence: k % 5 === 0 ? 0.9 : 0.4 }));
  badlyHeard = await storeProject('murmur', sound, poor);
  const guessed = heardWords('guess', 9, (k) => ({
    ...(k === 0 && { confidence: 0.5 }),
    ...([3, 4, 7].includes(k) && { alignment: 0.1 }),
  }));
  await storeProject('Guessed', sound, guessed);
  browsing = await startBrowsing({ home, roots: [root] });
  engine = await browsing.loopback.tab();
});
afterAll(async () => {
  await browsing?.close();
  await mirror?.close();
  delete process.env['SEWSCRIBE_HUB'];
});
beforeEach(() => browsing.complaints.splice(0));

/** Words of the recogniser, one after the other. */
const heardWords = (
  stem: string,
  count: number,
  about: (k: number) => Partial<AppendedWord>,
): AppendedWord[] =>
  Array.from({ length: count }, (_, k) => ({
    text: `${stem}${k}`,
    startMs: 200 * k,
    endMs: 200 * k + 150,
    confidence: 0.9,
    origin: 'recogniser',
    speakerId: null,
    ...about(k),
  }));

/** A project of a recording that was heard. */
async function storeProject(name: string, path: string, words: readonly AppendedWord[]): Promise<string> {
  const media = { name: 'murmur.wav', durationMs: 8_000 };
  const empty = emptyDocument(media);
  const { document } = applyOperations(empty, appendWords(empty, words, { newId: countingIds('w') }));
  const silent = { onEdit: () => undefined, onChange: () => undefined };
  const store = await ProjectStore.open(folders().projects, silent);
  return store.create(
    {
      name,
      media: { ...media, path, fingerprint: await mediaFingerprint(path), hasVideo: false },
      options: { modelId: 'embedded', device: 'cpu', case: 'sentence', channels: 'mix' },
      captions: defaultSettings.captions,
      isHidden: false,
      isWhole: true,
    },
    document,
  );
}

/** A project of a talk of two with its sound, whose segments have these speakers. */
async function importTwo(speakers: Parameters<typeof writeConversation>[2]): Promise<{ projectId: string }> {
  await writeConversation(root, 'two', speakers);
  const { folders: allowed } = await engine.call('files.list', { folderId: null });
  const { files } = await engine.call('files.list', { folderId: allowed[0].folderId });
  const idOf = (name: string) => files.find((file) => file.name === name)!.mediaId;
  const imported = { transcript: idOf('two.json'), media: idOf('two.wav') };
  return engine.call('transcript.import', { ...imported, align: false });
}

/** A tab whose way to its shell can be written to, and whose questions can be answered otherwise. */
async function routed(answers: Record<string, (result: unknown) => unknown> = {}) {
  const page = await browsing.open({ at: '/models' });
  let socket: WebSocketRoute | undefined;
  await page.routeWebSocket(/\/socket$/, (route) => {
    socket = route;
    const asked = new Map<number, string>();
    const shell = route.connectToServer();
    route.onMessage((message) => {
      const { id, method } = JSON.parse(String(message)) as { id: number; method: string };
      asked.set(id, method);
      shell.send(message);
    });
    shell.onMessage((message) => {
      const said = typeof message === 'string' ? JSON.parse(message) : {};
      const answer = answers[asked.get(said.id) ?? ''];
      if (!answer || said.kind === 'event') route.send(message);
      else route.send(JSON.stringify({ kind: 'result', id: said.id, result: answer(said.result) }));
    });
  });
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
  const tell = (event: string, payload: unknown) =>
    socket!.send(JSON.stringify({ kind: 'event', event, payload }));
  return { page, tell };
}

const text = (page: Page) => page.locator('[data-segment]').allTextContents();

test('subtitles are opened without a recording and without looking for times', async () => {
  const page = await browsing.open();
  page.setDefaultTimeout(90_000);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Fit a text to its sound' }).click();
  const picker = page.getByRole('dialog', { name: 'Choose a text and its recording' });
  await picker.getByRole('checkbox', { name: /tides\.srt/ }).check();
  expect(await violations(page)).toEqual([]);
  // With a recording the words can get their times, or keep those of the subtitles.
  await picker.getByRole('checkbox', { name: /murmur\.wav/ }).check();
  await picker.getByRole('button', { name: 'Fit the text' }).waitFor();
  await picker.getByRole('checkbox', { name: 'Look for its times in the recording' }).uncheck();
  await picker.getByRole('button', { name: 'Open the text' }).waitFor();
  await picker.getByRole('checkbox', { name: /murmur\.wav/ }).uncheck();
  await picker.getByRole('button', { name: 'Open the text' }).click();
  await page.locator('[data-segment]').first().waitFor();
  expect(await text(page)).toEqual(['The tide comes in', `${endless} goes out`]);
  expect((await engine.call('queue.list', {})).jobs).toEqual([]);
  const { projects } = await engine.call('library.list', {});
  expect(projects.find(({ name }) => name === 'tides')).toMatchObject({ words: 7, isWhole: true });
});

/** Lets go of files over the page. */
async function drop(page: Page, files: Record<string, string>): Promise<void> {
  await page.evaluate((dropped) => {
    const data = new DataTransfer();
    for (const [name, content] of Object.entries(dropped)) data.items.add(new File([content], name));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
    );
  }, files);
}

test('a text that is dropped finds its recording: by its name, or where it was dropped', async () => {
  const srt = '1\n00:00:01,000 --> 00:00:02,000\nMumble in German\n';
  const page = await browsing.open();
  await page.getByRole('heading', { level: 1 }).waitFor();
  const picker = page.getByRole('dialog', { name: 'Choose a text and its recording' });
  const isPicked = (name: string) => picker.getByRole('checkbox', { name: new RegExp(name) }).isChecked();
  // Beside other files it waits in a row.
  await drop(page, { 'Murmur.de.srt': srt, 'agenda.pdf': '' });
  const row = page.getByRole('listitem', { name: 'Murmur.de.srt' });
  await row.getByRole('button', { name: 'Fit a text to its sound' }).click();
  await picker.getByText('Murmur.de.srt').waitFor();
  await picker.getByText('murmur.wav').first().waitFor();
  await picker.getByRole('button', { name: 'Fit the text' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picker.getByRole('button', { name: 'Leave murmur.wav out' }).click();
  await picker.getByRole('button', { name: 'Open the text' }).waitFor();
  expect(await isPicked('murmur')).toBe(false);
  await page.keyboard.press('Escape');
  await page.evaluate((to) => void (location.hash = to), `#/project/${badlyHeard}`);
  await page.getByText('mumble0').first().waitFor();
  await drop(page, { 'notes.srt': srt });
  await picker.getByText('notes.srt').waitFor();
  await expect.poll(() => isPicked('murmur')).toBe(true);
  await picker.getByRole('checkbox', { name: 'Look for its times in the recording' }).uncheck();
  await picker.getByRole('button', { name: 'Open the text' }).click();
  await expect.poll(() => text(page)).toEqual(['Mumble in German']);
  const { projects } = await engine.call('library.list', {});
  const made = projects.find(({ words, mediaName }) => words === 3 && mediaName !== '');
  expect(made).toMatchObject({ mediaName: 'murmur.wav', words: 3 });
  await engine.call('project.delete', { projectId: made!.projectId });
});

test('the library says what is left to look at: doubtful words, and times that are a guess', async () => {
  const page = await browsing.open();
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name }) });
  await row('Guessed').getByText('1 doubtful word, 2 unsure times').waitFor();
  await row('tides').getByText('Nothing left').waitFor();
  await row('murmur').getByText('Badly heard').waitFor();
});

test('an expression that never ends is given up, and the page is alive all the while', async () => {
  const { projects } = await engine.call('library.list', {});
  const { projectId } = projects.find(({ name }) => name === 'tides')!;
  const page = await browsing.open({ at: `/project/${projectId}` });
  await page.locator('[data-segment]').first().waitFor();
  await page.keyboard.press('Control+f');
  const find = page.getByRole('search', { name: 'Find and replace' });
  await find.getByRole('button', { name: 'Regular expression' }).click();
  const field = find.getByRole('textbox', { name: 'Find' });
  await field.fill('(a+)+$');
  // A page that stands still would not answer any more.
  expect(
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve('alive')))),
  ).toBe('alive');
  await find.getByText('This expression takes too long').waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await field.fill('t(i)de');
  await find.getByText('1 match').waitFor();
  await field.fill('t(');
  await find.getByText('This is no regular expression').waitFor();
  await field.fill('comes|goes');
  await find.getByText('2 matches').waitFor();
  await find.getByRole('textbox', { name: 'Replace with' }).fill('<$&>');
  await find.getByRole('button', { name: /Replace all 2/ }).click();
  await expect.poll(() => text(page)).toEqual(['The tide <comes> in', `${endless} <goes> out`]);
  expect(browsing.complaints).toEqual([]);
});

test('a recording that was heard badly is heard again with the better model in one press', async () => {
  const page = await browsing.open({ at: `/project/${badlyHeard}` });
  page.setDefaultTimeout(90_000);
  const notice = page
    .getByRole('note')
    .filter({ hasText: 'heard this recording badly: 80 words in 100 are doubtful.' });
  await notice.waitFor();
  expect(await violations(page)).toEqual([]);
  const pace = { ...mirror.pace };
  Object.assign(mirror.pace, { chunkBytes: 1_000, everyMs: 100 });
  await notice.getByRole('button', { name: /^Install SEW-D base\+ \(.*\) and hear it again$/ }).click();
  await notice.getByText('Then the recording is heard again').waitFor();
  // What was pressed holds wherever the person goes, and after a reload.
  await page.evaluate(() => void (location.hash = '#/settings'));
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.reload();
  Object.assign(mirror.pace, pace);
  const again = async () =>
    (await engine.call('queue.list', {})).jobs.filter(({ projectId }) => projectId === badlyHeard);
  await expect
    .poll(again, { timeout: 90_000 })
    .toMatchObject([{ kind: 'range', modelId: 'sew-d-base-plus' }]);
  const [{ jobId }] = await again();
  expect((await engine.ended(jobId)).state).toBe('finished');
  await page.evaluate((to) => void (location.hash = to), `#/project/${badlyHeard}`);
  await page.locator('[data-segment]').first().waitFor();
  await notice.waitFor({ state: 'detached' });
});

test('who speaks is found in a project by one press, and what came of it is said', async () => {
  const { projectId } = await importTwo([null, null, null]);
  const page = await browsing.open({ at: `/project/${projectId}` });
  const people = page.getByRole('region', { name: 'Speakers' });
  await people.getByRole('button', { name: 'Find who speaks' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await people.getByRole('button', { name: 'Find who speaks' }).press('Enter');
  await people.getByText('Speaker 2').waitFor({ timeout: 90_000 });
  await people.getByText('Speaker 1').waitFor();
  // Nobody is left to find, and no other window has done it.
  await people.getByRole('button', { name: 'Find who speaks' }).waitFor({ state: 'detached' });
  expect(await page.getByRole('note').count()).toBe(0);
  // What a job has to say stands in its project until it was read.
  await engine.ended((await engine.call('project.findSpeakers', { projectId })).jobId);
  const told = page.getByRole('note').filter({ hasText: 'has a speaker already' });
  await told.getByRole('button').click();
  await told.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo finding who speaks' }).click();
  await people.getByText('Nobody is named yet.').waitFor();
  expect(browsing.complaints).toEqual([]);
});

test('words that a person wrote are offered to be listened for, one by one, and go for good', async () => {
  const { projectId } = await importTwo(['Ann', null, null]);
  const page = await browsing.open({ at: `/project/${projectId}` });
  const first = page.locator('[data-segment]').first();
  await first.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Jaffari kubectl Pycnocline ');
  const words = page.getByRole('region', { name: 'Words' });
  await words.getByRole('listitem').nth(2).waitFor();
  expect(await violations(page)).toEqual([]);
  await words.getByRole('button', { name: 'Listen for Jaffari here, in this project' }).press('Enter');
  await expect.poll(() => words.getByRole('listitem').count()).toBe(2);
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Listen for kubectl here, in this project');
  await words.getByRole('button', { name: 'Listen for kubectl everywhere' }).press('Enter');
  await words.getByRole('button', { name: 'Do not listen for Pycnocline' }).press('Enter');
  await expect.poll(() => words.getByRole('listitem').count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
  expect((await engine.call('project.open', { projectId })).vocabulary).toEqual([{ text: 'Jaffari' }]);
  const { vocabulary, declinedWords } = await engine.call('settings.get', {});
  expect([vocabulary, declinedWords]).toEqual([[{ text: 'kubectl' }], ['Pycnocline']]);
  expect(await engine.call('vocabulary.propose', { projectId })).toEqual({ words: [] });
  await engine.call('settings.set', { vocabulary: [], declinedWords: [] });
  // What was taken can be changed, and taken out again.
  await words.getByRole('button', { name: '1 word of this project' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Words' });
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('textbox').fill('Jaffari = jaffery\nTidemark');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await words.getByRole('button', { name: '2 words of this project' }).waitFor();
  const kept = [{ text: 'Jaffari', soundsLike: 'jaffery' }, { text: 'Tidemark' }];
  expect((await engine.call('project.open', { projectId })).vocabulary).toEqual(kept);
  expect(browsing.complaints).toEqual([]);
});

test('what the engine tells of the app stands at the top of every place until it was read', async () => {
  const { page, tell } = await routed();
  const message = 'The disk is nearly full.';
  tell('notice', { level: 'warning', message, projectId: null, jobId: null });
  tell('notice', { level: 'warning', message: 'Of a project.', projectId: badlyHeard, jobId: null });
  const notice = page.getByRole('note').filter({ hasText: message });
  await notice.waitFor();
  expect(await page.getByText('Of a project.').count()).toBe(0);
  for (const place of [
    '#/settings',
    `#/project/${badlyHeard}`,
    `#/project/${badlyHeard}/captions`,
    '#/library',
  ]) {
    await page.evaluate((to) => void (location.hash = to), place);
    await notice.waitFor();
  }
  await notice.getByRole('button').click();
  await notice.waitFor({ state: 'detached' });
});

test('where the system has a dialog of its own, a text and its recording are chosen in it', async () => {
  const { folders: allowed } = await engine.call('files.list', { folderId: null });
  const { files } = await engine.call('files.list', { folderId: allowed[0].folderId });
  const { page } = await routed({
    'shell.describe': (described) => ({ ...(described as object), listsFiles: false }),
    'files.choose': () => ({ files: files.filter(({ name }) => name === 'tides.srt'), folder: null }),
  });
  await page.evaluate(() => void (location.hash = '#/library'));
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Fit a text to its sound' }).click();
  const picker = page.getByRole('dialog', { name: 'Choose a text and its recording' });
  await picker.getByText('Without a recording').waitFor();
  expect(await picker.getByRole('navigation').count()).toBe(0);
  await picker.getByRole('button', { name: 'Choose the text' }).click();
  await picker.getByText('tides.srt').waitFor();
  expect(await violations(page)).toEqual([]);
  await picker.getByRole('button', { name: 'Open the text' }).click();
  await expect.poll(() => text(page)).toEqual(['The tide comes in', `${endless} goes out`]);
});

function jobNumber(number: number, some: Partial<QueuedJob>): QueuedJob {
  return {
    jobId: `job${number}`,
    projectId: badlyHeard,
    kind: 'transcription',
    name: `Tape ${number}`,
    mediaName: `Tape ${number}.wav`,
    hasVideo: false,
    durationMs: 60_000,
    modelId: 'embedded',
    device: 'cpu',
    state: 'waiting',
    progress: null,
    newestWords: '',
    failure: null,
    warnings: [],
    addedAtMs: 1,
    endedAtMs: null,
    tookMs: 0,
    ...some,
  };
}

test('that the engine was started again is told where something was being heard, and only there', async () => {
  let jobs = [jobNumber(1, { state: 'waiting' })];
  const { page, tell } = await routed({ 'queue.list': () => ({ paused: false, jobs }) });
  await page.evaluate(() => void (location.hash = '#/library'));
  const row = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem');
  await row.and(page.locator('[data-state=waiting]')).waitFor();
  tell('engine.restarted', {});
  jobs = [jobNumber(1, { state: 'running' })];
  tell('queue.changed', { paused: false, jobs });
  await row.and(page.locator('[data-state=running]')).waitFor();
  expect(await page.getByText('was started again').count()).toBe(0);
  tell('engine.restarted', {});
  await page
    .getByRole('note')
    .filter({ hasText: 'The recogniser stopped and was started again. Nothing is lost.' })
    .waitFor();
});

test('of hundreds of jobs a hundred are drawn, until all are asked for', async () => {
  const jobs = Array.from({ length: 300 }, (_, k) => {
    if (k === 250) {
      const failure = { code: 'source', message: 'It cannot be read.' } as const;
      return jobNumber(k, { state: 'failed', failure, endedAtMs: 2 });
    }
    return jobNumber(k, k < 200 ? { state: 'finished', endedAtMs: 2 } : {});
  });
  const { page } = await routed({ 'queue.list': () => ({ paused: true, jobs }) });
  await page.evaluate(() => void (location.hash = '#/library'));
  const rows = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem');
  await page.getByRole('button', { name: 'Show all 300 jobs' }).waitFor();
  expect(await rows.count()).toBe(100);
  // What needs the person is among them.
  await rows.and(page.locator('[data-state=failed]')).waitFor();
  await page.getByRole('button', { name: 'Show all 300 jobs' }).click();
  await expect.poll(() => rows.count()).toBe(300);
});

test('settings: the formats that an export begins with, and rules of one’s own', async () => {
  const own = { preset: 'Festival', rules: { ...defaultSettings.captions.rules, maxLineChars: 38 } };
  await engine.call('settings.set', { ownCaptions: [own], captions: own });
  const page = await browsing.open({ at: '/settings' });
  const formats = page.getByRole('group', { name: 'Formats to export' });
  expect(await formats.getByRole('checkbox', { name: 'SRT' }).isChecked()).toBe(true);
  await formats.getByRole('checkbox', { name: 'WebVTT' }).check();
  await expect
    .poll(async () => (await engine.call('settings.get', {})).exportFormats)
    .toEqual(['srt', 'vtt']);
  expect(await violations(page)).toEqual([]);
  await page
    .getByRole('list', { name: 'Your own rules' })
    .getByRole('button', { name: /Festival/ })
    .click();
  await page.getByText('None yet').waitFor();
  // What new projects begin with stays as it was chosen.
  await expect.poll(() => engine.call('settings.get', {})).toMatchObject({ ownCaptions: [], captions: own });
});
