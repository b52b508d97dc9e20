import { mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { readTranscript } from '../../transcript/formats/index.ts';
import type { PageParams } from '../../engine/contract.ts';
import { isWord } from '../../transcript/positions.ts';
import { temporaryFolder } from '../support/cli.ts';
import type { Tab } from '../support/loopback.ts';
import { startPageShell, type PageShell } from '../support/pageShell.ts';
import { sayWhatIsMarked } from './markedWords.ts';
import { ffmpeg, soundRecipes, writeSpeech } from '../support/media.ts';

/** What broke for others, as a person would meet it here. Where each report is a test: test/fieldReports.test.ts. */

const sentence = 'He was not an ill disposed young man.';
const oddName = 'a:b “quoted” %20 #hash? 🎤 é.wav';

let shell: PageShell;
let engine: Tab;
let recordings: string;

beforeAll(async () => {
  const home = temporaryFolder();
  recordings = join(home, 'recordings');
  await mkdir(recordings, { recursive: true });
  const speech = await writeSpeech(join(home, 'speech.wav'));
  const recipe = (name: string) => soundRecipes.find((one) => one.name === name)!;
  for (const name of ['late-4.2s.mp4', 'without-length.webm'])
    await recipe(name).make(speech, join(recordings, name), home);
  await ffmpeg('-i', speech, join(recordings, oddName));
  await ffmpeg('-i', speech, '-ar', '44100', '-c:a', 'libmp3lame', join(recordings, 'half.mp3'));
  const [silence, tracks] = [
    'anullsrc=r=16000:cl=mono',
    ['-map', '1:a', '-map', '0:a', '-c:a', 'aac', '-shortest'],
  ];
  await ffmpeg('-i', speech, '-f', 'lavfi', '-i', silence, ...tracks, join(recordings, 'quiet and loud.mp4'));
  await ffmpeg(
    ...['-i', join(recordings, 'quiet and loud.mp4'), '-map', '0', '-c', 'copy', '-disposition:a:0', '0'],
    ...['-disposition:a:1', 'default', join(recordings, 'default.mkv')],
  );
  await truncate(
    join(recordings, 'half.mp3'),
    Math.floor((await readFile(join(recordings, 'half.mp3'))).length / 2),
  );
  // Its beginning says far less in a second than its end, from which nobody could tell its length.
  const late = await writeSpeech(join(home, 'late.wav'), [{ clip: 'austen-0880', atMs: 44_000 }], 50_000);
  await ffmpeg(
    ...['-i', late, '-f', 'lavfi', '-i', 'anoisesrc=r=44100:d=10:a=0.2', '-filter_complex'],
    ...['[0]volume=enable=lt(t\\,40):volume=0,aresample=44100[a];[a][1]concat=n=2:v=0:a=1'],
    ...['-c:a', 'libmp3lame', '-q:a', '0', '-write_xing', '0', join(recordings, 'variable.mp3')],
  );
  // This one's header tells its length, and is of no help in finding a place.
  await ffmpeg(
    ...['-i', join(recordings, 'variable.mp3'), '-c:a', 'libmp3lame', '-q:a', '0'],
    join(recordings, 'variable with header.mp3'),
  );
  shell = await startPageShell({ home: join(home, 'app'), roots: [recordings] });
  engine = await shell.tab();
  await engine.call('settings.set', { modelId: 'recital' });
});
afterAll(() => shell?.close());
beforeEach(() => shell.complaints.splice(0));

/** Hears a recording. @returns its project, and how its job ended */
async function hear(name: string, options: PageParams<'queue.add'>['options'] = {}) {
  const media = [await shell.mediaId(join(recordings, name))];
  const { added } = await engine.call('queue.add', { media, options, whenKnown: 'again' });
  if (added[0].outcome !== 'added') throw new Error(JSON.stringify(added));
  const { projectId, jobId } = added[0];
  return { projectId, job: await engine.ended(jobId) };
}

async function openEditor(projectId: string): Promise<Page> {
  const page = await shell.open({ at: `/project/${projectId}` });
  await page.locator('[data-segment]').first().waitFor();
  return page;
}

const wordsOf = ({ items }: TranscriptDocument) => items.filter(isWord);
const text = (page: Page) => page.locator('[data-segment]').allTextContents();
const position = (page: Page) => page.getByRole('slider', { name: 'Position' });

/**
 * How loud the film is while it plays from one time to another: as often as the page comes to it.
 * @param stream a stream of its sound to hear in its place, which begins at the first of the times
 */
function loudness(
  page: Page,
  fromMs: number,
  toMs: number,
  stream = '',
): Promise<{ atMs: number; amplitude: number }[]> {
  return page.evaluate(
    async ([beginMs, stopMs, address]) => {
      const video = address === '' ? document.querySelector('video')! : new Audio(address);
      const [startMs, endMs, zeroMs] = address === '' ? [beginMs, stopMs, 0] : [0, stopMs - beginMs, beginMs];
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaElementSource(video).connect(analyser).connect(context.destination);
      video.currentTime = startMs / 1000;
      if (startMs > 0)
        await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      await video.play();
      const heard: { atMs: number; amplitude: number }[] = [];
      const samples = new Float32Array(analyser.fftSize);
      while (video.currentTime < endMs / 1000) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const atMs = zeroMs + video.currentTime * 1000;
        analyser.getFloatTimeDomainData(samples);
        heard.push({ atMs, amplitude: samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0) });
      }
      video.pause();
      return heard;
    },
    [fromMs, toMs, stream] as const,
  );
}

