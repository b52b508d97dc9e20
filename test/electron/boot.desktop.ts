import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folders } from '../../files/folders.ts';
import {
  giveFile,
  homeWithModel,
  launchOnStandIn,
  recording,
  startDesktop,
  until,
  type Desktop,
} from './desktop.ts';

/** The app as a person starts it, and what they and their system do with it. */

let home: string;
let desktop: Desktop;
let page: Page;
let talk: { path: string; words: string[] };
const problems: string[] = [];

beforeAll(async () => {
  home = await homeWithModel();
  talk = await recording(home, 'Talk & more.wav', ['austen-0880']);
  desktop = await startDesktop({ home });
  page = await desktop.page();
  page.setDefaultTimeout(40_000);
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
});
afterAll(() => desktop?.close());

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const recorded = (kind: string) =>
  desktop.ask(({ standIn }, wanted) => standIn.recorded.filter((one) => one.kind === wanted), kind);
const click = (id: string) =>
  desktop.ask(({ Menu }, wanted) => Menu.getApplicationMenu()!.getMenuItemById(wanted)!.click(), id);

test('opens its page in a window that can do nothing but show it', async () => {
  await heading('Library');
  const [{ options }] = await recorded('window');
  expect(options).toMatchObject({
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      // Its dictionaries would come over the network.
      spellcheck: process.platform === 'darwin',
    },
  });
  expect(await recorded('app')).toEqual([{ kind: 'app', sandboxed: true }]);
  // Nothing is missing on this machine.
  expect(await recorded('message')).toEqual([]);
  expect(await recorded('error')).toEqual([]);
});

test('the page has no Node, and only the bridge of the shell', async () => {
  const found = await page.evaluate(() => {
    const page = globalThis as unknown as Record<string, object>;
    return [typeof page['require'], typeof page['process'], Object.keys(page['sewscribeDesktop']).sort()];
  });
  expect(found).toEqual(['undefined', 'undefined', ['connect', 'send', 'take']]);
});

test('a dropped file is transcribed where it lies; the machine stays awake meanwhile, and shows how far it is', async () => {
  await giveFile(page, talk.path);
  await page.getByRole('list', { name: 'Jobs' }).getByText('Talk & more').first().waitFor();
  const awake = await until(async () => {
    const signs = await recorded('awake');
    return signs.length >= 2 ? signs : undefined;
  });
  expect(awake.map(({ type }) => type)).toEqual(['prevent-app-suspension', null]);
  expect((await recorded('progress')).at(-1)).toMatchObject({ fraction: -1 });
  expect(await desktop.ask(({ standIn }) => standIn.blocking.size)).toBe(0);
  // It was short, and nobody is told of it.
  expect(await recorded('notification')).toEqual([]);
});

test('opened by a second start: the running app shows its project, with film and text', async () => {
  const second = launchOnStandIn({ home, args: ['Talk & more.wav'] });
  const code = await new Promise((resolve) => second.once('exit', resolve));
  expect(code).toBe(0);
  await page.waitForURL(/#\/project\//);
  await page
    .getByText(/not an ill/i)
    .first()
    .waitFor();
  const media = await page.evaluate(() => document.querySelector('audio, video')!.getAttribute('src')!);
  const part = await page.evaluate(async (address) => {
    const answer = await fetch(address, { headers: { Range: 'bytes=4-11' } });
    return [answer.status, answer.headers.get('content-range'), await answer.text()];
  }, media);
  expect(part).toEqual([206, expect.stringMatching(/^bytes 4-11\/\d+$/), expect.stringContaining('WAVE')]);
  expect(await recorded('recent')).toEqual([{ kind: 'recent', path: talk.path }]);
});

test('opened by the system while it runs: what cannot be opened is said in a sentence', async () => {
  const missing = join(home, 'not there.mp3');
  await desktop.ask(
    ({ app }, path) => app.emit('open-file', { preventDefault: () => undefined }, path),
    missing,
  );
  const [{ message }] = await until(async () => {
    const errors = await recorded('error');
    return errors.length > 0 ? errors : undefined;
  });
  expect(message).toBe('“not there.mp3” is not there any more.');
});

test('a second start that says nonsense opens nothing, and shows the window', async () => {
  const before = (await recorded('error')).length;
  await desktop.ask(({ app, BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0].minimize();
    const nonsense = [
      undefined,
      null,
      'x',
      7,
      [],
      {},
      { paths: 'x' },
      { paths: [7, null, {}, ['/etc/passwd']] },
    ];
    for (const data of nonsense) app.emit('second-instance', {}, ['--x', '/etc/passwd'], '/', data);
    // What are texts are taken for paths, and none of them is a file.
    app.emit('second-instance', {}, [], '/', {
      paths: ['relative.mp3', '/', '/a\0b', '', 'https://example.com/'],
    });
  });
  const told = await until(async () => {
    const errors = await recorded('error');
    return errors.length > before ? errors.slice(before) : undefined;
  });
  expect(told).toHaveLength(1);
  expect(String(told[0]['message']).split('\n')).toHaveLength(5);
  expect(await desktop.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].isMinimized())).toBe(
    false,
  );
});

