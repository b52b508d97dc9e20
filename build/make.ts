import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { targetHere } from './appFiles.ts';

/**
 * Makes this system's installers of what Forge packaged. electron-builder brings 280 packages that nobody else needs,
 * so it is fetched for this alone, at a fixed version.
 */

const { platform, arch } = targetHere();
const app = join('out', `Sewscribe-${platform}-${arch}`, platform === 'darwin' ? 'Sewscribe.app' : '');
const { status } = spawnSync(
  'npx',
  [
    '--yes',
    'electron-builder@26.17.0',
    '--prepackaged',
    app,
    '--config',
    'build/installers.json',
    `--${arch}`,
  ],
  { stdio: 'inherit', shell: platform === 'win32' },
);
process.exitCode = status ?? 1;
