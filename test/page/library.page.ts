import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { table } from '../../renderer/strings/strings.ts';
import { violations } from '../support/axe.ts';
import { can, startPageShell, type PageShell } from '../support/pageShell.ts';
import { clipText, recital } from '../support/recitalMedia.ts';
import { startHubMirror, type HubMirror } from '../support/hubMirror.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import { writeWav } from '../support/wav.ts';

/** The library, the models and the settings, as a person meets them in a browser. */

// The embedded model is converted when the models are first listed.
vi.setConfig({ testTimeout: 180_000 });

const home = temporaryFolder();
const root = join(home, 'recordings');
const clips = ['librispeech-1', 'cv1-1', 'librispeech-2'];
let talk: Buffer;
let mirror: HubMirror;
let shell: PageShell;
let page: Page;

beforeAll(async () => {
  mirror = await startHubMirror({
    models: {
      'asapp/sew-d-base-plus-400k-ft-ls100h': join(projectFolder, 'test/fixtures/sewd/micro-group-pos128'),
    },
  });
  process.env['SEWSCRIBE_HUB'] = mirror.url;
  await mkdir(join(root, 'More'), { recursive: true });
  const said = clips.map((clip, k) => ({ clip, atMs: 1000 + k * 9000 }));
  await writeWav(join(root, 'Talk on the harbour.wav'), await recital(said, 28_000));
  talk = await readFile(join(root, 'Talk on the harbour.wav'));
  await writeFile(join(root, 'More', 'The same talk.wav'), talk);
  await writeFile(join(root, 'Broken film.mp4'), 'this is no film');
  await writeFile(join(root, 'Empty.wav'), '');
  await writeFile(join(root, 'agenda.pdf'), 'no recording');
  shell = await startPageShell({ home, roots: [root] });
  page = await shell.open();
  page.setDefaultTimeout(45_000);
});
afterAll(async () => {
  await shell?.close();
  await mirror?.close();
  delete process.env['SEWSCRIBE_HUB'];
});
beforeEach(() => shell.complaints.splice(0));

const row = (name: string) => page.getByRole('list', { name: 'Jobs' }).getByRole('listitem', { name });
/** Has the chooser open, and chooses: from the page's listing, or in the system's dialog. @param press opens it */
async function choose(press: () => Promise<void>, ...paths: string[]): Promise<void> {
  if (!can.listFolders) {
    await shell.answerDialog(...paths.map((path) => join(root, path)));
    return press();
  }
  await press();
  const picker = page.getByRole('dialog', { name: 'Choose recordings' });
  for (const path of paths) {
    const [name, folder] = path.split('/').reverse();
    if (folder !== undefined) await picker.getByRole('button', { name: folder }).click();
    await picker.getByRole('checkbox', { name }).check();
  }
  await picker.getByRole('button', { name: `Transcribe ${paths.length}` }).click();
}
const visit = (hash: string) => page.evaluate((to) => void (location.hash = to), hash);
test('an empty library says what to do', async () => {
  await page.getByRole('heading', { name: 'Drop a recording anywhere in this window' }).waitFor();
  await page.getByText('English, with Embedded SEW-D').waitFor();
  expect(await violations(page)).toEqual([]);
  // From here on exact words are wanted.
  await (await shell.tab()).call('settings.set', { modelId: 'recital' });
});