test('the menu leads to every place, and opens what was opened lately', async () => {
  await click('settings');
  await heading('Settings');
  await click('models');
  await heading('Models');
  await click('library');
  await heading('Library');
  const label = await desktop.ask(
    ({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('recent-0')!.label,
  );
  expect(label).toBe('Talk && more.wav');
  await click('recent-0');
  await page.waitForURL(/#\/project\//);
  await click('library');
  await desktop.ask(({ standIn }, path) => void standIn.dialogAnswers.push([path]), talk.path);
  await click('open');
  await page.waitForURL(/#\/project\//);
  const [asked] = await recorded('open-dialog');
  expect(asked).toMatchObject({ filters: [{ name: 'Recordings' }, { name: 'Transcripts' }] });
});

test('the accelerators are those of the system', async () => {
  const accelerators = await desktop.ask(({ Menu }) =>
    ['open', 'settings'].map((id) => Menu.getApplicationMenu()!.getMenuItemById(id)!.accelerator),
  );
  expect(accelerators).toEqual(['CmdOrCtrl+O', 'CmdOrCtrl+,']);
});

test('the interface’s language is the menu’s too', async () => {
  await page.evaluate(() => void (location.hash = '#/settings'));
  const labels = () => desktop.ask(({ Menu }) => Menu.getApplicationMenu()!.items.map(({ label }) => label));
  expect(await labels()).toContain('File');
  const send = (language: string) =>
    page.evaluate((to) => {
      const { sewscribeDesktop } = globalThis as unknown as {
        sewscribeDesktop: { send(text: string): void };
      };
      sewscribeDesktop.send(JSON.stringify({ id: 4e9, method: 'settings.set', params: { language: to } }));
    }, language);
  await send('de');
  await until(async () => ((await labels()).includes('Datei') ? true : undefined));
  await send('en');
  await until(async () => ((await labels()).includes('File') ? true : undefined));
});

test('the tray holds the queue and lets it go on', async () => {
  const tray = (id: string) =>
    desktop.ask(({ standIn }, wanted) => standIn.trays[0].menu!.getMenuItemById(wanted)!.click(), id);
  const label = () => desktop.ask(({ standIn }) => standIn.trays[0].menu!.getMenuItemById('pause')!.label);
  expect(await label()).toBe('Pause the Queue');
  await tray('pause');
  await until(async () => ((await label()) === 'Continue the Queue' ? true : undefined));
  await tray('pause');
  await until(async () => ((await label()) === 'Pause the Queue' ? true : undefined));
});

test('the page leads nowhere else, and opens no window', async () => {
  const before = page.url();
  await page.evaluate(() => void (location.href = 'https://example.com/')).catch(() => undefined);
  await page.evaluate(() => void open('https://example.com/'));
  await until(async () => ((await recorded('window-open')).length > 0 ? true : undefined));
  expect(page.url()).toBe(before);
  expect(await recorded('external')).toEqual([]);
});

type Asked = (contents: object, permission: string, ...more: unknown[]) => unknown;

test('permissions are asked of the rule, and devices of nobody', async () => {
  const answers = await desktop.ask(({ standIn }) => {
    const { request, check, device } = standIn.permissions as Record<string, Asked>;
    const asked = (permission: string, requestingUrl: string) =>
      new Promise((answer) => request({}, permission, answer, { requestingUrl }));
    return Promise.all([
      asked('fullscreen', 'sewscribe://app/'),
      asked('media', 'sewscribe://app/'),
      asked('fullscreen', 'https://example.com/'),
      check({}, 'clipboard-sanitized-write', 'sewscribe://app/'),
      check({}, 'clipboard-read', 'sewscribe://app/'),
      check({}, 'fullscreen', 'https://example.com/'),
      device({}, 'usb'),
    ]);
  });
  expect(answers).toEqual([true, false, false, true, false, false, false]);
});

test('whatever of a page goes to a network is cancelled', async () => {
  const answers = await desktop.ask(({ standIn }) => {
    const { network } = standIn.permissions as Record<string, Asked>;
    return new Promise((answer) => network({ url: 'https://example.com/' }, answer as never));
  });
  expect(answers).toEqual({ cancel: true });
  const urls = ['http', 'https', 'ws', 'wss'].map((name) => `${name}://*/*`);
  expect(await recorded('network')).toEqual([{ kind: 'network', urls }]);
});

test('frames, redirections and views lead nowhere; a known site opens in the browser', async () => {
  const prevented = await desktop.ask(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0];
    const isPrevented = (event: string, url: string) => {
      let is = false;
      webContents.emit(event, { url, preventDefault: () => (is = true) });
      return is;
    };
    return [
      isPrevented('will-frame-navigate', 'https://example.com/'),
      isPrevented('will-frame-navigate', 'sewscribe://app/'),
      isPrevented('will-redirect', 'https://github.com/'),
      isPrevented('will-redirect', 'sewscribe://app/'),
      isPrevented('will-attach-webview', 'sewscribe://app/'),
    ];
  });
  expect(prevented).toEqual([true, false, true, false, true]);
  const opened = await desktop.ask(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0];
    return ['https://huggingface.co/x', 'https://example.com/'].map((url) => webContents.openWindow(url));
  });
  expect(opened).toEqual([{ action: 'deny' }, { action: 'deny' }]);
  expect(await recorded('external')).toEqual([{ kind: 'external', url: 'https://huggingface.co/x' }]);
});

