import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Added } from '../../engine/contract.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editText } from '../../transcript/edit.ts';
import { encodeText, writeTranscript, writeTranscriptFile } from '../../transcript/formats/index.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { temporaryFolder } from '../support/cli.ts';
import { startLoopback, type Loopback, type Tab } from '../support/loopback.ts';
import { ffmpeg } from '../support/media.ts';
import { clipText, recital } from '../support/recitalMedia.ts';
import { writeConversation } from '../support/twoVoices.ts';
import { writeWav } from '../support/wav.ts';

/** What a person does with the page, through the loopback shell with a real engine: add, watch, correct, search, export. */

// The embedded model is converted when the models are first listed.
vi.setConfig({ testTimeout: 180_000 });

const home = temporaryFolder();
const media = join(home, 'recordings');
const clips = ['librispeech-1', 'cv1-1', 'librispeech-2'];
const truth = clips.map(clipText).join(' ').toLowerCase();
let loopback: Loopback;
let tab: Tab;
let mediaIds: Map<string, string>;

beforeAll(async () => {
  await mkdir(media, { recursive: true });
  await writeWav(
    join(media, 'talk.wav'),
    await recital(
      clips.map((clip, k) => ({ clip, atMs: 1000 + k * 9000 })),
      28_000,
    ),
  );
  await writeFile(join(media, 'broken.mp4'), 'this is no film');
  await writeFile(join(media, 'empty.wav'), '');
  await copyFile(join(media, 'talk.wav'), join(media, 'the same.wav'));
  loopback = await startLoopback(home, { roots: [media] });
  tab = await loopback.tab();
  await tab.call('settings.set', { modelId: 'recital', case: 'lower' });
  const [root] = (await tab.call('files.list', { folderId: null })).folders;
  const { files } = await tab.call('files.list', { folderId: root.folderId });
  mediaIds = new Map(files.map(({ name, mediaId }) => [name, mediaId]));
});
afterAll(() => loopback.close());

const add = async (...names: string[]): Promise<Added[]> => {
  const ids = names.map((name) => mediaIds.get(name)!);
  return (await tab.call('queue.add', { media: ids, options: {}, whenKnown: 'tell' })).added;
};
const textOf = ({ items }: TranscriptDocument) => items.map(({ text }) => text).join(' ');

let projectId: string;

test('bad files are marked with a reason, and the rest is done', async () => {
  const [broken, empty, talk] = await add('broken.mp4', 'empty.wav', 'talk.wav');
  expect(empty).toMatchObject({ outcome: 'refused', failure: { code: 'source' } });
  if (broken.outcome !== 'added' || talk.outcome !== 'added') throw new Error('not added');
  expect(await tab.ended(broken.jobId)).toMatchObject({ state: 'failed', failure: { code: 'source' } });
  expect(await tab.ended(talk.jobId)).toMatchObject({ state: 'finished', failure: null });
  ({ projectId } = talk);
  // How long it is was told while it was being heard.
  const told = tab.events('queue.changed').flatMap(({ jobs }) => jobs);
  expect(told).toContainEqual(
    expect.objectContaining({ jobId: talk.jobId, state: 'running', durationMs: 28_000 }),
  );

  // Taken off the list, what has heard nothing leaves nothing behind.
  await tab.call('queue.remove', { jobId: broken.jobId });
  const { projects } = await tab.call('library.list', {});
  expect(projects).toMatchObject([{ projectId, name: 'talk', isWhole: true, jobState: 'finished' }]);
});

test('words came as edits, from which a page has the same document as the engine', async () => {
  const { document, revision, history } = await tab.opened(projectId);
  expect(textOf(document)).toBe(truth);
  expect(faults(document)).toEqual([]);
  expect(history).toEqual({ undo: null, redo: null });
  const edits = tab.events('project.edited').filter((event) => event.projectId === projectId);
  expect(edits.map((event) => event.revision)).toEqual(Array.from({ length: revision }, (_, k) => k + 1));
  const empty = { ...document, items: [], segments: [], speakers: [], model: null };
  const replayed = applyOperations(
    empty,
    edits.flatMap(({ edit }) => edit.operations),
  ).document;
  expect(replayed).toEqual(document);
  const words = tab.events('job.words').map(({ text }) => text);
  expect(words.length).toBeGreaterThan(1);
  expect(words.join(' ')).toBe(truth);
});

