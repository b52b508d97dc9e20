import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { homeWithModel, startDesktop, type Desktop } from './desktop.ts';

/** The app as a person starts it. */

const home = temporaryFolder();
let desktop: Desktop;
beforeAll(async () => {
  await homeWithModel(home);
  desktop = await startDesktop({ home });
});
afterAll(() => desktop.close());

test('opens its page, which speaks with the engine', async () => {
  const page = await desktop.page();
  await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
  expect(desktop.log()).toBe('');
});
