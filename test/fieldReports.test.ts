import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from './support/cli.ts';

/** Where what broke for others is a test. What comes with dictation (h01, h03, h04) has none yet. */
const heldBy: Record<string, readonly (readonly [file: string, text: string])[]> = {
  a01: [
    ['page/fieldReports.page.ts', 'a01: '],
    ['support/media.ts', "'late-4.2s.mp4'"],
  ],
  a02: [['support/media.ts', "'hole-3h.mkv'"]],
  a04: [
    ['engine/media-parts.test.ts', 'a channel upside down is turned over'],
    ['support/media.ts', "'inverted.mp3'"],
  ],
  a06: [['support/media.ts', "'lying-cover.mp3'"]],
  a07: [
    ['support/media.ts', "'unknown-first.mp4'"],
    ['engine/media-decoding.test.ts', 'the second track, and what is known of both'],
  ],
  a09: [['page/fieldReports.page.ts', 'a09: ']],
  a10: [['page/fieldReports.page.ts', 'a10: ']],
  a12: [
    ['page/fieldReports.page.ts', 'a12: '],
    ['engine/media-damage.test.ts', "'hole.mp3'"],
  ],
  a13: [
    ['page/fieldReports.page.ts', 'a13: '],
    ['engine/media-refusals.test.ts', 'odd file names are names and nothing else'],
  ],
  b01: [['transcript/formats.read.test.ts', "describe('SRT'"]],
  b03: [['transcript/formats.read.test.ts', "describe('SRT'"]],
  b04: [['transcript/formats.read.test.ts', "describe('SRT'"]],
  b05: [['transcript/formats.read.test.ts', "describe('SRT'"]],
  b08: [
    ['page/fieldReports.page.ts', 'b08, c02: '],
    ['transcript/formats.write.test.ts', '(b08)'],
  ],
  b09: [['transcript/formats.read.test.ts', 'encodings (b09)']],
  b13: [['transcript/formats.write.test.ts', 'times (b13)']],
  c01: [
    ['engine/words.test.ts', '(c01)'],
    ['transcript/captions.layout.test.ts', '(c01)'],
  ],
  c02: [['page/fieldReports.page.ts', 'b08, c02: ']],
  c05: [['transcript/captions.layout.test.ts', 'Chinese and Japanese (c05)']],
  d01: [
    ['renderer/editor-project.test.ts', 'd01: '],
    ['page/editor.page.ts', 'undo all, redo all'],
  ],
  d03: [['page/editor.page.ts', 'd03: ']],
  d04: [['page/editor.page.ts', 'd04: ']],
  d06: [['page/editor.page.ts', 'd06: ']],
  e02: [['engine/media-decoding.test.ts', 'clips lie right through an hour']],
  e03: [
    ['page/library.page.ts', 'a bad recording never stops the rest'],
    ['engine/queue.test.ts', 'stop means this one: running or waiting, the others go on (e03)'],
  ],
  e04: [
    ['engine/queue.test.ts', '(e04)'],
    ['server/kills.test.ts', 'a stopped job keeps its words, and goes on where it stopped'],
  ],
  f01: [['native-models/store-download.test.ts', 'a connection that always breaks at 60 %']],
  f02: [['native-models/store-download.test.ts', 'a redirect to a login page names the page’s host']],
  g01: [['engine/devices.test.ts', '(g01)']],
  g03: [['engine/devices.test.ts', '(g03)']],
  i01: [['electron/packaging.test.ts', 'unpacked']],
};

test.each(Object.entries(heldBy))('%s is tested where the table says', (_, places) => {
  for (const [file, text] of places) {
    expect(readFileSync(join(projectFolder, 'test', file), 'utf8'), file).toContain(text);
  }
});
