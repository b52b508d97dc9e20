import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with the line that CI reads: `N passed, N failed`. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      // A file that cannot be loaded has no tests, but it has failed.
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') {
          passed += 1;
        } else {
          // A skipped test proves nothing, so here it counts as failed.
          failed += 1;
        }
      }
    }
    // After the default reporter's own summary.
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
    if (failed > 0 || passed === 0) process.exitCode = 1;
  }
}
