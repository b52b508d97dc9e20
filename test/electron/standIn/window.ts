import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import type { BrowserContext, CDPSession, Frame, Page } from 'playwright-core';
import { findChromium } from '../../support/chromium.ts';
import { app } from './app.ts';
import { record } from './record.ts';

/** Windows as pages of Chromium, whose addresses of the app's own scheme are served on the loopback. */

const scheme = 'sewscribe://app';
/** What a page says while it goes: Playwright's bindings end with it, Electron's messages arrive. */
const lastWords = '/stand-in/last-words';
type Handler = (request: Request) => Promise<Response> | Response;
let handler: Handler | undefined;

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]) => record('schemes', { schemes }),
  handle(_scheme: string, given: Handler): void {
    handler = given;
  },
};

const listening = new Promise<number>((resolve) => {
  const server = createHttpServer(async (incoming, outgoing) => {
    if (incoming.url === lastWords) {
      const [channel, ...args] = JSON.parse(await text(incoming)) as [string, ...unknown[]];
      listeners.emit(channel, eventOfPage(), ...args);
      return outgoing.end();
    }
    const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
    const request = new Request(`${scheme}${incoming.url}`, {
      method: incoming.method,
      headers: Object.fromEntries(headers) as Record<string, string>,
    });
    const response = await handler!(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) {
      const body = Readable.fromWeb(response.body as ReadableStream);
      outgoing.once('close', () => body.destroy());
      body.on('error', () => outgoing.destroy()).pipe(outgoing);
    } else outgoing.end();
  });
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  server.unref();
});

let debuggingPort = 0;
/** Where the test finds the same pages; null before there is a browser. */
export const browserAddress = () => (debuggingPort === 0 ? null : `http://127.0.0.1:${debuggingPort}`);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

let starting: Promise<BrowserContext> | undefined;
function browsing(): Promise<BrowserContext> {
  starting ??= (async () => {
    // It takes a second to load, and commands need none of it.
    const { chromium } = await import('playwright-core');
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'sewscribe stand-in '));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: await findChromium(),
      viewport: { width: 1180, height: 780 },
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--autoplay-policy=no-user-gesture-required',
        `--remote-debugging-port=${port}`,
      ],
    });
    debuggingPort = port;
    return context;
  })();
  return starting;
}

type IpcListener = (event: object, ...args: unknown[]) => unknown;
const listeners = new EventEmitter();
const handlers = new Map<string, IpcListener>();
export const ipcMain = {
  on: (channel: string, listener: IpcListener) => void listeners.on(channel, listener),
  handle: (channel: string, listener: IpcListener) => void handlers.set(channel, listener),
};

/** For tests: speaks as the window's page does, whatever that is doing, and hears what it hears. */
export const besidePage = {
  heard: new EventEmitter(),
  send: (channel: string, given: unknown) => listeners.emit(channel, eventOfPage(), given),
  invoke: async (channel: string, given: unknown) => handlers.get(channel)!(eventOfPage(), given),
  /** As the window is drawn and the person's system is set. */
  async look(look: Look): Promise<void> {
    await newest().webContents.look(look);
  },
};
type Look = { width: number; height: number; dark: boolean; language: string };
const newest = () => [...all].at(-1)!;
function eventOfPage(): object {
  const sender = newest().webContents;
  return { sender, senderFrame: sender.mainFrame };
}

/** The preload in the page, in a function of its own; a real one has a world of its own. */
const preloadScript = (preload: string) => `(() => {
  if (window !== window.top) return;
  const channels = {};
  let isGoing = false;
  addEventListener('pagehide', () => (isGoing = true), true);
  const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  window.standInReceive = (channel, data, isBytes) =>
    (channels[channel] ?? []).forEach((listener) => listener({}, isBytes ? toBytes(data) : data));
  const electron = {
    contextBridge: { exposeInMainWorld: (name, api) =>
      Object.defineProperty(window, name, { value: Object.freeze({ ...api }) }) },
    ipcRenderer: {
      on: (channel, listener) => (channels[channel] ??= []).push(listener),
      send: (channel, ...args) => void (isGoing
        ? navigator.sendBeacon('${lastWords}', JSON.stringify([channel, ...args]))
        : window.standInSend('send', channel, args)),
      invoke: (channel, ...args) => window.standInSend('invoke', channel, args),
    },
    webUtils: { getPathForFile: (file) => (window.standInPaths ?? {})[file.name] ?? '' },
  };
  ((require, module) => {
    ${preload}
  })(() => electron, { exports: {} });
})();`;

type WebPreferences = { preload: string; [name: string]: unknown };
type Bounds = { x: number; y: number; width: number; height: number };
type WindowOptions = Partial<Bounds> & { webPreferences: WebPreferences };

class WebContents extends EventEmitter {
  readonly mainFrame = { url: '', parent: null };
  isGone = false;
  #openHandler: (details: { url: string }) => unknown = () => undefined;
  #page: Promise<Page>;
  #address = '';
  readonly #preload: string;
  #devtools: CDPSession | undefined;

  constructor(preload: string) {
    super();
    this.#preload = preload;
    this.#page = this.#make();
  }

