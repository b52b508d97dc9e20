import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleAll } from '../build/app.ts';

/**
 * CPU time of what the desktop's main process does from its start until its window is shown and the engine is asked
 * for: each piece of code that it reads, and then the longest turn of its event loop. Electron's modules do nothing:
 * `npx tsx bench/desktopStart.ts`
 */

const runs = 9;
const folder = await mkdtemp(join(tmpdir(), 'sewscribe start '));
await bundleAll(folder);
await mkdir(join(folder, 'dist/renderer'), { recursive: true });
await writeFile(join(folder, 'dist/renderer/index.html'), 'A page.');
const main = await readFile(join(folder, 'electron/main.js'), 'utf8');
const pieces = [...main.matchAll(/import\("\.\/([^"]+)"\)/g)]
  .map(([, name]) => name)
  .filter((name) => !name.startsWith('processes'));

// Every name that the app imports of Electron is there: whatever is asked of it or made of it is again nothing.
const names =
  'app,BrowserWindow,dialog,ipcMain,Menu,MessageChannelMain,nativeImage,Notification,powerSaveBlocker,protocol,screen,session,shell,Tray,utilityProcess';
const electron = `const known = { getLocale: () => 'en', getVersion: () => '0', getAllDisplays: () => [] };
const nothing = new Proxy(function () {}, {
  get: (_, name) => known[name] ?? (name === 'then' || typeof name === 'symbol' ? undefined : nothing),
  apply: () => nothing,
  construct: () => nothing,
});
${names
  .split(',')
  .map((name) => `export const ${name} = nothing;`)
  .join('\n')}`;
const hook = `export const resolve = (name, context, next) => name === 'electron'
  ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(electron)}`)}, shortCircuit: true }
  : next(name, context);`;
const script = join(folder, 'start.mjs');
await writeFile(
  script,
  `import { register } from 'node:module';
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});
await import('electron');
const spentSince = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
let openApp;
for (const piece of ${JSON.stringify(pieces.map((name) => pathToFileURL(join(folder, 'electron', name)).href))}) {
  const before = process.cpuUsage();
  ({ openApp } = await import(piece));
  console.log(spentSince(before));
}
// It waits for an engine that never answers.
void openApp();
let [longest, all] = [0, 0];
for (let turn = 0; turn < 200; turn += 1) {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1));
  const spent = spentSince(before);
  longest = Math.max(longest, spent);
  all += spent;
}
console.log(longest);
console.log(all);
process.exit(0);`,
);
const measured: number[][] = [];
for (let run = 0; run < runs; run += 1) {
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, SEWSCRIBE_HOME: join(folder, 'home') },
  });
  measured.push(stdout.trim().split('\n').map(Number));
}
for (const [k, name] of [...pieces, 'opening, its longest turn', 'opening, all of it'].entries()) {
  const times = measured.map((each) => each[k]).sort((a, b) => a - b);
  const [least, middle, most] = [times[0], times[Math.floor(runs / 2)], times[runs - 1]];
  console.log(`${name}: ${middle.toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)})`);
}
await rm(folder, { recursive: true, force: true });
