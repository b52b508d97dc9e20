import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/electron/**/*.desktop.ts', 'test/electron/**/*.test.ts'],
    globalSetup: ['test/electron/builtApp.ts'],
    reporters: ['default', './test/reporter.ts'],
    pool: 'forks',
    // Each file has a browser, an engine and a recogniser.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
