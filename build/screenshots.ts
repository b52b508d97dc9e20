import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { decode } from '../engine/media/decode.ts';
import { PeakMeter } from '../engine/media/peaks.ts';
import { probe } from '../engine/media/probe.ts';
import { PeaksFile } from '../engine/projects/peaksFile.ts';
import setUpPage from '../test/support/builtPage.ts';
import { startBrowsing, type Browsing } from '../test/support/browser.ts';
import { projectFolder, temporaryFolder } from '../test/support/cli.ts';
import { writeFilm } from '../test/support/film.ts';
import type { Tab } from '../test/support/loopback.ts';
import { ffmpeg } from '../test/support/media.ts';

/**
 * Pictures of every place of the page, light and dark, wide and narrow, into docs/pictures/ (or the folder that is
 * named). Needs Chromium and ffmpeg: `npx tsx build/screenshots.ts [FOLDER]`
 */

const filmMs = 60_000;
const filmName = 'Tidal mixing, lecture 7';

/** What is said in the film of the pictures: speaker, when, words; a word with a mark in front was heard badly. */
const lines: readonly [speaker: string, startMs: number, msPerWord: number, text: string][] = [
  [
    'Ines Vale',
    500,
    260,
    'So the question I left you with last week was a simple one: where does the energy go? The moon drags a bulge of water onto the ?shelf, and by the time it runs off again it has lost about a third of what it brought.',
  ],
  [
    'Ines Vale',
    14_500,
    270,
    'Most of that is spent within a few metres of the bed. You can see it on the slide: the ??sheer is steep at the bottom, and at forty metres almost nothing happens.',
  ],
  ['Tom Adeyemi', 25_000, 230, 'Sorry, is that at springs or at ?neaps?'],
  [
    'Ines Vale',
    27_600,
    235,
    'At springs. At neaps the current drops by half, and because the work goes with the ?cube of the speed, the mixing drops to an eighth. So the front moves back and forth every fortnight, and the ??picnic line moves with it.',
  ],
  [
    'Ines Vale',
    41_000,
    300,
    'Simpson and Hunter put all of that into one number, the depth over the cube of the current, and it is still the first thing I work out when somebody hands me a new stretch of coast.',
  ],
];

/** Speech while somebody speaks, whatever is said in it: what is seen of it is its wave. */
const sound = lines.flatMap(([, startMs, msPerWord, text]) => {
  const clips = ['librispeech-1', 'rhasspy-2', 'cv1-1', 'austen-0880', 'librispeech-2'];
  const lengthMs = text.split(' ').length * msPerWord;
  const count = Math.max(1, Math.floor(lengthMs / 3_500));
  return Array.from({ length: count }, (_, k) => ({
    clip: clips[k % clips.length],
    atMs: startMs + Math.round((k * lengthMs) / count),
  }));
});

function transcript(): string {
  const segments = lines.map(([speaker, startMs, msPerWord, text]) => {
    const words = text.split(' ').map((marked, k) => {
      const doubt = /^\?*/.exec(marked)![0].length;
      const from = startMs + k * msPerWord;
      return {
        text: marked.slice(doubt),
        startMs: from,
        endMs: from + msPerWord - 30,
        confidence: [0.97, 0.62, 0.31][doubt],
      };
    });
    return { startMs, endMs: words.at(-1)!.endMs, speaker, words };
  });
  return JSON.stringify({
    format: 'sewscribe-transcript',
    version: 1,
    media: { name: `${filmName}.webm`, durationMs: filmMs },
    model: { id: 'embedded', device: 'cpu' },
    segments,
  });
}

type Place = {
  name: string;
  at: string;
  /** Waits until it is whole, and brings about what is to be seen. */
  prepare?(page: Page): Promise<void>;
};

async function prepareProject(tab: Tab): Promise<string> {
  const [root] = (await tab.call('files.list', { folderId: null })).folders;
  const { files } = await tab.call('files.list', { folderId: root.folderId });
  const id = (name: string) => files.find((file) => file.name === name)!.mediaId;
  const given = { transcript: id(`${filmName}.json`), media: id(`${filmName}.webm`), align: false };
  return (await tab.call('transcript.import', given)).projectId;
}