test('a01: the sound of a film begins late, and words lie where the film plays them', async () => {
  const { projectId } = await hear('late-4.2s.mp4');
  const [he, was] = wordsOf((await engine.opened(projectId)).document);
  expect(he.startMs).toBeGreaterThan(4_200 + 600);
  const page = await openEditor(projectId);
  const heard = await loudness(page, he.startMs - 900, he.startMs + 2_000);
  const first = heard.find(({ amplitude }) => amplitude > 0.02);
  // What the graph has played is a little behind what the film says.
  expect(first!.atMs).toBeGreaterThan(he.startMs - 100);
  await page.locator('[data-id]', { hasText: 'was' }).click();
  await expect
    .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime * 1000))
    .toBeCloseTo(was.startMs, -1);
  const { text: srt } = await engine.call('export.render', {
    projectId,
    file: { format: 'srt', options: {} },
  });
  const { cues } = readTranscript(new TextEncoder().encode(srt), { name: 'a.srt' });
  expect(Math.abs(cues[0].startMs - he.startMs)).toBeLessThan(100);
});

test('a09: a sound whose header lies about its length is as long as it was heard, and is played where its words are', async () => {
  const { projectId } = await hear('variable.mp3');
  const { media, document } = await engine.opened(projectId);
  const page = await openEditor(projectId);
  const claimed = await page.evaluate(async (address) => {
    const audio = new Audio(address);
    await new Promise((resolve) => audio.addEventListener('loadedmetadata', resolve));
    return audio.duration;
  }, `/media/${media.mediaId}`);
  expect(claimed).toBeGreaterThan(70);
  expect(Math.abs(media.durationMs! - 60_000)).toBeLessThan(100);
  await page.getByText('/ 1:00').waitFor();
  expect(await position(page).getAttribute('aria-valuemax')).toBe('60');
  // The browser would look for the word by the false length.
  await page.getByText('its sound comes through Sewscribe').waitFor();
  const young = wordsOf(document).find((word) => word.text === 'young')!;
  expect(young.startMs).toBeGreaterThan(44_000);
  await page.locator('[data-id]', { hasText: 'young' }).click();
  await expect
    .poll(() => position(page).getAttribute('aria-valuetext'))
    .toBe(`0:${(Math.floor(young.startMs / 100) / 10).toFixed(1)}`);
  const said = await sayWhatIsMarked(page);
  await page.keyboard.press('Alt+k');
  await expect.poll(said, { timeout: 20_000 }).toContain('man.');
});