test('the same recording again, under another name, is known', async () => {
  expect(await add('the same.wav')).toEqual([{ outcome: 'known', projectId, name: 'talk' }]);
});

test('a correction gets true times, both tabs see all of it, and undo takes it back whole', async () => {
  const other = await loopback.tab();
  const before = await tab.opened(projectId);
  const place = before.document.items.findIndex(({ text }) => text.length > 4) + 3;
  const old = before.document.items.slice(place, place + 3);
  const text = old.map((word) => word.text).join('x ');
  const edit = editText(before.document, { itemIds: old.map(({ id }) => id) }, text);
  const applied = await tab.call('project.apply', {
    projectId,
    editId: 'myedit1',
    baseRevision: before.revision,
    operations: edit.operations,
    label: 'typing',
    toAlign: edit.toAlign,
  });
  expect(applied.dropped).toEqual([]);
  expect(applied.history.undo).toBe('typing');
  for (const each of [tab, other]) {
    await each.until(() => each.events('project.edited').some((event) => event.edit.becauseOf === 'myedit1'));
  }
  const after = await other.opened(projectId);
  expect(faults(after.document)).toEqual([]);
  // What was said is what was said: each word is where it was heard.
  after.document.items.slice(place, place + 3).forEach((item, k) => {
    const heard = old[k];
    if (item.kind !== 'word' || heard.kind !== 'word') throw new Error('no word');
    expect(Math.abs(item.startMs - heard.startMs)).toBeLessThanOrEqual(100);
    if (k < 2) expect(item.alignment).toBeGreaterThan(0);
  });
  // The answer was lost on its way, so the page sends it again.
  const again = await tab.call('project.apply', {
    projectId,
    editId: 'myedit1',
    baseRevision: before.revision,
    operations: edit.operations,
  });
  expect(again.revision).toBe(after.revision);

  const undone = await other.call('project.undo', { projectId });
  expect(undone).toMatchObject({ name: 'typing', history: { undo: null, redo: 'typing' } });
  expect((await tab.opened(projectId)).document.items).toEqual(before.document.items);
  await other.call('project.redo', { projectId });
  expect((await tab.opened(projectId)).document.items).toEqual(after.document.items);
  await other.call('project.undo', { projectId });
  other.close();
});

test('edits of two tabs on the same revision are both kept', async () => {
  const other = await loopback.tab();
  const { document, revision } = await tab.opened(projectId);
  const rename = (page: Tab, place: number, editId: string, text: string) => {
    const { operations } = editText(document, { itemIds: [document.items[place].id] }, text);
    return page.call('project.apply', { projectId, editId, baseRevision: revision, operations });
  };
  await Promise.all([rename(tab, 2, 'tabone', 'First'), rename(other, 7, 'tabtwo', 'Second')]);
  const after = await tab.opened(projectId);
  expect([after.document.items[2].text, after.document.items[7].text]).toEqual(['First', 'Second']);
  const seen = (page: Tab) => page.events('project.edited').slice(-2);
  await other.until(() => seen(other).at(-1)?.revision === after.revision);
  expect(seen(other)).toEqual(seen(tab));
  await tab.call('project.undo', { projectId });
  await tab.call('project.undo', { projectId });
  other.close();
});