if (can.listFolders)
  test('recordings are picked from allowed folders alone', async () => {
    await page.keyboard.press('Control+o');
    const picker = page.getByRole('dialog', { name: 'Choose recordings' });
    await picker.getByText('Talk on the harbour.wav').waitFor();
    // What is no recording is not offered.
    expect(await picker.getByText('agenda.pdf').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await picker.getByRole('button', { name: 'More' }).click();
    await picker.getByText('The same talk.wav').waitFor();
    await picker.getByRole('button', { name: 'recordings' }).click();
    await picker.getByText('Talk on the harbour.wav').waitFor();
    await page.keyboard.press('Escape');
    await picker.waitFor({ state: 'detached' });
  });

test('a bad recording never stops the rest', async () => {
  await choose(
    () => page.keyboard.press('Control+o'),
    'Empty.wav',
    'Broken film.mp4',
    'Talk on the harbour.wav',
  );
  await row('Empty.wav').getByText(/empty/).waitFor();
  await row('Broken film')
    .getByText(/Broken film/)
    .first()
    .waitFor();
  await row('Broken film').and(page.locator('[data-state=failed]')).waitFor();
  await row('Talk on the harbour').and(page.locator('[data-state=finished]')).waitFor();
  expect(await row('Broken film').locator('p.bad').textContent()).toMatch(/\.$/);
  expect(await page.getByRole('status').first().textContent()).toMatch(/is finished/);
  expect(await violations(page)).toEqual([]);
});

if (can.openTabs)
  test('a German page says in German why', async () => {
    const german = await shell.open({ at: '/library', language: 'de-DE' });
    await german.getByText('„Broken film.mp4“ ist keine lesbare Aufnahme', { exact: false }).waitFor();
    await shell.leave(german);
  });

test('one that is known already is told, opened, or transcribed again beside the first', async () => {
  await choose(() => page.getByRole('button', { name: /Add recordings/ }).click(), 'More/The same talk.wav');
  const notice = page.getByRole('note').filter({ hasText: 'is already in the library' });
  await notice.getByText('The same talk.wav').waitFor();
  expect(await notice.getByRole('link', { name: 'Open it' }).getAttribute('href')).toMatch(/^#\/project\//);
  await notice.getByRole('button', { name: 'Transcribe it again' }).click();
  await row('The same talk').and(page.locator('[data-state=finished]')).waitFor();
});

test('the words of all transcripts are found, with the sentence around them', async () => {
  const [first, second] = clipText('cv1-1').toLowerCase().split(' ').slice(1, 3);
  await page.keyboard.press('Control+f');
  await page.keyboard.type(`${first} ${second}`);
  await page.getByText(/places in 2 projects/).waitFor();
  const found = page.getByRole('list', { name: 'Places found' }).getByRole('listitem').first();
  expect((await found.locator('.hit').textContent())?.toLowerCase()).toContain(first);
  expect(await found.getByRole('link').getAttribute('href')).toMatch(/^#\/project\/[^?]+\?words=/);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('xylophone quartet');
  await page.getByText('Nothing is found').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'In work' }).waitFor();
});

test('a dropped recording is taken, what is none stays out, and the overlay says so', async () => {
  const part = talk.subarray(0, 44 + 5 * 32_000);
  const bytes = [...part];
  const lies = join(home, 'Night shift notes.wav');
  await writeFile(lies, part);
  await shell.placeDropped(page, lies);
  const drop = (type: string, altKey = false) =>
    page.evaluate(
      ([kind, content, withAlt]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(content)], 'Night shift notes.wav', { type: 'audio/wav' }));
        data.items.add(new File(['x'], 'minutes.pdf', { type: 'application/pdf' }));
        document.body.dispatchEvent(
          new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, altKey: withAlt }),
        );
      },
      [type, bytes, altKey] as [string, number[], boolean],
    );
  // With Alt held a person chooses first; Esc leaves all out.
  await drop('drop', true);
  const first = page.getByRole('dialog', { name: 'Choose recordings' });
  await first.getByText('Night shift notes.wav').waitFor();
  expect(await first.getByRole('combobox', { name: 'Model' }).inputValue()).toBe('recital');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await first.waitFor({ state: 'detached' });
  expect(await row('Night shift notes').count()).toBe(0);

  await drop('dragenter');
  await page.getByText('Let go to transcribe 1 recording').waitFor();
  await page.getByText('1 file is not a recording and stays out').waitFor();
  await drop('drop');
  await row('Night shift notes').waitFor();
  await row('minutes.pdf').getByText('is not a recording and stays out').waitFor();
  expect(await page.getByText('Let go to transcribe').count()).toBe(0);
  await row('minutes.pdf')
    .getByRole('button', { name: /Take minutes.pdf off/ })
    .click();
  expect(await row('minutes.pdf').count()).toBe(0);
  await row('Night shift notes').and(page.locator('[data-state=finished], [data-state=partly]')).waitFor();
});