test('an MP3 of variable bit rate is played where its words are, though a browser misses its places', async () => {
  const { projectId } = await hear('variable with header.mp3');
  const { media, document } = await engine.opened(projectId);
  expect(media).toMatchObject({ isGuessedInBrowsers: true });
  expect(Math.abs(media.durationMs! - 60_000)).toBeLessThan(100);
  const [he] = wordsOf(document);
  const page = await openEditor(projectId);
  await page.getByText('its sound comes through Sewscribe').waitFor();
  const around = [he.startMs - 900, he.startMs + 1_000] as const;
  const stream = `/media/${media.mediaId}/proxy?fromMs=${around[0]}`;
  const first = (await loudness(page, ...around, stream)).find(({ amplitude }) => amplitude > 0.02);
  expect(Math.abs(first!.atMs - he.startMs)).toBeLessThan(150);
});

test('the track that was heard is the one that is played', async () => {
  const { projectId } = await hear('quiet and loud.mp4', { track: 2 });
  const { media, document } = await engine.opened(projectId);
  expect(media).toMatchObject({ track: 2 });
  const [he] = wordsOf(document);
  const page = await shell.open();
  const asked = page.waitForRequest(/\/proxy\?/);
  await page.goto(new URL(`#/project/${projectId}`, page.url()).href);
  await page.getByText('This is track 2. Its sound comes through Sewscribe.').waitFor();
  const stream = (await asked).url();
  const { pathname, searchParams } = new URL(stream);
  expect([pathname, searchParams.get('track')]).toEqual([`/media/${media.mediaId}/proxy`, '2']);
  const around = [he.startMs, he.startMs + 1_000] as const;
  const heard = async (track: number) =>
    (await loudness(page, ...around, `${pathname}?fromMs=${around[0]}&track=${track}`)).some(
      ({ amplitude }) => amplitude > 0.02,
    );
  expect([await heard(1), await heard(2)]).toEqual([false, true]);
  expect(shell.complaints).toEqual([]);
});

test('the other track of a film is one press away, and its text stands beside the first', async () => {
  const [from, film] = ['quiet and loud.mp4', 'tongues.mkv'].map((name) => join(recordings, name));
  const about = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger', '-metadata:s:a:1'];
  await ffmpeg('-i', from, '-map', '0', '-c', 'copy', ...about, 'title=Loud', film);
  const { projectId } = await hear('tongues.mkv', { track: 1 });
  const page = await shell.open({ at: `/project/${projectId}` });
  await page.getByText('No words were heard in this recording.').waitFor();
  const tracks = page.getByRole('region', { name: 'Sound tracks' });
  const lines = await tracks.getByRole('listitem').allInnerTexts();
  expect(lines.map((line) => line.split(/\s+/).join(' '))).toEqual([
    'Track 1, English this text',
    'Track 2, German, Loud Open its text',
  ]);
  await tracks.getByRole('button', { name: 'Open the text of Track 2, German, Loud' }).click();
  const second = page.getByRole('heading', { name: 'tongues (Track 2, German, Loud)' });
  await second.waitFor();
  await page.getByText('This is track 2. Its sound comes through Sewscribe.').waitFor();
  await page.locator('[data-segment]').first().waitFor();
  await expect.poll(async () => (await text(page)).join(' ')).toContain('ill disposed');
  await tracks.getByRole('button', { name: 'Open the text of Track 1, English' }).click();
  await page.getByRole('heading', { name: 'tongues', exact: true }).waitFor();
  expect(page.url()).toContain(projectId);

  await page.setViewportSize({ width: 480, height: 860 });
  await page.getByRole('button', { name: 'Sound tracks 2' }).click();
  const sheet = page.getByRole('dialog', { name: 'Sound tracks' });
  await sheet.getByRole('button', { name: 'Open the text of Track 2, German, Loud' }).click();
  await second.waitFor();
  await sheet.waitFor({ state: 'detached' });
  expect(shell.complaints).toEqual([]);
});

test('a track that turns out to be the file’s default is played from then on', async () => {
  await engine.call('queue.pause', { paused: true });
  const media = [await shell.mediaId(join(recordings, 'default.mkv'))];
  const { added } = await engine.call('queue.add', { media, options: {}, whenKnown: 'again' });
  if (added[0].outcome !== 'added') throw new Error(JSON.stringify(added));
  const { projectId } = added[0];
  const page = await shell.open({ at: `/project/${projectId}` });
  await page.getByRole('group', { name: /^Sound, at/ }).waitFor();
  expect(await page.getByText('This is track 2').count()).toBe(0);
  await engine.call('queue.pause', { paused: false });
  await page.getByText('This is track 2. Its sound comes through Sewscribe.').waitFor();
  await page.locator('[data-segment]').first().waitFor();
  expect(shell.complaints).toEqual([]);
});

