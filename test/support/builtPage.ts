import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';
import { projectFolder } from './cli.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    builtPage: string;
  }
}

/** Builds the page once for a run, in a folder of its own, so that nobody's `dist` is touched. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await findChromium();
  const folder = await mkdtemp(join(tmpdir(), 'sewscribe page '));
  await build({
    configFile: join(projectFolder, 'renderer/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, minify: false },
  });
  project.provide('builtPage', folder);
  return () => rm(folder, { recursive: true, force: true });
}
