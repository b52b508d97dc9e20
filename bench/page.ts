/**
 * The page with a long transcript: how much of its main thread's own time opening, typing, scrolling and the captions
 * take, and its heap. A made-up talk of 80,000 words in 8 hours, a real engine, the loopback shell and Chromium.
 *
 *     npx tsx bench/page.ts [--words 80000]
 *
 * Times are of the processor (`tdur` in Chromium's trace), so that a busy machine does not count; `seen` is by the clock.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import type { Page } from 'playwright-core';
import { defaultSettings } from '../engine/contract.ts';
import { ProjectStore } from '../engine/projects/projectStore.ts';
import { folders } from '../files/folders.ts';
import { startBrowsing, type Browsing } from '../test/support/browser.ts';
import { countingIds, emptyDocument } from '../transcript/create.ts';
import type { Item, Segment, TranscriptDocument } from '../transcript/document.ts';

const { values } = parseArgs({ options: { words: { type: 'string', default: '80000' } } });

/** Sentences of 7 to 19 words, turns of two speakers, a pause of a second now and then; every 20th word is doubtful. */
function longTalk(count: number): TranscriptDocument {
  const newId = countingIds('w');
  const speakers = [
    { id: 'ann', name: 'Ann' },
    { id: 'ben', name: 'Ben' },
  ];
  const vocabulary = 'the tide mixes salt and fresh water along a narrow channel where banks rise'.split(' ');
  const items: Item[] = [];
  const segments: Segment[] = [];
  let startMs = 0;
  for (let sentence = 0; items.length < count; sentence += 1) {
    const length = 7 + ((sentence * 5) % 13);
    for (let k = 0; k < length; k += 1) {
      const word = vocabulary[(sentence * 3 + k * 7) % vocabulary.length];
      const text = k === 0 ? word[0].toUpperCase() + word.slice(1) : k === length - 1 ? `${word}.` : word;
      const isDoubtful = items.length % 20 === 19;
      const id = newId();
      if (k === 0)
        segments.push({ id: `s${sentence}`, firstItemId: id, speakerId: speakers[(sentence >> 2) & 1].id });
      items.push({
        kind: 'word',
        id,
        text,
        startMs,
        endMs: startMs + 280,
        confidence: isDoubtful ? 0.45 : 0.93,
        ...(isDoubtful && { alternatives: [{ text: 'bank', confidence: 0.3 }] }),
        origin: 'recogniser',
      });
      startMs += 330;
    }
    startMs += sentence % 6 === 5 ? 1_000 : 200;
  }
  const document = emptyDocument({ name: 'talk.wav', durationMs: startMs + 1_000 });
  return { ...document, languages: ['en'], speakers, items, segments };
}

type TraceEvent = {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
};

