import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editText } from '../../transcript/edit.ts';
import { faults } from '../../transcript/grammar.ts';
import { temporaryFolder } from '../support/cli.ts';
import { startLoopback, type Loopback, type Tab } from '../support/loopback.ts';
import { clipText, recital } from '../support/recitalMedia.ts';
import { writeWav } from '../support/wav.ts';

/** The engine is killed while a person works: nothing that was seen is lost, and nothing comes twice. */

// Each new engine takes seconds to begin, and on a busy machine many.
vi.setConfig({ testTimeout: 180_000 });

const home = temporaryFolder();
const media = join(home, 'recordings');
const clips = ['librispeech-1', 'cv1-1', 'austen-0890', 'librispeech-2'];
const truth = clips.map(clipText).join(' ').toLowerCase();
let loopback: Loopback;
let tab: Tab;
let mediaId: string;

beforeAll(async () => {
  await mkdir(media, { recursive: true });
  await writeWav(
    join(media, 'talk.wav'),
    await recital(
      clips.map((clip, k) => ({ clip, atMs: 1000 + k * 9000 })),
      38_000,
    ),
  );
  loopback = await startLoopback(home, { roots: [media] });
  tab = await loopback.tab();
  await tab.call('settings.set', { modelId: 'recital', case: 'sentence' });
  const [root] = (await tab.call('files.list', { folderId: null })).folders;
  const { files } = await tab.call('files.list', { folderId: root.folderId });
  mediaId = files[0].mediaId;
});
afterAll(() => loopback.close());

const textOf = ({ items }: TranscriptDocument) =>
  items.map(({ text }) => text.toLowerCase().replace(/[.]/g, '')).join(' ');

async function killEngine(): Promise<void> {
  const before = tab.events('engine.restarted').length;
  loopback.killEngine();
  await tab.until(() => tab.events('engine.restarted').length > before);
}

test('during a job and an edit: the job goes on, the edit stays, no word is lost or comes twice', async () => {
  const { added } = await tab.call('queue.add', { media: [mediaId], options: {}, whenKnown: 'tell' });
  if (added[0].outcome !== 'added') throw new Error('not added');
  const { projectId, jobId } = added[0];
  const heardSince = async (count: number) => tab.until(() => tab.events('job.words').length >= count);

  await heardSince(2);
  const opened = await tab.opened(projectId);
  const first = opened.document.items[0];
  const edit = editText(opened.document, { itemIds: [first.id] }, 'Corrected');
  await tab.call('project.apply', {
    projectId,
    editId: 'mine',
    baseRevision: opened.revision,
    operations: edit.operations,
    label: 'typing',
  });
  await killEngine();
  const after = await tab.opened(projectId);
  expect(after.document.items[0].text).toBe('Corrected');
  expect(after.history.undo).toBe('typing');
  expect((await tab.call('queue.list', {})).jobs).toMatchObject([{ jobId }]);

  // More is heard, or what was left is done already.
  const heard = tab.events('job.words').length;
  const isOver = () =>
    tab
      .events('queue.changed')
      .at(-1)!
      .jobs.some(({ endedAtMs }) => endedAtMs !== null);
  await tab.until(() => tab.events('job.words').length > heard || isOver());
  await killEngine();
  expect(await tab.ended(jobId)).toMatchObject({ state: 'finished' });
  const whole = await tab.opened(projectId);
  expect(textOf(whole.document)).toBe(truth.replace(/^\S+/, 'corrected'));
  expect(faults(whole.document)).toEqual([]);
  await tab.call('project.undo', { projectId });
  expect(textOf((await tab.opened(projectId)).document)).toBe(truth);
  expect(loopback.engines()).toBe(3);
});

test('what is asked while the engine is dead is answered by the next one', async () => {
  loopback.killEngine();
  const [{ projects }, settings] = await Promise.all([
    tab.call('library.list', {}),
    tab.call('settings.get', {}),
  ]);
  expect(projects.length).toBe(1);
  expect(settings.modelId).toBe('recital');
});

test('a stopped job keeps its words, and goes on where it stopped', async () => {
  const { added } = await tab.call('queue.add', { media: [mediaId], options: {}, whenKnown: 'again' });
  if (added[0].outcome !== 'added') throw new Error('not added');
  const { projectId, jobId } = added[0];
  await tab.until(() => tab.events('job.words').some((words) => words.jobId === jobId));
  await tab.call('queue.stop', { jobId });
  const stopped = await tab.opened(projectId);
  expect(stopped).toMatchObject({ isWhole: false });
  expect(stopped.document.items.length).toBeGreaterThan(0);
  await tab.call('queue.retry', { jobId });
  await tab.until(() =>
    tab
      .events('queue.changed')
      .at(-1)!
      .jobs.some((job) => job.jobId === jobId && job.state === 'finished'),
  );
  const whole = await tab.opened(projectId);
  expect(textOf(whole.document)).toBe(truth);
  expect(whole.document.items.slice(0, stopped.document.items.length)).toEqual(stopped.document.items);
  expect(whole.isWhole).toBe(true);
});
