import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import { violations } from '../support/axe.ts';
import { can, startPageShell, type PageShell } from '../support/pageShell.ts';
import { projectFolder, temporaryFolder } from '../support/cli.ts';
import type { Tab } from '../support/loopback.ts';
import { sayWhatIsMarked } from './markedWords.ts';
import { ffmpeg, writeSpeech } from '../support/media.ts';

const sentences = [
  'He was not an ill disposed young man.',
  'His troops gained several victories over the saracens.',
  'The awe of man rushed over him again.',
];

const clips = [
  { clip: 'austen-0880', atMs: 500 },
  { clip: 'librispeech-1', atMs: 5_500 },
  { clip: 'rhasspy-2', atMs: 11_000 },
];
const longTimes = 8;

let shell: PageShell;
let engine: Tab;
let mediaId: string;
let phoneId: string;
let recordings: string;

beforeAll(async () => {
  const home = temporaryFolder();
  recordings = join(home, 'recordings');
  await mkdir(recordings, { recursive: true });
  const speech = await writeSpeech(join(home, 'speech.wav'), clips, 14_500);
  // Long enough that it is still being read when its first words are there.
  const over = Array.from({ length: longTimes }, (_, k) =>
    clips.map(({ clip, atMs }) => ({ clip, atMs: atMs + k * 14_500 })),
  );
  await writeSpeech(join(recordings, 'long.wav'), over.flat(), longTimes * 14_500);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=14.5', '-i', speech, '-g', '25'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', join(recordings, 'film.mp4')],
  );
  // No browser plays this.
  await copyFile(join(projectFolder, 'test/fixtures/media/austen-0880.amr'), join(recordings, 'phone.amr'));
  shell = await startPageShell({ home: join(home, 'app'), roots: [recordings] });
  engine = await shell.tab();
  await engine.call('settings.set', { modelId: 'recital' });
  mediaId = await shell.mediaId(join(recordings, 'film.mp4'));
  phoneId = await shell.mediaId(join(recordings, 'phone.amr'));
});
afterAll(() => shell?.close());

/** A film that has been read, as a project of its own. */
async function readFilm(medium = mediaId): Promise<string> {
  const { added } = await engine.call('queue.add', { media: [medium], options: {}, whenKnown: 'again' });
  if (added[0].outcome !== 'added') throw new Error(JSON.stringify(added));
  const job = await engine.ended(added[0].jobId);
  expect(job.state).toBe('finished');
  return added[0].projectId;
}

const text = (page: Page) =>
  page.locator('[data-segment]').evaluateAll((all) => all.map((element) => element.textContent));
const now = (page: Page) =>
  page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime * 1000);
const position = (page: Page) =>
  page.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuetext');
const word = (page: Page, written: string) =>
  page.locator('[data-id]', { hasText: new RegExp(`^${written}`) }).first();

async function opened(projectId: string): Promise<TranscriptDocument> {
  return (await engine.opened(projectId)).document;
}

/** What the engine has is what the page shows, and it is sound. */
async function agrees(page: Page, projectId: string): Promise<void> {
  // Either side may be the later one: a redo is in the engine before the page shows it.
  await vi.waitFor(async () => {
    const document = await opened(projectId);
    expect(faults(document)).toEqual([]);
    expect(await text(page)).toEqual(linesOf(document));
  }, 15_000);
}

function linesOf({ items, segments }: TranscriptDocument): string[] {
  const begins = new Set(segments.map(({ firstItemId }) => firstItemId));
  const lines: string[] = [];
  for (const item of items) {
    if (item.kind === 'note' && item.remark) continue;
    if (begins.has(item.id)) lines.push(item.text);
    else lines[lines.length - 1] += ` ${item.text}`;
  }
  return lines;
}

async function openEditor(projectId: string, options: Parameters<PageShell['open']>[0] = {}): Promise<Page> {
  const page = await shell.open({ at: `/project/${projectId}`, ...options });
  await page.locator('[data-segment]').first().waitFor();
  return page;
}

