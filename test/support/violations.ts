import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const options: RunOptions = {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};

/** The playhead is moved by keys alone: pointers act on the lane below it, so its size is no matter. */
const keysOnly = '.tl .head';

/** What axe finds wrong in what a tab shows now. Its script is run past the page's policy, which refuses it. */
export async function violations(tab: Page): Promise<string[]> {
  await tab.evaluate(await source);
  const results = await tab.evaluate(
    (given) =>
      (
        globalThis as unknown as { axe: { run(place: unknown, options: unknown): Promise<AxeResults> } }
      ).axe.run({ exclude: [given.keysOnly] }, given.options),
    { options, keysOnly },
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}