test('search finds phrases in all transcripts, across punctuation and case', async () => {
  const { document } = await tab.opened(projectId);
  const [first, second] = document.items.slice(4, 6);
  const query = `${first.text.toUpperCase()}, ${second.text}!`;
  const found = await tab.call('library.search', { query, limit: 5 });
  expect(found.places[0]).toMatchObject({
    projectId,
    projectName: 'talk',
    match: `${first.text} ${second.text}`,
  });
  expect(found.places[0].itemIds).toEqual([first.id, second.id]);
  expect((await tab.call('library.search', { query: 'no such thing was said', limit: 5 })).total).toBe(0);
  expect((await tab.call('library.search', { query: 'TALK', limit: 5 })).named).toMatchObject([
    { projectId },
  ]);
});

test('exports say what the document says: shown, written and downloaded', async () => {
  const { document, captions } = await tab.opened(projectId);
  for (const format of ['srt', 'vtt', 'ass', 'ttml', 'txt', 'json', 'csv', 'tsv', 'html', 'md'] as const) {
    const text = writeTranscript(document, format, { rules: captions.rules });
    const shown = await tab.call('export.render', { projectId, file: { format, options: {} } });
    expect(shown).toEqual({ fileName: `talk.${format}`, text });
    const download = await loopback.ask(`/export/${projectId}/${format}`);
    expect(download.body).toEqual(Buffer.from(encodeText(text, {})));
  }
  const docx = await loopback.ask(`/export/${projectId}/docx`);
  expect(docx.body).toEqual(Buffer.from(writeTranscriptFile(document, 'docx')));
  await expect(
    tab.call('export.render', { projectId, file: { format: 'docx', options: {} } }),
  ).rejects.toThrow('DOCX is no text to show');
  const files = [{ format: 'srt', options: {} }];
  const write = (whenThere: 'ask' | 'keep-both' | 'replace') =>
    tab.call('export.write', { projectId, files, folder: null, whenThere });
  expect((await write('ask')).files).toMatchObject([{ outcome: 'written', name: 'talk.srt' }]);
  expect((await write('ask')).files).toMatchObject([{ outcome: 'there', name: 'talk.srt' }]);
  expect((await write('keep-both')).files).toMatchObject([{ outcome: 'written', name: 'talk (2).srt' }]);
  expect(await readFile(join(media, 'talk.srt'), 'utf8')).toBe(
    writeTranscript(document, 'srt', { rules: captions.rules }),
  );
});

test('peaks are one byte for 10 ms, folded by their largest', async () => {
  const { peaks } = await tab.opened(projectId);
  expect(Math.abs(peaks - 2800)).toBeLessThanOrEqual(2);
  const all = await tab.call('project.peaks', { projectId, first: 0, count: 4000, fold: 1 });
  expect(all.length).toBe(peaks);
  const folded = await tab.call('project.peaks', { projectId, first: 0, count: 28, fold: 100 });
  expect([...folded]).toEqual(
    Array.from({ length: 28 }, (_, k) => Math.max(...all.subarray(k * 100, (k + 1) * 100))),
  );
  expect(Math.max(...all)).toBeGreaterThan(10);
});

test('a part is heard again, as one step', async () => {
  const { document } = await tab.opened(projectId);
  const inside = { fromMs: 9_500, toMs: 18_500 };
  const spoiled = editText(document, { itemIds: document.items.slice(0, 1).map(({ id }) => id) }, 'Wrong');
  const { revision } = await tab.opened(projectId);
  await tab.call('project.apply', {
    projectId,
    editId: 'spoil',
    baseRevision: revision,
    operations: spoiled.operations,
  });
  const { jobId } = await tab.call('project.recogniseAgain', { projectId, ...inside, modelId: 'recital' });
  expect((await tab.ended(jobId)).state).toBe('finished');
  const heard = await tab.opened(projectId);
  expect(textOf(heard.document)).toBe(textOf(document).replace(/^\S+/, 'Wrong'));
  expect(faults(heard.document)).toEqual([]);
  expect(heard.history.undo).toBe('hear again');
  await tab.call('project.undo', { projectId });
  await tab.call('project.undo', { projectId });
});