/** Puts the caret behind a word. */
async function caretBehind(page: Page, written: string): Promise<void> {
  await word(page, written).click();
  await page.keyboard.press('Home');
  const offset = await page.evaluate((wanted) => {
    const host = document.activeElement!;
    return host.textContent!.indexOf(wanted) + wanted.length;
  }, written);
  for (let k = 0; k < offset; k++) await page.keyboard.press('ArrowRight');
}

/** Undoes all that there is to undo, by keys. */
async function walkBack(page: Page, projectId: string): Promise<void> {
  // What is still on its way to the engine is not in its history yet.
  await agrees(page, projectId);
  for (let k = 0; k < 60; k++) {
    const { history, revision } = await engine.opened(projectId);
    if (history.undo === null) return;
    await page.keyboard.press('Control+z');
    const grown = async () => (await engine.opened(projectId)).revision;
    await expect.poll(grown).toBeGreaterThan(revision);
  }
}

/** Drags over the text, from the beginning of a word to the end of another. */
async function selectFrom(page: Page, first: string, last: string): Promise<void> {
  const [from, to] = await Promise.all([word(page, first).boundingBox(), word(page, last).boundingBox()]);
  await page.mouse.move(from!.x + 1, from!.y + from!.height / 2);
  await page.mouse.down();
  await page.mouse.move(to!.x + to!.width / 2, to!.y + to!.height / 2, { steps: 4 });
  await page.mouse.move(to!.x + to!.width - 1, to!.y + to!.height / 2);
  await page.mouse.up();
}

async function paste(page: Page, pasted: string): Promise<void> {
  await page.evaluate((data) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', data);
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.activeElement!.dispatchEvent(event);
  }, pasted);
}