/** What the main thread did meanwhile: all of it, and the longest task, in ms of the processor. */
async function traced(browsing: Browsing, tab: Page, act: () => Promise<void>) {
  await browsing.browser.startTracing(tab, { categories: ['toplevel', '__metadata'] });
  const startMs = performance.now();
  await act();
  const seenMs = performance.now() - startMs;
  const { traceEvents } = JSON.parse(String(await browsing.browser.stopTracing())) as {
    traceEvents: TraceEvent[];
  };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents
    .filter(({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000);
  return {
    seenMs,
    totalMs: tasks.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(0, ...tasks),
  };
}

async function heapMegabytes(tab: Page): Promise<number> {
  const session = await tab.context().newCDPSession(tab);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const home = await mkdtemp(join(tmpdir(), 'sewscribe bench '));
const page = join(home, 'page');
await build({
  configFile: 'renderer/vite.config.ts',
  logLevel: 'error',
  build: { outDir: page, emptyOutDir: true },
});
process.env['SEWSCRIBE_HOME'] = join(home, 'app');
const silent = { onEdit: () => undefined, onChange: () => undefined };
const store = await ProjectStore.open(folders().projects, silent);
const projectId = await store.create(
  {
    name: 'Tidal mixing',
    media: null,
    options: { modelId: 'embedded', device: 'auto', case: 'sentence', channels: 'mix' },
    captions: defaultSettings.captions,
    isHidden: false,
    isWhole: true,
  },
  longTalk(Number(values.words)),
);
const browsing = await startBrowsing({ home: join(home, 'app'), page });

const rows: [string, Awaited<ReturnType<typeof traced>>][] = [];
// As text, for this file is of Node and knows no page.
const go = (tab: Page, hash: string) => tab.evaluate(`void (location.hash = ${JSON.stringify(hash)})`);
const frame = (tab: Page) =>
  tab.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))');
try {
  // The embedded model is prepared, and accelerators are tried, when models are first listed; that is no part of an opening.
  const asking = await browsing.loopback.tab();
  await asking.call('models.list', {});
  await asking.call('machine.describe', {});
  const tab = await browsing.open({ at: '/models' });
  await tab.getByRole('heading').first().waitFor();
  await tab.waitForTimeout(1_000);
  const heapBefore = await heapMegabytes(tab);
  for (const name of ['opening', 'opening, a second time']) {
    rows.push([
      name,
      await traced(browsing, tab, async () => {
        await go(tab, `/project/${projectId}`);
        await tab.locator('[data-segment]').first().waitFor();
      }),
    ]);
    if (name === 'opening') await go(tab, '/models');
    await tab.waitForTimeout(500);
  }
  const heapOpen = await heapMegabytes(tab);

  await tab.locator('[data-segment] [data-id]').nth(3).click();
  await tab.waitForTimeout(500);
  const keys = [];
  for (const key of 'a tide pool is') {
    keys.push(
      await traced(browsing, tab, async () => {
        await tab.keyboard.press(key === ' ' ? 'Space' : key);
        await frame(tab);
      }),
    );
  }
  rows.push([
    'a keystroke, median of 14',
    {
      seenMs: median(keys.map(({ seenMs }) => seenMs)),
      totalMs: median(keys.map(({ totalMs }) => totalMs)),
      longestMs: median(keys.map(({ longestMs }) => longestMs)),
    },
  ]);
  rows.push([
    'what follows when the typing pauses',
    await traced(browsing, tab, () => tab.waitForTimeout(2_000)),
  ]);

  const frames = 60;
  const scrolled = await traced(browsing, tab, async () => {
    await tab.mouse.move(800, 400);
    for (let k = 0; k < frames; k += 1) {
      await tab.mouse.wheel(0, 300);
      await frame(tab);
    }
  });
  rows.push([
    'a frame of scrolling',
    { seenMs: scrolled.seenMs / frames, totalMs: scrolled.totalMs / frames, longestMs: scrolled.longestMs },
  ]);

  await tab.keyboard.press('Escape');
  const idle = () => tab.locator('ol[aria-busy=false] [data-row]').first().waitFor();
  rows.push([
    'captions, first layout',
    await traced(browsing, tab, async () => {
      await go(tab, `/project/${projectId}/captions`);
      await idle();
    }),
  ]);
  const heapCaptions = await heapMegabytes(tab);
  const field = tab.locator('[data-row] textarea').first();
  const place = tab.locator('[data-row]').nth(2);
  await place.click();
  await field.waitFor();
  rows.push([
    'captions, after an edit',
    await traced(browsing, tab, async () => {
      await field.fill('Another word\nentirely');
      await tab.keyboard.press('Tab');
      await tab.waitForTimeout(300);
      await idle();
    }),
  ]);

  const figure = (ms: number) => ms.toFixed(1).padStart(9);
  console.log(`| ${values.words} words | main thread, ms | longest task, ms | seen after, ms |`);
  console.log('| --- | ---: | ---: | ---: |');
  for (const [name, { totalMs, longestMs, seenMs }] of rows) {
    console.log(`| ${name} | ${figure(totalMs)} | ${figure(longestMs)} | ${figure(seenMs)} |`);
  }
  console.log(
    `heap: ${heapBefore.toFixed(0)} MB before, ${heapOpen.toFixed(0)} MB opened, ${heapCaptions.toFixed(0)} MB with captions`,
  );
} finally {
  await browsing.close();
  await rm(home, { recursive: true, force: true });
}