test('who speaks is found in a text that stands, as one step, and nothing is done twice', async () => {
  await writeConversation(media, 'two', [null, null, null]);
  const [root] = (await tab.call('files.list', { folderId: null })).folders;
  const { files } = await tab.call('files.list', { folderId: root.folderId });
  const idOf = (name: string) => files.find((file) => file.name === name)!.mediaId;
  const two = await tab.call('transcript.import', {
    transcript: idOf('two.json'),
    media: idOf('two.wav'),
    align: false,
  });
  const { document } = await tab.opened(two.projectId);
  const find = () => tab.call('project.findSpeakers', { projectId: two.projectId });
  const { jobId } = await find();
  expect(await find()).toEqual({ jobId });
  expect(await tab.ended(jobId)).toMatchObject({ kind: 'speakers', state: 'finished', warnings: [] });
  const stages = tab.events('job.progress').filter((progress) => progress.jobId === jobId);
  expect(new Set(stages.map(({ stage }) => stage))).toEqual(new Set(['speakers']));
  const named = await tab.opened(two.projectId);
  expect(named.document.items).toEqual(document.items);
  expect(named.document.speakers.map(({ name }) => name)).toEqual(['Speaker 1', 'Speaker 2']);
  expect(faults(named.document)).toEqual([]);
  expect(named.history.undo).toBe('name speakers');
  const again = await tab.ended((await find()).jobId);
  expect(again.warnings).toEqual([expect.stringMatching(/has a speaker already/)]);
  expect((await tab.opened(two.projectId)).revision).toBe(named.revision);
  await tab.call('project.undo', { projectId: two.projectId });
  expect((await tab.opened(two.projectId)).document).toEqual(document);
  await tab.call('project.delete', { projectId: two.projectId });
});

test('a text that exists gets its times', async () => {
  await writeFile(join(media, 'words.txt'), truth);
  const [root] = (await tab.call('files.list', { folderId: null })).folders;
  const { files } = await tab.call('files.list', { folderId: root.folderId });
  const idOf = (name: string) => files.find((file) => file.name === name)!.mediaId;
  const imported = await tab.call('transcript.import', {
    transcript: idOf('words.txt'),
    media: idOf('the same.wav'),
    align: true,
  });
  expect((await tab.ended(imported.jobId!)).state).toBe('finished');
  const aligned = await tab.opened(imported.projectId);
  const { document } = await tab.opened(projectId);
  expect(textOf(aligned.document)).toBe(truth);
  aligned.document.items.forEach((item, k) => {
    const heard = document.items[k];
    if (item.kind !== 'word' || heard.kind !== 'word') throw new Error('no word');
    expect(Math.abs(item.startMs - heard.startMs)).toBeLessThanOrEqual(100);
  });
  await tab.call('project.delete', { projectId: imported.projectId });
});

test('an upload becomes a project of its own, which plays what was uploaded', async () => {
  const body = await readFile(join(media, 'talk.wav'));
  const origin = `http://127.0.0.1:${loopback.server.port}`;
  const name = encodeURIComponent('../../up loaded.wav');
  const answer = await loopback.ask(`/upload?name=${name}`, { method: 'POST', headers: { origin }, body });
  const upload = JSON.parse(answer.body.toString());
  expect(upload).toMatchObject({ bytes: body.length });
  const { added } = await tab.call('queue.add', { media: [upload.mediaId], options: {}, whenKnown: 'again' });
  if (added[0].outcome !== 'added') throw new Error('not added');
  expect(added[0].projectId).toBe(upload.projectId);
  await tab.call('queue.stop', { jobId: added[0].jobId });
  const project = await tab.opened(upload.projectId);
  expect(project).toMatchObject({ name: 'up loaded', media: { isThere: true } });
  const part = await loopback.ask(`/media/${project.media.mediaId}`, { headers: { range: 'bytes=44-1043' } });
  expect(part.status).toBe(206);
  expect(part.body).toEqual(body.subarray(44, 1044));
  await tab.call('project.delete', { projectId: upload.projectId });
});

