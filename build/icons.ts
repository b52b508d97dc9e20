import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/**
 * Draws the app's icons from the sign of its page, in a Chromium that SEWSCRIBE_CHROMIUM names (default: Debian's).
 * What it makes is in the repository; run it again when the sign changes.
 */

const sign = 'M2 9h2.5M7 4.5v9M11 2v14M13.5 9H16';
const path = (colour: string) =>
  `<path d="${sign}" fill="none" stroke="${colour}" stroke-width="2" stroke-linecap="round"/>`;

/** The app's: light on a tile, which every desktop can show on any ground. */
const tile =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect x="1" y="1" width="26" height="26" rx="6" fill="#0c6079"/>' +
  `<g transform="translate(5 5)">${path('#ffffff')}</g></svg>`;
const bare = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18">${path(colour)}</svg>`;

const root = join(import.meta.dirname, '..');
const shown = join(root, 'electron/icons');
const installed = join(root, 'build/icons');

const browser = await chromium.launch({
  executablePath: process.env['SEWSCRIBE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
await mkdir(shown, { recursive: true });
await mkdir(installed, { recursive: true });
const sizes = [16, 32, 48, 64, 128, 256, 512];
const pictures = new Map<number, Buffer>();
for (const size of sizes) pictures.set(size, await draw(browser, tile, size));
await writeFile(join(shown, 'icon.png'), pictures.get(256)!);
await writeFile(join(shown, 'tray.png'), await draw(browser, tile, 32));
// macOS colours a template itself.
await writeFile(join(shown, 'trayTemplate.png'), await draw(browser, bare('#000000'), 16));
await writeFile(join(shown, 'trayTemplate@2x.png'), await draw(browser, bare('#000000'), 32));
await writeFile(join(installed, 'icon.png'), pictures.get(512)!);
await writeFile(join(installed, 'icon.ico'), ico([16, 32, 48, 64, 128, 256]));
await writeFile(join(installed, 'icon.icns'), icns());
await browser.close();

async function draw(inside: Browser, svg: string, size: number): Promise<Buffer> {
  const page = await inside.newPage({ viewport: { width: size, height: size } });
  const style = 'margin:0;background:transparent';
  await page.setContent(
    `<body style="${style}">${svg.replace('<svg', `<svg width="${size}" height="${size}"`)}`,
  );
  const picture = await page.screenshot({ omitBackground: true });
  await page.close();
  return picture;
}

/** Windows' container: a table of pictures, each a PNG. */
function ico(wanted: readonly number[]): Buffer {
  const head = Buffer.alloc(6 + 16 * wanted.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(wanted.length, 4);
  let offset = head.length;
  wanted.forEach((size, k) => {
    const { length } = pictures.get(size)!;
    const at = 6 + 16 * k;
    // 0 stands for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += length;
  });
  return Buffer.concat([head, ...wanted.map((size) => pictures.get(size)!)]);
}

/** macOS's container: blocks of a type, a length and a PNG. */
function icns(): Buffer {
  const types: [string, number][] = [
    ['icp4', 16],
    ['icp5', 32],
    ['icp6', 64],
    ['ic07', 128],
    ['ic08', 256],
    ['ic09', 512],
  ];
  const block = (type: string, data: Buffer) => {
    const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
    head.writeUInt32BE(data.length + 8, 4);
    return Buffer.concat([head, data]);
  };
  return block('icns', Buffer.concat(types.map(([type, size]) => block(type, pictures.get(size)!))));
}
