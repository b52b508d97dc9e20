import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sewscribe, temporaryFolder } from '../support/cli.ts';

/** What the command line refuses or reads otherwise than one would fear: a sentence, the right exit code, no stack. */

const home = temporaryFolder();
const folder = join(home, 'work');
const run = (args: string[], environment: Record<string, string> = {}) =>
  sewscribe(args, { home, cwd: folder, environment });

const longCue =
  '1\n00:00:01,000 --> 00:00:06,000\nthe boat that they had hired lay at the end of the landing stage\n';

beforeAll(async () => {
  await mkdir(folder);
  await writeFile(join(folder, 'film.srt'), longCue);
  await writeFile(join(folder, 'frames.sub'), '{1}{50}One|two\n{60}{90}Three\n');
  await writeFile(join(folder, 'file'), '');
  await writeFile(join(folder, 'page.html'), '<!doctype html><title>Talk</title><p>Hello.</p>');
  await writeFile(join(folder, 'page.txt'), '\n<!DOCTYPE html>\n<p>Hello.</p>');
  await writeFile(join(folder, 'notes.md'), '# Talk\n\nHello.\n');
});

describe('is refused in one sentence', () => {
  test.each([
    ['an empty name', ['transcribe', ''], 2, /empty name/],
    ['an address', ['transcribe', 'https://example.org/a.mp3'], 2, /is an address; download/],
    ['standard input', ['transcribe', '-'], 2, /standard input/],
    ['99 seconds of a minute', ['transcribe', 'a.wav', '--from', '1:99', '--output', '-'], 2, /not a time/],
    ['no name to write', ['convert', 'film.srt', '--output', ''], 2, /names no file/],
    ['SRT in a name of DOCX', ['convert', 'film.srt', '--format', 'srt', '-o', 'x.docx'], 2, /name of .*srt/],
    [
      'SRT in a name of WebVTT',
      ['convert', 'film.srt', '--format', 'srt', '-o', 'x.VTT'],
      2,
      /of WebVTT, but/,
    ],
    ['a name of a PDF', ['convert', 'film.srt', '-o', 'full.pdf'], 2, /full\.pdf.* another kind/],
    ['a name of a film', ['convert', 'film.srt', '--format', 'srt', '-o', 'full.mp4'], 2, /another kind/],
    ['subtitles that we do not read', ['convert', 'frames.sub', '-o', '-'], 3, /MicroDVD.* SRT or WebVTT/],
    ['a file as the folder', ['convert', 'film.srt', '--output-dir', 'file'], 2, /is a file, not a folder/],
    ['a web page as a transcript', ['convert', 'page.html', '--format', 'srt'], 3, /page to read/],
    ['one under another name', ['convert', 'page.txt', '--format', 'srt'], 3, /page to read/],
    ['Markdown', ['convert', 'notes.md', '--format', 'srt'], 3, /page to read/],
    ['words that are not there', ['transcribe', 'a.wav', '--words', 'none.txt'], 3, /none\.txt.*not exist/],
    [
      'a language model that is none of one’s own',
      ['models', 'remove-lm', 'embedded'],
      4,
      /no language model/,
    ],
  ])('%s', async (_, args, exitCode, sentence) => {
    const result = await run(args);
    expect(result).toMatchObject({ exitCode, stdout: '' });
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });
});

test('a home that is a file is said so, and nothing is thrown at a person', async () => {
  const { exitCode, stderr } = await run(['models', 'import', folder, '--id', 'x'], {
    SEWSCRIBE_HOME: join(folder, 'file'),
  });
  expect([4, 6]).toContain(exitCode);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test.each([
  ['by its name', ['--output', 'named.vtt'], 'named.vtt', /^WEBVTT/],
  ['as asked for, whatever its name', ['--format', 'vtt', '--output', 'odd.text'], 'odd.text', /^WEBVTT/],
  ['as SRT, where its name says nothing', ['--output', 'plain'], 'plain', /^1\n/],
  ['as SRT, where no format has its name', ['--output', 'plain.text'], 'plain.text', /^1\n/],
])('an output is written %s', async (_, options, name, beginning) => {
  expect(await run(['convert', 'film.srt', ...options])).toMatchObject({ exitCode: 0 });
  expect(await readFile(join(folder, name), 'utf8')).toMatch(beginning);
});

test('subtitles keep their cues, unless rules are named', async () => {
  const kept = await run(['convert', 'film.srt', '--output', '-']);
  expect(kept.stdout).toBe(longCue);
  const laidOut = await run(['convert', 'film.srt', '--output', '-', '--max-line-chars', '30']);
  const lines = laidOut.stdout.split('\n').filter((line) => /^[a-z]/.test(line));
  expect(lines.length).toBeGreaterThan(1);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(30);
  expect(lines.join(' ')).toBe(longCue.split('\n')[2]);
});

test('doctor says of a program that was named and does not run', async () => {
  const { stdout } = await run(['doctor'], { SEWSCRIBE_FFMPEG: '/nowhere/ffmpeg' });
  expect(stdout).toMatch(/MISSING {2}SEWSCRIBE_FFMPEG: \/nowhere\/ffmpeg does not run/);
});