  isDestroyed(): boolean {
    return this.isGone;
  }
  setWindowOpenHandler(given: (details: { url: string }) => unknown): void {
    this.#openHandler = given;
  }
  openWindow(url: string): unknown {
    return this.#openHandler({ url });
  }
  send(channel: string, data: unknown): void {
    besidePage.heard.emit(channel, data);
    const isBytes = data instanceof Uint8Array;
    const sent = isBytes ? Buffer.from(data).toString('base64') : data;
    void this.#page.then((page) =>
      page
        .evaluate(
          ([name, value, bytes]) =>
            (globalThis as unknown as { standInReceive(...args: unknown[]): void }).standInReceive(
              name,
              value,
              bytes,
            ),
          [channel, sent, isBytes] as const,
        )
        .catch(() => undefined),
    );
  }
  async look({ width, height, dark, language }: Look): Promise<void> {
    const page = await this.#page;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    this.#devtools ??= await page.context().newCDPSession(page);
    const userAgent = await page.evaluate(
      () => (globalThis as unknown as { navigator: { userAgent: string } }).navigator.userAgent,
    );
    await this.#devtools.send('Emulation.setUserAgentOverride', { userAgent, acceptLanguage: language });
  }
  async load(address: string): Promise<void> {
    this.#address = address;
    const page = await this.#page;
    await page.goto(await toPage(address));
  }
  reload(): void {
    void this.#page
      .then(async (page) => {
        // One that crashed cannot be loaded again by Playwright; a new one takes its place.
        void page.close().catch(() => undefined);
        this.#page = this.#make();
        await this.load(this.#address);
      })
      .catch(() => undefined);
  }
  async close(): Promise<void> {
    this.isGone = true;
    await (await this.#page).close().catch(() => undefined);
  }

  async #make(): Promise<Page> {
    const [context, port] = await Promise.all([browsing(), listening]);
    const page = await context.newPage();
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.mainFrame.url = fromPage(frame.url(), port);
    });
    await page.exposeBinding('standInSend', ({ frame }, how: string, channel: string, args: unknown[]) =>
      this.#receive(page, frame, how, channel, args),
    );
    await page.addInitScript(preloadScript(readFileSync(this.#preload, 'utf8')));
    await page.route('**/*', async (route) => {
      const request = route.request();
      if (!request.isNavigationRequest()) return route.continue();
      let isPrevented = false;
      const url = fromPage(request.url(), port);
      this.emit('will-frame-navigate', { url, preventDefault: () => (isPrevented = true) });
      // An answer without content leaves the page where it is.
      return isPrevented ? route.fulfill({ status: 204 }) : route.continue();
    });
    page.on('popup', (popup) => {
      record('window-open', { answer: this.openWindow(popup.url()) });
      void popup.close().catch(() => undefined);
    });
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed' }));
    return page;
  }

  async #receive(page: Page, frame: Frame, how: string, channel: string, args: unknown[]): Promise<unknown> {
    const url = fromPage(frame.url(), await listening);
    const isMain = frame === page.mainFrame();
    const senderFrame = isMain ? this.mainFrame : { url, parent: this.mainFrame };
    const event = { sender: this, senderFrame };
    // Electron's undefined survives, Playwright's does not.
    const given = args.map((arg) => (arg === null ? undefined : arg));
    if (how === 'invoke') return handlers.get(channel)?.(event, ...given);
    listeners.emit(channel, event, ...given);
    return undefined;
  }
}

async function toPage(address: string): Promise<string> {
  return address.replace(scheme, `http://127.0.0.1:${await listening}`);
}
function fromPage(address: string, port: number): string {
  return address.replace(`http://127.0.0.1:${port}`, scheme);
}

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  #bounds: Bounds;
  #is = { maximized: false, minimized: false, focused: false, visible: false };

  constructor({ x = 100, y = 80, width = 800, height = 600, webPreferences, ...rest }: WindowOptions) {
    super();
    record('window', { options: { ...rest, webPreferences } });
    this.#bounds = { x, y, width, height };
    this.webContents = new WebContents(webPreferences.preload);
    all.add(this);
    app.windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...all];
  }

  async loadURL(address: string): Promise<void> {
    await this.webContents.load(address);
    this.emit('ready-to-show');
  }
  show(): void {
    this.#is.visible = this.#is.focused = true;
  }
  focus(): void {
    this.#is.focused = true;
  }
  blur(): void {
    this.#is.focused = false;
  }
  isFocused(): boolean {
    return this.#is.focused;
  }
  isVisible(): boolean {
    return this.#is.visible;
  }
  isMinimized(): boolean {
    return this.#is.minimized;
  }
  restore(): void {
    this.#is.minimized = false;
  }
  minimize(): void {
    this.#is.minimized = true;
  }
  isMaximized(): boolean {
    return this.#is.maximized;
  }
  maximize(): void {
    this.#is.maximized = true;
    this.emit('maximize');
  }
  getNormalBounds(): Bounds {
    return this.#bounds;
  }
  setBounds(bounds: Bounds): void {
    this.#bounds = bounds;
    this.emit('move');
    this.emit('resize');
  }
  setProgressBar(fraction: number): void {
    record('progress', { fraction });
  }
  isDestroyed(): boolean {
    return !all.has(this);
  }
  close(): void {
    if (!all.delete(this)) return;
    app.windows.delete(this);
    void this.webContents.close();
    this.emit('closed');
    if (all.size === 0) app.emit('window-all-closed');
  }
}

const all = new Set<BrowserWindow>();
