import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The arguments that Node needs to run one of our entry files: in a checkout they are TypeScript. */
export function nodeArguments(entry: string): string[] {
  if (!entry.endsWith('.ts')) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
