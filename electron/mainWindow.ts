import { fileURLToPath } from 'node:url';
import { BrowserWindow, screen, type Rectangle, type WebContents } from 'electron';
import * as z from 'zod';
import { filePath } from '../engine/contract.ts';
import { connectPage, type PageConnection } from '../host/pageConnection.ts';
import { pageOrigin } from './address.ts';
import { channels } from './channels.ts';
import { IpcGateway } from './ipc.ts';
import { takeFile } from './openFiles.ts';
import type { Shell } from './shell.ts';

const preload = fileURLToPath(new URL('preload.cjs', import.meta.url));
const icon = fileURLToPath(new URL('icons/icon.png', import.meta.url));

/** A message of a page is at most this long: a paste of a whole transcript. */
const longestMessage = 2 ** 26;
/** A page that crashes again this soon is left as it is. */
const calmAfterMs = 10_000;
const smallest = { width: 480, height: 360 };
const usual = { width: 1180, height: 780 };

/** The app's one window: opened, shown again, and remembered. */
export class MainWindow {
  readonly #shell: Shell;
  readonly #pages = new Map<WebContents, PageConnection>();
  #window: BrowserWindow | undefined;
  /** What the page is to show and has not heard of yet. */
  #place: string | undefined;
  #crashedAtMs = -Infinity;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#listenToPages();
  }

  get current(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Brings the window to the front, and opens it where there is none. @param place to show, such as `/project/ID` */
  show(place?: string): void {
    if (!this.#window) return this.#open(place);
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
    this.#place = place ?? this.#place;
    this.#lead();
  }

  /** Leads the page to the place that is to be shown; one that is still loading hears of it when it is there. */
  #lead(): void {
    const page = this.#window?.webContents;
    if (this.#place === undefined || !page || !this.#pages.has(page)) return;
    page.send(channels.place, this.#place);
    this.#place = undefined;
  }

  #open(place = ''): void {
    const { bounds, isMaximized } = this.#shell.state.current.window;
    const window = new BrowserWindow({
      ...usual,
      ...(bounds && isVisible(bounds) && bounds),
      minWidth: smallest.width,
      minHeight: smallest.height,
      title: 'Sewscribe',
      icon,
      show: false,
      // The page's bar is the window's; elsewhere the system's own buttons would lie on it.
      titleBarStyle: process.platform === 'darwin' ? 'hiddenInset' : 'default',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        // Elsewhere Chromium would fetch its dictionaries over the network, unasked.
        spellcheck: process.platform === 'darwin',
      },
    });
    this.#window = window;
    if (isMaximized) window.maximize();
    window.once('ready-to-show', () => window.show());
    for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) {
      window.on(event as 'resize', () => this.#remember(window));
    }
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#crashed(window, reason));
    const { webContents } = window;
    window.once('closed', () => {
      this.#leave(webContents);
      this.#window = this.#place = undefined;
    });
    void window.loadURL(`${pageOrigin}/${place && `#${place}`}`).catch((cause: unknown) => {
      this.#shell.log('the page could not be loaded', cause);
      if (!window.isDestroyed()) window.show();
    });
  }

  #listenToPages(): void {
    const { gateway, log } = this.#shell;
    const ipc = new IpcGateway((contents) => contents === this.#window?.webContents, log);
    ipc.on(channels.open, z.undefined(), (_nothing, page) => {
      this.#pages.get(page)?.close();
      const send = (data: string | Uint8Array) => {
        if (!page.isDestroyed()) page.send(channels.message, data);
      };
      // A window of ours that says only nonsense has been taken over; it begins anew.
      this.#pages.set(page, connectPage({ send, giveUp: () => page.reload() }, gateway, log));
      this.#lead();
    });
    ipc.on(channels.request, z.string().max(longestMessage), (request, page) =>
      this.#pages.get(page)?.receive(request),
    );
    ipc.handle(channels.take, z.union([filePath, z.literal('')]), (path) => takeFile(this.#shell, path));
  }

  #crashed(window: BrowserWindow, reason: string): void {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    this.#shell.log('the page ended and is loaded again', { reason });
    this.#leave(window.webContents);
    const now = Date.now();
    if (now - this.#crashedAtMs > calmAfterMs) window.webContents.reload();
    this.#crashedAtMs = now;
  }

  #leave(page: WebContents): void {
    this.#pages.get(page)?.close();
    this.#pages.delete(page);
  }

  #remember(window: BrowserWindow): void {
    this.#shell.state.change({
      window: { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() },
    });
  }
}

/** Whether a person could still reach the window where it was: screens come and go. */
function isVisible({ x, y, width }: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const right = Math.min(x + width, workArea.x + workArea.width);
    const isAcross = right - Math.max(x, workArea.x) >= 100;
    return isAcross && y >= workArea.y && y < workArea.y + workArea.height - 50;
  });
}