test('the end of a long job is told unless the window is in front; a click shows its project', async () => {
  const transcribeAgain = async () => {
    const before = (await recorded('awake')).length;
    await desktop.ask(
      ({ app }, path) => app.emit('open-file', { preventDefault: () => undefined }, path),
      long,
    );
    await until(async () => ((await recorded('awake')).length >= before + 2 ? true : undefined));
  };
  // As if every job had taken an hour.
  await desktop.ask(({ standIn }) => {
    standIn.tampering.change = (data) => {
      const { event, payload } = data as { event?: string; payload?: { jobs: { tookMs: number }[] } };
      if (event === 'queue.changed') for (const job of payload!.jobs) job.tookMs = 3_600_000;
    };
  });
  let long = (await recording(home, 'In front.wav', ['cv1-1'])).path;
  await desktop.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].focus());
  await transcribeAgain();
  expect(await recorded('notification')).toEqual([]);
  long = (await recording(home, 'Behind.wav', ['librispeech-1'])).path;
  // Opening a file brings the window to the front.
  await desktop.ask(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    window.isFocused = () => false;
  });
  await transcribeAgain();
  expect(await recorded('notification')).toEqual([
    { kind: 'notification', title: 'Transcribed', body: 'Behind' },
  ]);
  await page.evaluate(() => void (location.hash = '#/library'));
  await desktop.ask(({ standIn }) => void standIn.notifications[0].emit('click'));
  await page.waitForURL(/#\/project\//);
  await desktop.ask(({ standIn }) => void (standIn.tampering.change = undefined));
});

test('updates are looked for only where a person said so, and that is remembered', async () => {
  await click('updates');
  const path = join(folders({ SEWSCRIBE_HOME: home }).settings, 'desktop.json');
  const state = await until(async () => {
    const kept = JSON.parse(await readFile(path, 'utf8')) as { looksForUpdates: boolean };
    return kept.looksForUpdates ? kept : undefined;
  });
  expect(state).toMatchObject({ recent: expect.arrayContaining([talk.path]) });
});

test('closed, it ends, and opens again as it was left', async () => {
  const bounds = { x: 300, y: 200, width: 900, height: 640 };
  await desktop.ask(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0].setBounds(to), bounds);
  await desktop.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  expect(await desktop.ended).toBe(0);
  expect(problems).toEqual([]);
  // This time the system opens a file before the app is ready for it.
  desktop = await startDesktop({ home, environment: { SEWSCRIBE_TEST_OPENED: talk.path } });
  await (await desktop.page()).waitForURL(/#\/project\//);
  expect(
    await desktop.ask(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getNormalBounds()),
  ).toEqual(bounds);
  expect(
    await desktop.ask(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('updates')!.checked),
  ).toBe(true);
});
