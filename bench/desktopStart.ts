import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleAll } from '../build/app.ts';

/**
 * CPU time of each piece of code that the desktop's main process reads at its start, Electron's modules being empty:
 * `npx tsx bench/desktopStart.ts`
 */

const runs = 5;
const folder = await mkdtemp(join(tmpdir(), 'sewscribe start '));
await bundleAll(folder);
const main = await readFile(join(folder, 'electron/main.js'), 'utf8');
const pieces = [...main.matchAll(/import\("\.\/([^"]+)"\)/g)]
  .map(([, name]) => name)
  .filter((name) => !name.startsWith('processes'));

// Every name that the app imports of Electron is there, and does nothing.
const names =
  'app,BrowserWindow,dialog,ipcMain,Menu,MessageChannelMain,nativeImage,Notification,powerSaveBlocker,protocol,screen,session,shell,Tray,utilityProcess';
const electron = names
  .split(',')
  .map((name) => `export const ${name} = {};`)
  .join('');
const hook = `export const resolve = (name, context, next) => name === 'electron'
  ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(electron)}`)}, shortCircuit: true }
  : next(name, context);`;
const script = join(folder, 'start.mjs');
await writeFile(
  script,
  `import { register } from 'node:module';
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});
await import('electron');
for (const piece of ${JSON.stringify(pieces.map((name) => pathToFileURL(join(folder, 'electron', name)).href))}) {
  const before = process.cpuUsage();
  await import(piece);
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);
}`,
);
const measured: number[][] = [];
for (let run = 0; run < runs; run += 1) {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  measured.push(stdout.trim().split('\n').map(Number));
}
for (const [k, piece] of pieces.entries()) {
  const times = measured.map((each) => each[k]).sort((a, b) => a - b);
  const [least, middle, most] = [times[0], times[Math.floor(runs / 2)], times[runs - 1]];
  console.log(`${piece}: ${middle.toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)})`);
}
await rm(folder, { recursive: true, force: true });
