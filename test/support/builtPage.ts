import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { findChromium } from './chromium.ts';
import { projectFolder } from './cli.ts';

/** Where a run's test files find the page. */
export const builtPageVariable = 'SEWSCRIBE_TEST_PAGE';

/** Builds the page once for a run, in a folder of its own, so that nobody's `dist` is touched. */
export default async function setUp(): Promise<() => Promise<void>> {
  await findChromium();
  const folder = await mkdtemp(join(tmpdir(), 'sewscribe page '));
  await build({
    configFile: join(projectFolder, 'renderer/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, minify: false },
  });
  process.env[builtPageVariable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