test('jobs wait while the queue is paused, are put in another order by keys, and are taken off', async () => {
  await page.getByRole('button', { name: 'Clear ended' }).click();
  await expect.poll(() => page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').count()).toBe(0);
  const tab = await shell.tab();
  await tab.call('queue.pause', { paused: true });
  const media = [
    await shell.mediaId(join(root, 'Broken film.mp4')),
    await shell.mediaId(join(root, 'Talk on the harbour.wav')),
  ];
  await tab.call('queue.add', { media, options: {}, whenKnown: 'again' });
  const names = () =>
    page
      .getByRole('list', { name: 'Jobs' })
      .getByRole('listitem')
      .evaluateAll((rows) => rows.map((each) => each.getAttribute('aria-label')));
  await row('Talk on the harbour').waitFor();
  expect(await names()).toEqual(['Broken film.mp4', 'Talk on the harbour.wav']);
  await row('Talk on the harbour').getByText('Waits until you go on').waitFor();
  await row('Talk on the harbour').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(names).toEqual(['Talk on the harbour.wav', 'Broken film.mp4']);
  // The focus goes with the row, and stays on a row that another is put before.
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  expect(await focused()).toBe('Talk on the harbour.wav');
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(names).toEqual(['Broken film.mp4', 'Talk on the harbour.wav']);
  expect(await focused()).toBe('Talk on the harbour.wav');
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(names).toEqual(['Talk on the harbour.wav', 'Broken film.mp4']);
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe('Broken film.mp4');
  await page.keyboard.press('Delete');
  await expect.poll(names).toEqual(['Talk on the harbour.wav']);
  await page.getByRole('button', { name: 'Go on' }).click();
  await row('Talk on the harbour').and(page.locator('[data-state=finished]')).waitFor();
  // The project of a job that never heard a word has gone with it.
  await page.getByRole('button', { name: 'Clear ended' }).click();
  expect(await page.locator('[data-project]').filter({ hasText: 'Broken' }).count()).toBe(0);
});

test('projects are renamed and deleted by keys, and only after a question', async () => {
  const first = page.locator('[data-project]').first().getByRole('link');
  await first.focus();
  await page.keyboard.press('F2');
  await page.getByRole('dialog', { name: 'Rename' }).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('<b>Harbour</b> board');
  await page.keyboard.press('Enter');
  const renamed = page.locator('[data-project]').filter({ hasText: '<b>Harbour</b> board' });
  await renamed.waitFor();
  await renamed.getByRole('link').focus();
  await page.keyboard.press('Delete');
  const question = page.getByRole('alertdialog');
  await question.waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await renamed.count()).toBe(1);
  await renamed.getByRole('button', { name: /More for/ }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await question.getByRole('button', { name: 'Delete the project' }).click();
  await renamed.waitFor({ state: 'detached' });
});

/** Another page names a project. */
async function renameBeside(name: string): Promise<void> {
  const tab = await shell.tab();
  const { projects } = await tab.call('library.list', {});
  await tab.call('project.rename', { projectId: projects[0].projectId, name });
}

if (can.openTabs)
  test('another tab sees the same', async () => {
    const other = await shell.open();
    const count = await page.locator('[data-project]').count();
    await expect.poll(() => other.locator('[data-project]').count()).toBe(count);
    await renameBeside('Named before');
    for (const each of [page, other]) await each.getByText('Named before').first().waitFor();
    await shell.leave(other);
  });

test('the page hears of what a restarted engine does', async () => {
  await shell.killEngine();
  await renameBeside('Named by another');
  await page.getByText('Named by another').first().waitFor();
});

test('the better model is offered plainly, installed with one press, and used with another', async () => {
  Object.assign(mirror.pace, { chunkBytes: 20_000, everyMs: 30 });
  await (await shell.tab()).call('settings.set', { modelId: 'embedded' });
  const notice = page.getByRole('note').filter({ hasText: 'Embedded SEW-D' });
  await notice.getByRole('button', { name: 'Install SEW-D base+' }).click();
  await notice.getByText(/SEW-D base\+ is on the way/).waitFor();
  await visit('#/models');
  const install = page.locator('[data-install=sew-d-base-plus]');
  await install.getByRole('progressbar', { name: 'SEW-D base+' }).waitFor();
  await install.getByRole('button', { name: 'Pause SEW-D base+' }).click();
  await install.getByText(/Paused/).waitFor();
  expect(await violations(page)).toEqual([]);
  await install.getByRole('button', { name: 'Go on with SEW-D base+' }).click();
  await page.locator('tr[data-model=sew-d-base-plus]').getByRole('radio').waitFor();
  expect(await install.count()).toBe(0);
  await visit('#/library');
  await notice.getByRole('button', { name: 'Use SEW-D base+' }).click();
  await notice.waitFor({ state: 'detached' });
  expect(await page.locator('.foot').textContent()).toContain('SEW-D base+');
});

test('models are looked at and removed; what is in use gives way to the embedded one', async () => {
  await visit('#/models');
  const base = page.locator('tr[data-model=sew-d-base-plus]');
  expect(await base.getByRole('radio').isChecked()).toBe(true);
  await base.getByRole('button', { name: /More for/ }).click();
  await page.getByRole('menuitem', { name: 'About this model' }).click();
  const about = page.getByRole('dialog', { name: 'SEW-D base+' });
  await about.getByText('LibriSpeech test-clean').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await about.waitFor({ state: 'detached' });
  await base.getByRole('button', { name: /More for/ }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove the model' }).click();
  await page.getByRole('button', { name: 'Install SEW-D base+' }).waitFor();
  expect(await page.locator('tr[data-model=embedded]').getByRole('radio').isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Add by hub id' }).click();
  await page.keyboard.type('no hub id');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'owner/name' }).waitFor();
  await page.keyboard.press('Escape');
});

test('settings: theme and language at once and in every tab, numbers within their limits', async () => {
  await visit('#/settings');
  await page.getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('light');

  const shade = page.getByRole('textbox', { name: 'Shade words below' });
  await shade.fill('140');
  await shade.press('Enter');
  await page.getByText('Between 0 and 100.').waitFor();
  await shade.press('Escape');
  expect(await shade.inputValue()).toBe('70');
  await shade.fill('85');
  await shade.press('Enter');
  const tab = await shell.tab();
  await expect.poll(async () => (await tab.call('settings.get', {})).shadeBelow).toBe(0.85);

  await page.getByRole('button', { name: 'Edit 0 words' }).click();
  const words = page.getByRole('dialog', { name: 'Your words' });
  await words.getByRole('textbox').fill('Marta Kowal\n= nothing');
  await words.getByText(/^Line 2 is no word/).waitFor();
  expect(await violations(page)).toEqual([]);
  await words.getByRole('textbox').fill('Marta Kowal\nŁódź = woodge');
  await words.getByRole('button', { name: 'Keep these words' }).click();
  await words.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Edit 2 words' }).waitFor();

  await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual([
    'de',
    'Einstellungen – Sewscribe',
  ]);
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('');
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();

  await page.getByRole('searchbox', { name: 'Find a setting' }).fill('film');
  await expect.poll(() => page.locator('.set:visible').count()).toBe(1);
  await page.getByRole('searchbox', { name: 'Find a setting' }).fill('');
});

test('keys are changed, given up by another action, and brought back', async () => {
  await page.getByRole('heading', { name: 'Settings', level: 1 }).click();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard' });
  expect(await violations(page)).toEqual([]);
  await list.getByRole('button', { name: /Change Add recordings/ }).click();
  await page.keyboard.press('Control+Shift+A');
  await list.getByRole('button', { name: /Change Add recordings, now.*Ctrl.*Shift.*A/ }).waitFor();
  await list.getByRole('button', { name: /Change Loop/ }).click();
  await page.keyboard.press('h');
  await list.getByText('H is “Highlight”. Give it up there?').waitFor();
  await list.getByRole('button', { name: 'Take H' }).click();
  await list.getByRole('button', { name: /Change Highlight, now no keys/ }).waitFor();
  await list.getByRole('button', { name: /Change Settings/ }).click();
  await page.keyboard.press('Control+w');
  await list.getByText(/cannot be taken/).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  if (can.listFolders) {
    await page.keyboard.press('Control+Shift+A');
    await page.getByRole('dialog', { name: 'Choose recordings' }).waitFor();
    await page.keyboard.press('Escape');
  } else {
    await choose(() => page.keyboard.press('Control+Shift+A'), 'Empty.wav');
    await row('Empty.wav')
      .getByRole('button', { name: /Take Empty.wav off/ })
      .click();
    await visit('#/settings');
  }
  await page.keyboard.press('?');
  await list.getByRole('button', { name: 'Back to the original keys' }).click();
  await list.getByRole('button', { name: /Change Add recordings, now.*Ctrl.*O/ }).waitFor();
  await page.keyboard.press('Escape');
});

test('all that is kept is listed and deleted', async () => {
  const kept = page.locator('#kept');
  await kept.getByText(/^Projects, \d+/).waitFor();
  await kept.getByRole('button', { name: 'Delete everything that Sewscribe keeps' }).click();
  const question = page.getByRole('alertdialog');
  // Projects are kept unless a person wishes otherwise.
  expect(await question.getByRole('checkbox').isChecked()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await kept.getByRole('button', { name: /Delete: Projects/ }).click();
  await question.getByRole('button', { name: /^Delete / }).click();
  await kept.getByText(/^Projects, 0/).waitFor();
  await visit('#/library');
  await page.getByRole('heading', { name: 'Drop a recording anywhere in this window' }).waitFor();
});

/** No text of the page is one that the interface has in English alone. */
async function saysNothingInEnglish(tab: Page): Promise<void> {
  const shown = await tab.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode.textContent!.trim());
    const named = [...document.querySelectorAll('[aria-label], [title], [placeholder]')];
    for (const name of ['aria-label', 'title', 'placeholder']) {
      texts.push(...named.map((element) => element.getAttribute(name) ?? ''));
    }
    return texts;
  });
  const german = new Set(Object.values(table.de));
  const english = new Set(Object.values(table.en).filter((text) => !german.has(text)));
  // The page names each language in itself.
  expect(shown.filter((text) => english.has(text) && text !== 'English')).toEqual([]);
  expect(shown.join('\n')).not.toMatch(/\b(the|and|of|with|without|is|are|words|our|its)\b/);
}

test.each([
  ['narrow and dark', { width: 480, height: 900, dark: true }],
  ['in German', { language: 'de' }],
  ['very wide', { width: 3840, height: 2160 }],
])('every place is whole: %s', async (_, options) => {
  const tab = await shell.open(options);
  for (const place of ['library', 'models', 'settings']) {
    await tab.evaluate((hash) => void (location.hash = hash), `#/${place}`);
    await tab.locator('h1').first().waitFor();
    await tab.waitForLoadState('networkidle');
    expect(await violations(tab)).toEqual([]);
    const overflow = await tab.evaluate(() => {
      const { scrollWidth, clientWidth } = document.querySelector('main')!;
      return scrollWidth - clientWidth;
    });
    expect(overflow, place).toBeLessThanOrEqual(0);
    if ('language' in options) await saysNothingInEnglish(tab);
  }
  expect(shell.complaints).toEqual([]);
  await shell.leave(tab);
});
