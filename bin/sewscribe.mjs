#!/usr/bin/env node
// A checkout has no build step, so TypeScript is read as it is; a package holds the compiled files beside this one.
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/cli/main.js', import.meta.url);
const isCheckout = existsSync(new URL('../cli/main.ts', import.meta.url));
if (isCheckout) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../cli/main.ts');
} else {
  await import(compiled.href);
}