/** The outline of the film's sound as a job would have drawn it. */
async function drawOutline(film: string, project: string): Promise<void> {
  const peaks = await PeaksFile.open(project);
  const meter = new PeakMeter();
  for await (const block of decode(await probe(film), { channels: 'mix' }).blocks) {
    for (const piece of meter.add(block)) await peaks.append(piece);
  }
  await peaks.close();
}

function placesOf(projectId: string): Place[] {
  const project = `/project/${projectId}`;
  // As text, for this file is of Node and knows no page.
  const seek = (page: Page, ms: number) =>
    page.evaluate(`new Promise((resolve) => {
      const film = document.querySelector('video');
      const look = () => (film.readyState > 1 && !film.seeking ? resolve() : setTimeout(look, 50));
      const go = () => {
        film.currentTime = ${ms / 1000};
        look();
      };
      if (film.readyState > 0) go();
      else film.addEventListener('loadedmetadata', go, { once: true });
    })`);
  return [
    {
      name: 'library',
      at: '/library',
      prepare: (page) => page.getByRole('link', { name: filmName }).first().waitFor(),
    },
    {
      name: 'models',
      at: '/models',
      prepare: (page) => page.getByText('Embedded SEW-D').first().waitFor({ state: 'attached' }),
    },
    { name: 'settings', at: '/settings' },
    {
      name: 'editor',
      at: project,
      async prepare(page) {
        await page.getByText('Simpson', { exact: false }).first().waitFor();
        await seek(page, 31_000);
      },
    },
    {
      name: 'captions',
      at: `${project}/captions`,
      async prepare(page) {
        await page.getByRole('group', { name: 'Cue 1', exact: true }).waitFor();
        await seek(page, 31_000);
      },
    },
    {
      name: 'export',
      at: `${project}`,
      async prepare(page) {
        await page.getByText('Simpson', { exact: false }).first().waitFor();
        await page.keyboard.press('Control+e');
        await page.getByRole('dialog').waitFor();
      },
    },
  ];
}

async function shoot(browsing: Browsing, places: readonly Place[], folder: string): Promise<void> {
  for (const dark of [false, true]) {
    for (const [width, height] of [
      [1280, 800],
      [480, 900],
    ]) {
      for (const { name, at, prepare } of places) {
        const page = await browsing.open({ at, width, height, dark });
        await page.waitForLoadState('networkidle');
        await prepare?.(page);
        await page.waitForTimeout(700);
        const path = join(folder, `${name}-${dark ? 'dark' : 'light'}-${width}.png`);
        await page.screenshot({ path });
        await withFewColours(path);
        await page.context().close();
        process.stderr.write(`${path}\n`);
      }
    }
  }
}

/** An interface has few colours: a palette makes its picture a third as large. */
async function withFewColours(path: string): Promise<void> {
  const smaller = `${path}.smaller.png`;
  const palette = 'split[a][b];[a]palettegen=max_colors=160[p];[b][p]paletteuse=dither=none';
  await ffmpeg('-i', path, '-vf', palette, '-compression_level', '9', '-update', '1', smaller);
  await rename(smaller, path);
}

const folder = process.argv[2] ?? join(projectFolder, 'docs/pictures');
await mkdir(folder, { recursive: true });
const tearDown = await setUpPage();
const home = temporaryFolder();
const recordings = join(home, 'Lectures');
await mkdir(recordings);
const film = await writeFilm(recordings, filmName, sound, filmMs, 'color=c=0x34525c');
await writeFile(join(recordings, `${filmName}.json`), transcript());
const browsing = await startBrowsing({ home: join(home, 'app'), roots: [recordings] });
try {
  const tab = await browsing.loopback.tab();
  const projectId = await prepareProject(tab);
  // The embedded model is made ready when it is first listed, and the library says what it is worth.
  await tab.call('models.list', {});
  await drawOutline(film, join(home, 'app', 'projects', `${projectId}.sewscribe`));
  const only = process.argv[3]?.split(',');
  await shoot(
    browsing,
    placesOf(projectId).filter(({ name }) => !only || only.includes(name)),
    folder,
  );
} finally {
  await browsing.close();
  await tearDown();
}
if (browsing.complaints.length > 0) {
  console.error(browsing.complaints.join('\n'));
  process.exitCode = 1;
}
