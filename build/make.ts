import { spawnSync } from 'node:child_process';
import { targetHere } from './appFiles.ts';
import { installerArguments } from './installers.ts';

/**
 * Makes this system's installers of what Forge packaged. electron-builder brings 280 packages that nobody else needs,
 * so it is fetched for this alone, at a fixed version.
 */

const { status } = spawnSync(
  'npx',
  ['--yes', 'electron-builder@26.17.0', ...installerArguments(targetHere(), process.env)],
  { stdio: 'inherit', shell: process.platform === 'win32' },
);
process.exitCode = status ?? 1;
