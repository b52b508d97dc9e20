import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the command line starts', () => {
  expect(execFileSync(process.execPath, ['bin/sewscribe.mjs'], { encoding: 'utf8' })).toContain('sewscribe');
});