test('a10: a recording without a length opens, is drawn and sought, and no endless time is shown or saved', async () => {
  const { projectId } = await hear('without-length.webm');
  const { media, document } = await engine.opened(projectId);
  expect(Math.abs(media.durationMs! - 8_500)).toBeLessThan(100);
  const page = await openEditor(projectId);
  await page.getByText('/ 0:08').waitFor();
  expect(await position(page).getAttribute('aria-valuemax')).toBe('9');
  const awe = wordsOf(document).find((word) => word.text === 'awe')!;
  await page.locator('[data-id]', { hasText: 'awe' }).click();
  const said = await sayWhatIsMarked(page);
  await page.keyboard.press('Alt+k');
  await expect.poll(said, { timeout: 20_000 }).toContain('rushed');
  const playedMs = await page
    .locator('video')
    .evaluate((video: HTMLVideoElement) => video.currentTime * 1000);
  expect(playedMs).toBeGreaterThan(awe.startMs);
  const html = await page.locator('body').evaluate((body) => body.outerHTML);
  expect(html).not.toMatch(/NaN|Infinity|∞/);
  expect(JSON.stringify(document)).not.toContain('null,"frameRate"');
  expect(shell.complaints).toEqual([]);
});

test('a12: of a file that breaks off the rest stays, and the library says what is missing', async () => {
  const { job } = await hear('half.mp3');
  expect(job.state).toBe('partly');
  const page = await shell.open();
  const row = page.getByRole('listitem', { name: 'half.mp3' });
  await row.and(page.locator('[data-state=partly]')).waitFor();
  await row
    .getByText(/missing|breaks off|damaged|ends/)
    .first()
    .waitFor();
  await row.getByRole('link', { name: /half/ }).first().click();
  await expect.poll(() => text(page)).toEqual([sentence]);
});

test('a13: a recording with an odd name is heard, opened again, played, and exported beside itself', async () => {
  const { projectId, job } = await hear(oddName);
  expect(job.state).toBe('finished');
  const page = await openEditor(projectId);
  expect(await page.title()).toContain('a:b “quoted”');
  await page.reload();
  await expect.poll(async () => (await text(page))[0]).toBe(sentence);
  await expect
    .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.readyState))
    .toBeGreaterThan(1);
  await page.keyboard.press('Control+e');
  await page.getByRole('button', { name: 'Export 1 file' }).click();
  await page.getByRole('heading', { name: '1 file is written' }).waitFor();
  const srt = await readFile(join(recordings, 'a_b “quoted” %20 #hash_ 🎤 é.srt'), 'utf8');
  expect(srt).toContain('He was not');
});

test('b08, c02: signs and figures written as words have times, and come out of a file as they went in', async () => {
  const { projectId } = await hear('without-length.webm');
  const page = await openEditor(projectId);
  await page.locator('[data-id]', { hasText: 'ill' }).dblclick();
  const written = ['<laughs>', 'R&D', '3', '<', '5', '-->', '$7,250', '19', '–'];
  await page.keyboard.type(written.join(' '));
  const all = `He was not an ${written.join(' ')} disposed young man.`;
  await expect.poll(async () => (await text(page))[0]).toBe(all);
  const times = async () =>
    wordsOf((await engine.opened(projectId)).document).filter(({ text }) => written.includes(text));
  await expect.poll(times).toHaveLength(written.length);
  const words = wordsOf((await engine.opened(projectId)).document);
  words.forEach((word, k) => {
    expect(word.endMs, word.text).toBeGreaterThan(word.startMs);
    expect(word.startMs, word.text).toBeGreaterThanOrEqual(words[k - 1]?.endMs ?? 0);
  });
  const file = { format: 'vtt', options: { wordTimes: true } };
  const { text: vtt } = await engine.call('export.render', { projectId, file });
  const back = readTranscript(new TextEncoder().encode(vtt), { name: 'a.vtt' });
  expect(wordsOf(back.document).map((word) => word.text)).toEqual(words.map((word) => word.text));
});
