import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { basename } from 'node:path';
import type { MainWindow } from './mainWindow.ts';
import type { OpenFiles } from './openFiles.ts';
import type { Shell } from './shell.ts';

const isMac = process.platform === 'darwin';

/** The app's menu, made anew whenever what it shows has changed. */
export function setUpMenu(shell: Shell, window: MainWindow, files: OpenFiles): void {
  let shown = '';
  const build = () => {
    const { texts, state } = shell;
    const now = JSON.stringify([texts.file, state.current.recent, state.current.looksForUpdates]);
    if (now === shown) return;
    shown = now;
    Menu.setApplicationMenu(Menu.buildFromTemplate(template(shell, window, files)));
  };
  shell.onChange(build);
  build();
}

function template(shell: Shell, window: MainWindow, files: OpenFiles): MenuItemConstructorOptions[] {
  const { texts, state } = shell;
  const place = (id: string, label: string, address: string, accelerator?: string) => ({
    id,
    label,
    accelerator,
    click: () => window.show(address),
  });
  const settings = place('settings', texts.settings, '/settings', 'CmdOrCtrl+,');
  const choose = () =>
    shell.choose({ what: 'any', several: true }).then(async (paths) => {
      if (paths.length > 0) await files.open(paths);
    });
  const mac: MenuItemConstructorOptions[] = [
    {
      label: app.name,
      submenu: [
        { role: 'about' },
        { type: 'separator' },
        settings,
        { type: 'separator' },
        { role: 'services' },
        { type: 'separator' },
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        { type: 'separator' },
        { role: 'quit' },
      ],
    },
  ];
  return [
    ...(isMac ? mac : []),
    {
      label: texts.file,
      submenu: [
        { id: 'open', label: texts.open, accelerator: 'CmdOrCtrl+O', click: () => void choose() },
        {
          id: 'recent',
          label: texts.openRecent,
          enabled: state.current.recent.length > 0,
          submenu: recentItems(shell, files),
        },
        { type: 'separator' },
        ...(isMac ? [] : [settings, { type: 'separator' as const }]),
        isMac ? { role: 'close' } : { id: 'quit', label: texts.quit, role: 'quit' },
      ],
    },
    { label: texts.edit, role: 'editMenu' },
    {
      label: texts.view,
      submenu: [
        place('library', texts.library, '/'),
        place('models', texts.models, '/models'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { label: texts.window, role: 'windowMenu' },
    {
      label: texts.help,
      role: 'help',
      submenu: [
        {
          id: 'updates',
          label: texts.looksForUpdates,
          type: 'checkbox',
          checked: state.current.looksForUpdates,
          click: ({ checked }) => state.change({ looksForUpdates: checked }),
        },
        ...(isMac ? [] : [{ role: 'about' as const }]),
      ],
    },
  ];
}

function recentItems(shell: Shell, files: OpenFiles): MenuItemConstructorOptions[] {
  const { texts, state } = shell;
  const forget = () => {
    app.clearRecentDocuments();
    state.change({ recent: [] });
    shell.changed();
  };
  return [
    ...state.current.recent.map((path, k) => ({
      id: `recent-${k}`,
      // A lone & would underline the next letter.
      label: basename(path).replaceAll('&', '&&'),
      click: () => void files.open([path]),
    })),
    { type: 'separator' },
    { id: 'forget', label: texts.forgetRecent, click: forget },
  ];
}
