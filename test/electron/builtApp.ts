import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { makeApp } from '../../build/app.ts';
import { targetHere } from '../../build/appFiles.ts';
import { findChromium } from '../support/chromium.ts';
import { projectFolder } from '../support/cli.ts';

/** Where a run's test files find the app, and Electron's own binary where it is installed. */
export const appVariable = 'SEWSCRIBE_TEST_APP';
export const electronVariable = 'SEWSCRIBE_TEST_ELECTRON';

/** Makes the app once for a run, as it is packaged, and beside what it must not need: the checkout's own files. */
export default async function setUp(): Promise<() => Promise<void>> {
  await findChromium();
  const binary = installedElectron();
  if (binary) process.env[electronVariable] = binary;
  // Whoever works on the tests makes the app once.
  if (process.env[appVariable]) return async () => undefined;
  // On the checkout's disk, so that its binaries need not be copied.
  const folder = join(projectFolder, '.cache', `desktop-${process.pid}`);
  await makeApp(folder, targetHere());
  process.env[appVariable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}

function installedElectron(): string | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const names = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' };
  const path = join(folder, 'dist', names[process.platform as keyof typeof names] ?? 'electron');
  return existsSync(path) ? path : undefined;
}
