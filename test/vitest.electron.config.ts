import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // The page's own specs too, in the desktop's window (docs/electron.md says which, and which not).
    include: [
      'test/electron/**/*.{desktop,test}.ts',
      'test/page/{captions,editor,export,fieldReports,frame,library,staying}.page.ts',
    ],
    setupFiles: ['test/support/fixedSeed.ts'],
    env: { SEWSCRIBE_TEST_SHELL: 'desktop' },
    globalSetup: ['test/electron/builtApp.ts'],
    reporters: ['default', './test/reporter.ts'],
    pool: 'forks',
    // Each file has a browser, an engine and a recogniser.
    maxWorkers: 1,
    // A busy machine needs longer than Vitest's second until the page shows what was done.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
