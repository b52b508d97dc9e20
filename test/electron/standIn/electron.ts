import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { app } from './app.ts';
import { MessageChannelMain, runningProcesses, tampering, utilityProcess } from './processes.ts';
import { dialogAnswers, record, recorded } from './record.ts';
import { besidePage, browserAddress, BrowserWindow, ipcMain, protocol } from './window.ts';

/**
 * A stand-in for the `electron` module under Node: real processes, a real page in Chromium, and objects that record
 * what the system would show. It knows as much of Electron as the app uses.
 */

export { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, utilityProcess };

type Template = {
  id?: string;
  label?: string;
  role?: string;
  type?: string;
  accelerator?: string;
  enabled?: boolean;
  checked?: boolean;
  submenu?: Template[];
  click?: (item: MenuItem) => void;
};

class MenuItem {
  readonly template: Template;
  readonly submenu: Menu | undefined;
  checked: boolean;

  constructor(template: Template) {
    this.template = template;
    this.submenu = template.submenu && new Menu(template.submenu);
    this.checked = template.checked ?? false;
  }
  get label(): string {
    return this.template.label ?? '';
  }
  get enabled(): boolean {
    return this.template.enabled ?? true;
  }
  get accelerator(): string | undefined {
    return this.template.accelerator;
  }
  click(): void {
    if (this.template.type === 'checkbox') this.checked = !this.checked;
    this.template.click?.(this);
  }
}

export class Menu {
  static #application: Menu | null = null;
  readonly items: MenuItem[];

  constructor(template: Template[]) {
    this.items = template.map((item) => new MenuItem(item));
  }
  static buildFromTemplate(template: Template[]): Menu {
    return new Menu(template);
  }
  static setApplicationMenu(menu: Menu): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.template.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

const trays: Tray[] = [];
export class Tray extends EventEmitter {
  menu: Menu | undefined;

  constructor(image: { isEmpty(): boolean }) {
    super();
    if (image.isEmpty()) throw new Error('the tray has no picture');
    trays.push(this);
  }
  setToolTip(): void {}
  setContextMenu(menu: Menu): void {
    this.menu = menu;
  }
}

export const nativeImage = {
  createFromPath: (path: string) => ({ isEmpty: () => !existsSync(path) }),
};

const notifications: Notification[] = [];
export class Notification extends EventEmitter {
  readonly #options: { title: string; body: string };
  static isSupported(): boolean {
    return true;
  }
  constructor(options: { title: string; body: string }) {
    super();
    this.#options = options;
  }
  show(): void {
    notifications.push(this);
    record('notification', this.#options);
  }
}

export const dialog = {
  showErrorBox: (title: string, message: string) => record('error', { title, message }),
  async showMessageBox(...args: object[]) {
    record('message', args.at(-1));
    return { response: 0 };
  },
  async showOpenDialog(options: object) {
    record('open-dialog', options);
    const filePaths = dialogAnswers.shift();
    return { canceled: !filePaths, filePaths: filePaths ?? [] };
  },
};

let blockers = 0;
const blocking = new Set<number>();
export const powerSaveBlocker = {
  start(type: string): number {
    record('awake', { type });
    blockers += 1;
    blocking.add(blockers);
    return blockers;
  },
  stop(id: number): void {
    record('awake', { type: null });
    blocking.delete(id);
  },
};

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

const permissions: Record<string, unknown> = {};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: unknown) => (permissions['request'] = handler),
    setPermissionCheckHandler: (handler: unknown) => (permissions['check'] = handler),
    setDevicePermissionHandler: (handler: unknown) => (permissions['device'] = handler),
    webRequest: {
      onBeforeRequest(filter: object, handler: unknown): void {
        record('network', filter);
        permissions['network'] = handler;
      },
    },
  },
};

export const shell = { openExternal: async (url: string) => record('external', { url }) };

/** For tests alone. */
export const standIn = {
  recorded,
  dialogAnswers,
  trays,
  notifications,
  permissions,
  blocking,
  browserAddress,
  runningProcesses,
  besidePage,
  tampering,
};

const all = { app, BrowserWindow, Menu, Notification, dialog, standIn };

// The test asks by functions that are run here, as Playwright's `_electron` does it.
type Question = { id: number; source: string; arg: unknown };
process.on('message', async ({ id, source, arg }: Question) => {
  try {
    const ask = (0, eval)(`(${source})`) as (electron: typeof all, arg: unknown) => unknown;
    process.send!({ id, result: await ask(all, arg) });
  } catch (cause) {
    process.send!({ id, failure: String(cause) });
  }
});
besidePage.heard.on('shell:message', (data: string | Uint8Array) => {
  const isBinary = typeof data !== 'string';
  process.send?.({ heard: isBinary ? Buffer.from(data).toString('base64') : data, isBinary });
});
process.on('disconnect', () => process.exit(0));