describe('one project', () => {
  let projectId: string;
  let page: Page;
  beforeAll(async () => {
    projectId = await readFilm();
    page = await openEditor(projectId);
  });

  beforeEach(async () => {
    for (let k = 0; (await engine.opened(projectId)).history.undo !== null; k++) {
      if (k > 200) throw new Error('There is always one more step to undo.');
      await engine.call('project.undo', { projectId });
    }
    await page.keyboard.press('Escape');
    await expect.poll(() => text(page)).toEqual(sentences);
    await page.evaluate(() => document.querySelectorAll('video').forEach((video) => video.pause()));
  });

  test('shows what was heard; a click on a word puts the film there', async () => {
    expect(await text(page)).toEqual(sentences);
    const document = await opened(projectId);
    const item = document.items.find((one) => one.text === 'victories')!;
    await word(page, 'victories').click();
    await expect.poll(() => now(page)).toBeCloseTo(item.kind === 'word' ? item.startMs : 0, -1);
  });

  test('typing is one step, and words that stay keep their times', async () => {
    const before = await opened(projectId);
    await caretBehind(page, 'several');
    await page.keyboard.type(' great', { delay: 20 });
    expect((await text(page))[1]).toBe('His troops gained several great victories over the saracens.');
    await agrees(page, projectId);
    const great = async () => (await opened(projectId)).items.find((item) => item.text === 'great');
    await expect.poll(great, { timeout: 5_000 }).toMatchObject({ origin: 'person', modelId: 'recital' });
    const after = await opened(projectId);
    // The words beside it have made room for it.
    const beside = new Set(['several', 'victories']);
    for (const item of before.items.filter((one) => !beside.has(one.text))) {
      expect(after.items).toContainEqual(item);
    }
    await page.keyboard.press('Control+z');
    await expect.poll(() => text(page)).toEqual(sentences);
    await agrees(page, projectId);
  });

  test('Enter splits inside a word, Backspace joins; undo all, redo all', async () => {
    const before = await opened(projectId);
    await caretBehind(page, 'disp');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => text(page))
      .toEqual(['He was not an ill disp', 'osed young man.', ...sentences.slice(1)]);
    await page.keyboard.press('Backspace');
    await expect
      .poll(() => text(page))
      .toEqual(['He was not an ill disp osed young man.', ...sentences.slice(1)]);
    await page.keyboard.press('Backspace');
    expect((await text(page))[0]).toBe('He was not an ill disposed young man.');
    await page.keyboard.type('!');
    expect((await text(page))[0]).toBe('He was not an ill disp!osed young man.');
    await agrees(page, projectId);
    const isAligned = async () => (await opened(projectId)).items.find(({ text }) => text === 'disp!osed');
    await expect.poll(isAligned, { timeout: 5_000 }).toMatchObject({ modelId: 'recital' });
    const after = await opened(projectId);
    await walkBack(page, projectId);
    expect(await opened(projectId)).toEqual(before);
    await expect.poll(() => text(page)).toEqual(sentences);
    for (let k = 0; k < 5; k++) await page.keyboard.press('Control+Shift+z');
    await expect.poll(async () => (await opened(projectId)).items).toEqual(after.items);
    await walkBack(page, projectId);
    await expect.poll(() => opened(projectId)).toEqual(before);
  });

  test('a selection over a border: deleted, typed over, copied, pasted in lines', async () => {
    await page.keyboard.press('Escape');
    await selectFrom(page, 'young', 'gained');
    await page.getByRole('group', { name: 'Selection' }).getByText('5 words').waitFor();
    await page.keyboard.press('Delete');
    await expect
      .poll(() => text(page))
      .toEqual(['He was not an ill disposed several victories over the saracens.', sentences[2]]);
    await agrees(page, projectId);
    await page.keyboard.press('Control+z');
    await expect.poll(() => text(page)).toEqual(sentences);
    await selectFrom(page, 'young', 'gained');
    await page.keyboard.type('x y');
    await expect
      .poll(async () => (await text(page))[0])
      .toBe('He was not an ill disposed x y several victories over the saracens.');
    await walkBack(page, projectId);
    await expect.poll(() => text(page)).toEqual(sentences);
    await selectFrom(page, 'young', 'gained');
    const copied = await page.evaluate(() => {
      const clipboard = new DataTransfer();
      const event = new ClipboardEvent('copy', { clipboardData: clipboard, bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(event);
      return clipboard.getData('text/plain');
    });
    expect(copied).toBe('young man.\nHis troops gained');
    await paste(page, 'one two\nthree');
    await expect
      .poll(() => text(page))
      .toEqual([
        'He was not an ill disposed one two',
        'three several victories over the saracens.',
        sentences[2],
      ]);
    await agrees(page, projectId);
  });

  test('a segment that is emptied and filled again stays one; emptied and left, it goes', async () => {
    await caretBehind(page, 'man.');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Control+z');
    expect(await text(page)).toEqual(sentences);
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Delete');
    await page.keyboard.type('All new.');
    await agrees(page, projectId);
    expect(await text(page)).toEqual(['All new.', ...sentences.slice(1)]);
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    expect(await text(page)).toEqual(sentences.slice(1));
    await agrees(page, projectId);
  });

  test('the caret goes over borders by arrows, and Shift selects over them', async () => {
    await word(page, 'His').click();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(' Indeed');
    expect((await text(page))[0]).toBe(`${sentences[0]} Indeed`);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('Now ');
    expect((await text(page))[2]).toBe(`Now ${sentences[2]}`);
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+Control+ArrowLeft');
    await page.keyboard.press('Backspace');
    await expect
      .poll(async () => (await text(page))[1])
      .toBe('His troops gained several victories over the saracensNow The awe of man rushed over him again.');
    await agrees(page, projectId);
  });

  test('d06: an input method writes once, its Enter is its own, and it is one step', async () => {
    await caretBehind(page, 'several');
    const devtools = await page.context().newCDPSession(page);
    for (const composed of ['k', 'こ', 'こん', 'こんにちは']) {
      await devtools.send('Input.imeSetComposition', {
        text: composed,
        selectionStart: composed.length,
        selectionEnd: composed.length,
      });
    }
    await page.evaluate(() => {
      const enter = { key: 'Enter', code: 'Enter', isComposing: true, bubbles: true, cancelable: true };
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', enter));
    });
    await devtools.send('Input.insertText', { text: '今日は' });
    await expect.poll(async () => (await text(page))[1]).toContain('several今日は victories');
    expect(await text(page)).toHaveLength(3);
    await page.keyboard.press('Control+z');
    await expect.poll(() => text(page)).toEqual(sentences);
    await agrees(page, projectId);
  });

  test('d04: finds over a border and without punctuation; replace all is one step', async () => {
    await page.keyboard.press('Control+f');
    const find = page.getByRole('search', { name: 'Find and replace' });
    await find.getByLabel('Find', { exact: true }).fill('young man his troops');
    await find.getByText('1 match').waitFor();
    await page.keyboard.press('Enter');
    await find.getByText('1 of 1').waitFor();
    await find.getByLabel('Find', { exact: true }).fill('the');
    await find.getByRole('button', { name: 'Whole words' }).click();
    await find.getByText('2 matches').waitFor();
    await find.getByLabel('Replace with').fill('those');
    await find.getByRole('button', { name: 'Replace all 2' }).click();
    await expect
      .poll(() => text(page))
      .toEqual([
        sentences[0],
        'His troops gained several victories over those saracens.',
        'those awe of man rushed over him again.',
      ]);
    await find.getByRole('button', { name: 'Close find' }).click();
    await page.getByRole('button', { name: 'Undo replace of 2' }).click();
    await expect.poll(() => text(page)).toEqual(sentences);
    await agrees(page, projectId);
  });

  test('d03: the mark goes on with the next word when the one that is said is deleted', async () => {
    await word(page, 'He').click();
    await page.keyboard.press('Escape');
    const said = await sayWhatIsMarked(page);
    await page.getByLabel('Speed').selectOption('2');
    await page.keyboard.press('Alt+k');
    await expect.poll(said).toContain('was');
    await selectFrom(page, 'He', 'man.');
    await page.keyboard.press('Delete');
    await expect.poll(said, { timeout: 20_000 }).toContain('troops');
    await selectFrom(page, 'The', 'again.');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await expect.poll(() => text(page)).toEqual([sentences[1]]);
    await page.keyboard.press('Control+z');
    await expect.poll(said, { timeout: 20_000 }).toContain('again.');
    await page.keyboard.press('Alt+k');
    await page.getByLabel('Speed').selectOption('1');
    expect(shell.complaints).toEqual([]);
  });

  test('speakers: named, given by key, named everywhere, split for another', async () => {
    await word(page, 'His').click();
    await page.getByRole('button', { name: 'Nobody named' }).first().click();
    const naming = page.getByRole('dialog', { name: 'Name Nobody named' });
    await naming.getByLabel('Name', { exact: true }).fill('Ines Vale');
    await naming.getByLabel('All segments of Nobody named (3)').check();
    await naming.getByRole('button', { name: 'Name', exact: true }).click();
    await page.getByRole('button', { name: 'Add a speaker' }).click();
    await word(page, 'awe').click();
    await page.keyboard.press('Alt+2');
    const speakers = async () => {
      const { segments, speakers: table } = await opened(projectId);
      return segments.map(({ speakerId }) => table.find(({ id }) => id === speakerId)?.name);
    };
    await expect.poll(speakers).toEqual(['Ines Vale', 'Ines Vale', 'Speaker 2']);
    await caretBehind(page, 'gained');
    await page.keyboard.press('Control+Enter');
    await expect.poll(speakers).toEqual(['Ines Vale', 'Ines Vale', 'Speaker 2', 'Speaker 2']);
    await agrees(page, projectId);
  });

  test('highlights, notes and typed times', async () => {
    await selectFrom(page, 'several', 'over');
    await page.keyboard.press('Alt+h');
    await expect.poll(() => page.locator('.noted').count()).toBe(3);
    await page.keyboard.press('Alt+n');
    await page.getByRole('dialog').getByLabel('Note').fill('check this');
    await page.keyboard.press('Enter');
    await page.locator('.aside', { hasText: 'check this' }).waitFor();
    await word(page, 'awe').click();
    const starts = page.getByRole('textbox', { name: 'Segment starts' });
    await starts.fill('0:10.900');
    await starts.press('Enter');
    await expect
      .poll(async () => (await opened(projectId)).items.find(({ text }) => text === 'The'))
      .toMatchObject({ startMs: 10_900 });
    await starts.press('Escape');
    await walkBack(page, projectId);
    await expect.poll(() => page.locator('.noted, .aside').count()).toBe(0);
  });

  test('a selection is heard again by its keys, with the model that is chosen for it', async () => {
    const idOf = async () => (await opened(projectId)).items.find(({ text }) => /^victories/.test(text))?.id;
    const before = await idOf();
    // The embedded model is made ready when the models are first listed.
    await engine.call('models.list', {});
    await selectFrom(page, 'several', 'over');
    await page.getByRole('button', { name: 'Recognise again' }).waitFor();
    await page.keyboard.press('Alt+Shift+r');
    const models = page.getByRole('menu', { name: 'Recognise again' });
    await models.getByRole('menuitemradio', { name: 'recital', checked: true }).waitFor();
    await page.keyboard.type('recital');
    await page.keyboard.press('Enter');
    await expect.poll(idOf, { timeout: 30_000 }).not.toBe(before);
    await agrees(page, projectId);
    await walkBack(page, projectId);
    expect(await idOf()).toBe(before);
  }, 180_000);

  test('an edge of the segment is moved by keys and by the mouse', async () => {
    await word(page, 'awe').click();
    const starts = page.getByRole('slider', { name: 'Segment starts' });
    const first = async () => {
      const item = (await opened(projectId)).items.find(({ text: own }) => own === 'The');
      return item?.kind === 'word' ? item.startMs : 0;
    };
    const before = await first();
    await starts.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(first).toBe(before - 110);
    const box = (await starts.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 20, box.y + 20, { steps: 3 });
    await page.mouse.up();
    await expect.poll(first).toBeLessThan(before - 150);
    await agrees(page, projectId);
  });

  test('other readings are offered for a doubtful word, and one is taken with its capital', async () => {
    const troops = (await opened(projectId)).items.find((item) => item.text === 'His')!;
    const alternatives = [{ text: 'this', confidence: 0.3 }];
    const { revision } = await engine.opened(projectId);
    await engine.call('project.apply', {
      projectId,
      editId: `doubt${revision}`,
      baseRevision: revision,
      operations: [{ type: 'changeWords', changes: [{ id: troops.id, confidence: 0.4, alternatives }] }],
    });
    await page.getByText('1 doubtful word').waitFor();
    await page.keyboard.press('F8');
    await page.keyboard.press('Alt+Enter');
    const readings = page.getByRole('dialog', { name: 'Other readings of His' });
    await readings.getByRole('option', { name: 'this' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    // Who clicks on it and goes on typing means the text.
    await word(page, 'His').click();
    await readings.waitFor();
    await page.keyboard.type('xy 1');
    await readings.waitFor({ state: 'detached' });
    const typed = async () => (await text(page))[1].replace('xy 1', '');
    await expect.poll(async () => (await text(page))[1]).toContain('xy 1');
    expect(await typed()).toBe(sentences[1]);
    await agrees(page, projectId);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await text(page))[1]).toBe(sentences[1]);
    await page.keyboard.press('F8');
    await page.keyboard.press('Alt+Enter');
    await readings.getByRole('option', { name: 'this' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await text(page))[1]).toBe(`T${sentences[1].replace('H', 'h')}`);
    await page.getByText('Nothing left to look at').waitFor();
  });

  test('axe finds nothing, in any state, theme and width', async () => {
    for (const options of [{}, { width: 480, height: 860, dark: true }]) {
      const tab = await openEditor(projectId, options);
      expect(await violations(tab)).toEqual([]);
      await word(tab, 'troops').click();
      expect(await violations(tab)).toEqual([]);
      await tab.keyboard.press('Control+f');
      await tab.keyboard.type('the');
      expect(await violations(tab)).toEqual([]);
      await tab.keyboard.press('Escape');
      await tab.keyboard.press('Escape');
      await selectFrom(tab, 'His', 'gained');
      await tab.getByRole('group', { name: 'Selection' }).waitFor();
      expect(await violations(tab)).toEqual([]);
      await shell.leave(tab);
    }
  });

  if (can.openTabs)
    test('two tabs see every change, and nothing is lost', async () => {
      const other = await openEditor(projectId);
      await caretBehind(page, 'man.');
      await caretBehind(other, 'again.');
      await Promise.all([
        page.keyboard.type(' Here.', { delay: 15 }),
        other.keyboard.type(' There.', { delay: 15 }),
      ]);
      const both = [`${sentences[0]} Here.`, sentences[1], `${sentences[2]} There.`];
      await expect.poll(() => text(page)).toEqual(both);
      await expect.poll(() => text(other)).toEqual(both);
      await agrees(page, projectId);
      await shell.leave(other);
    });

  if (can.openTabs)
    test('two tabs that write in one segment show what is stored, space for space', async () => {
      const other = await openEditor(projectId);
      await caretBehind(other, 'gained');
      await word(page, 'His').click();
      await page.keyboard.press('Home');
      await page.keyboard.type('alpha beta gamma ');
      const line = `alpha beta gamma ${sentences[1]}`;
      await expect.poll(async () => (await text(other))[1]).toBe(line);
      await Promise.all([
        page.keyboard.type('delta epsilon ', { delay: 15 }),
        other.keyboard.type(' five six seven', { delay: 15 }),
      ]);
      const both = `alpha beta gamma delta epsilon ${sentences[1]}`.replace(
        'gained',
        'gained five six seven',
      );
      await expect.poll(async () => (await text(page))[1]).toBe(both);
      await expect.poll(async () => (await text(other))[1]).toBe(both);
      await agrees(page, projectId);
      await shell.leave(other);
    });

  test('words written or pasted at the beginning of a turn stay in it, behind what others say before', async () => {
    const { document, revision } = await engine.opened(projectId);
    const [first, second, third] = document.segments;
    await engine.call('project.apply', {
      projectId,
      editId: 'turns',
      baseRevision: revision,
      label: 'speakers',
      operations: [
        { type: 'addSpeaker', speaker: { id: 'anna', name: 'Anna' }, beforeId: null },
        { type: 'addSpeaker', speaker: { id: 'ben', name: 'Ben' }, beforeId: null },
        {
          type: 'setSpeakers',
          assignments: [first, second, third].map(({ id }, k) => ({
            segmentId: id,
            speakerId: k < 2 ? 'anna' : 'ben',
          })),
        },
      ],
    });
    await word(page, 'awe').click();
    await page.keyboard.press('Home');
    await page.keyboard.type('one two three four ');
    await paste(page, 'five six ');
    expect(await text(page)).toEqual([
      ...sentences.slice(0, 2),
      `one two three four five six ${sentences[2]}`,
    ]);
    await agrees(page, projectId);
    const words = async () => (await opened(projectId)).items.filter((item) => item.kind === 'word');
    await expect
      .poll(async () => (await words()).find((item) => item.text === 'four')?.modelId, { timeout: 5_000 })
      .toBe('recital');
    const said = await words();
    const place = said.findIndex((item) => item.text === 'one');
    expect(said[place].startMs).toBeGreaterThanOrEqual(said[place - 1].endMs);
  });

  test('a reload in the middle of typing takes nothing back', async () => {
    await caretBehind(page, 'man.');
    await page.keyboard.type(' More');
    await page.reload();
    await page.locator('[data-segment]').first().waitFor();
    expect(await text(page)).toEqual([`${sentences[0]} More`, ...sentences.slice(1)]);
  });

  test('a reload while the engine is not there takes nothing back either', async () => {
    await caretBehind(page, 'man.');
    await shell.killEngine();
    await page.keyboard.type(' Then');
    await page.reload();
    await page.locator('[data-segment]').first().waitFor();
    expect(await text(page)).toEqual([`${sentences[0]} Then`, ...sentences.slice(1)]);
    await agrees(page, projectId);
  });

  test('an engine that ends during an edit: nothing is lost, nothing counts twice', async () => {
    await caretBehind(page, 'man.');
    await page.keyboard.type(' Be', { delay: 10 });
    await shell.killEngine();
    await page.keyboard.type('fore and after.', { delay: 10 });
    const expected = [`${sentences[0]} Before and after.`, ...sentences.slice(1)];
    await expect.poll(() => text(page)).toEqual(expected);
    await page.getByText('Saved').waitFor();
    await expect.poll(async () => linesOf(await opened(projectId)), { timeout: 20_000 }).toEqual(expected);
    await agrees(page, projectId);
  });
});

test('words appear while the film is read, and typing into them meanwhile stays', async () => {
  await engine.call('queue.pause', { paused: true });
  const media = [await shell.mediaId(join(recordings, 'long.wav'))];
  const { added } = await engine.call('queue.add', { media, options: {}, whenKnown: 'again' });
  if (added[0].outcome !== 'added') throw new Error(JSON.stringify(added));
  const { jobId, projectId } = added[0];
  const page = await shell.open({ at: `/project/${projectId}` });
  await page.getByRole('region', { name: 'Transcript text' }).waitFor();
  await engine.call('queue.pause', { paused: false });
  await page.locator('[data-segment]').first().waitFor();
  expect((await engine.call('queue.list', {})).jobs.find((job) => job.jobId === jobId)?.endedAtMs).toBeNull();
  await caretBehind(page, 'He');
  await page.keyboard.type(' really');
  await engine.ended(jobId);
  const all = Array.from({ length: longTimes }, () => sentences).flat();
  await expect
    .poll(async () => linesOf(await opened(projectId)))
    .toEqual(['He really was not an ill disposed young man.', ...all.slice(1)]);
  await agrees(page, projectId);
});

test('what no browser plays comes through Sewscribe, and words are found in it', async () => {
  const projectId = await readFilm(phoneId);
  const page = await openEditor(projectId);
  const said = await sayWhatIsMarked(page);
  await page.keyboard.press('k');
  await expect.poll(said, { timeout: 30_000 }).not.toEqual([]);
  await page.getByText('its sound comes through Sewscribe').waitFor();
  // A stream that has come to its end is not sought in as one is that still comes.
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const item = (await opened(projectId)).items.at(-1)!;
  const startMs = item.kind === 'word' ? item.startMs : 0;
  await word(page, item.text).click();
  const atWord = `0:0${(Math.floor(startMs / 100) / 10).toFixed(1)}`;
  await expect.poll(() => position(page)).toBe(atWord);
  await page.keyboard.press('Alt+k');
  await expect.poll(() => position(page), { timeout: 30_000 }).not.toBe(atWord);
  // The other view has a player of its own for the same sound.
  await page.getByRole('link', { name: 'Captions' }).click();
  await page.getByRole('slider', { name: 'Position' }).press('Home');
  await expect.poll(() => position(page)).toBe('0:00.0');
  await page.keyboard.press('k');
  await expect.poll(() => position(page), { timeout: 30_000 }).not.toBe('0:00.0');
});

test.each(['loadstart', 'error'])(
  'play pressed at the %s of what no browser plays is played',
  async (event) => {
    const projectId = await readFilm(phoneId);
    const page = await openEditor(projectId);
    await page.getByText('its sound comes through Sewscribe').waitFor();
    const said = await sayWhatIsMarked(page);
    await page.evaluate((name) => {
      location.hash = '/library';
      const press = () => dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK' }));
      document.addEventListener(name, press, { capture: true, once: true });
    }, event);
    await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
    await page.evaluate((id) => (location.hash = `/project/${id}`), projectId);
    await expect.poll(said, { timeout: 30_000 }).not.toEqual([]);
  },
);

test('a film that has moved is asked for, and joined again', async () => {
  const projectId = await readFilm();
  await rename(join(recordings, 'film.mp4'), join(recordings, 'moved.mp4'));
  const page = await openEditor(projectId);
  await page.getByText('“film.mp4” has moved').waitFor();
  expect(await text(page)).toEqual(sentences);
  const show = async (name: string) => {
    if (!can.listFolders) await shell.answerDialog(join(recordings, name));
    await page.getByRole('button', { name: 'Show where it is' }).click();
    if (!can.listFolders) return;
    const dialog = page.getByRole('dialog', { name: 'Where is “film.mp4”?' });
    await dialog.getByRole('button', { name: 'recordings' }).click();
    await dialog.getByRole('button', { name }).click();
  };
  await show('phone.amr');
  await page.getByText('is another file than the one').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await show('moved.mp4');
  await expect.poll(() => page.getByText('has moved').count()).toBe(0);
  const played = page.locator('video');
  await expect.poll(() => played.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
});