test('another sound track of an upload gets a text of its own, and keeps the upload when the first is deleted', async () => {
  const film = join(home, 'two languages.mka');
  await writeWav(join(home, 'other.wav'), await recital([{ clip: 'cv1-2', atMs: 500 }], 8_000));
  await ffmpeg(
    ...[
      '-i',
      join(media, 'talk.wav'),
      '-i',
      join(home, 'other.wav'),
      '-map',
      '0',
      '-map',
      '1',
      '-c:a',
      'flac',
    ],
    ...['-metadata:s:a:1', 'language=ger', '-metadata:s:a:1', 'title=Dub', film],
  );
  const headers = { origin: `http://127.0.0.1:${loopback.server.port}` };
  const body = await readFile(film);
  const answer = await loopback.ask('/upload?name=two.mka', { method: 'POST', headers, body });
  const { mediaId, projectId: first } = JSON.parse(answer.body.toString());
  const { added } = await tab.call('queue.add', { media: [mediaId], options: {}, whenKnown: 'tell' });
  if (added[0].outcome !== 'added') throw new Error('not added');
  await tab.ended(added[0].jobId);
  const heard = await tab.opened(first);
  expect(textOf(heard.document)).toBe(truth);
  expect(heard.media).toMatchObject({
    track: 1,
    tracks: [
      { number: 1, language: null, title: null },
      { number: 2, language: 'ger', title: 'Dub' },
    ],
  });

  const wish = { projectId: first, track: 2, label: 'Dub' };
  const { projectId: second, jobId } = await tab.call('project.hearTrack', wish);
  expect(await tab.ended(jobId!)).toMatchObject({ state: 'finished' });
  const other = await tab.opened(second);
  expect(other).toMatchObject({ name: 'two (Dub)', media: { track: 2 } });
  expect(textOf(other.document)).toBe(clipText('cv1-2').toLowerCase());
  expect(await tab.opened(first)).toEqual({
    ...heard,
    media: { ...heard.media, mediaId: expect.anything() },
  });
  expect(await tab.call('project.hearTrack', wish)).toEqual({ projectId: second, jobId: null });
  expect(await tab.call('project.hearTrack', { projectId: second, track: 1, label: 'x' })).toEqual({
    projectId: first,
    jobId: null,
  });
  await expect(tab.call('project.hearTrack', { ...wish, track: 3 })).rejects.toThrow(
    '“two.mka” has no audio track 3; choose one from 1 to 2.',
  );

  const again = await loopback.ask('/upload?name=again.mka', { method: 'POST', headers, body });
  const known = { media: [JSON.parse(again.body.toString()).mediaId], whenKnown: 'tell' as const };
  expect(await tab.call('queue.add', { ...known, options: {} })).toEqual({
    added: [{ outcome: 'known', projectId: first, name: 'two' }],
  });

  await tab.call('project.delete', { projectId: first });
  expect((await tab.opened(second)).media.isThere).toBe(true);
  await tab.call('project.delete', { projectId: second });
});

test('what a browser cannot play comes as Opus', async () => {
  const { media: about } = await tab.opened(projectId);
  const proxy = await loopback.ask(`/media/${about.mediaId}/proxy?fromMs=20000`);
  expect(proxy.headers['content-type']).toBe('audio/webm; codecs=opus');
  expect(proxy.body.subarray(0, 4)).toEqual(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]));
});

test('settings, models and what is stored are told; a project is renamed and deleted', async () => {
  expect((await tab.call('models.list', {})).models.map(({ modelId }) => modelId)).toEqual([
    'embedded',
    'recital',
  ]);
  const { stored } = await tab.call('stored.list', {});
  expect(stored.find(({ kind }) => kind === 'projects')).toMatchObject({ count: 1 });
  await tab.call('project.rename', { projectId, name: 'Another name' });
  expect((await tab.call('library.list', {})).projects[0].name).toBe('Another name');
  await tab.call('stored.delete', { kinds: ['projects'] });
  expect((await tab.call('library.list', {})).projects).toEqual([]);
  await expect(tab.opened(projectId)).rejects.toThrow(/not there/);
});
