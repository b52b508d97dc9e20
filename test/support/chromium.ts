import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * The Chromium of this machine: SEWSCRIBE_CHROMIUM names it, else it is looked for under its usual names in PATH.
 * @throws Error with a sentence where there is none
 */
export async function findChromium(): Promise<string> {
  const given = process.env['SEWSCRIBE_CHROMIUM'];
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const candidates = given ? [given] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of candidates) {
    if (await isProgram(path)) return path;
  }
  throw new Error(
    given
      ? `SEWSCRIBE_CHROMIUM names “${given}”, which is no program; name a Chromium.`
      : "The page's tests need Chromium; install it (Debian: apt-get install chromium) or name it in SEWSCRIBE_CHROMIUM.",
  );
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
