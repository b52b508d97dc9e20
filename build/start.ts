import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkout, makeApp } from './app.ts';
import { targetHere } from './appFiles.ts';

/** Runs the desktop app out of a checkout, on the Electron that is installed (`npx install-electron` gets it). */

const folder = join(checkout, 'out', 'app');
await makeApp(folder, targetHere());
const electron = createRequire(import.meta.url)('electron') as unknown as string;
spawn(electron, [folder, ...process.argv.slice(2)], { stdio: 'inherit' }).once(
  'exit',
  (code) => (process.exitCode = code ?? 1),
);
