import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { folders } from '../../files/folders.ts';
import { homeWithModel, launchOnStandIn, recording } from './desktop.ts';

/** The packaged executable as the command line: the same commands, output and exit codes. */

let home: string;
let talk: { path: string; words: string[] };
beforeAll(async () => {
  home = await homeWithModel();
  talk = await recording(home, 'talk.wav', ['austen-0880']);
});

function run(args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = launchOnStandIn({ home, args });
  const output = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => (output.stdout += String(chunk)));
  child.stderr!.on('data', (chunk: Buffer) => (output.stderr += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}

test('transcribe, with the engine and the recogniser as processes of the app', async () => {
  const args = ['transcribe', talk.path, '--model', 'recital', '--format', 'txt', '--case', 'lower'];
  const { code, stdout, stderr } = await run([...args, '--output', '-']);
  expect(code, stderr).toBe(0);
  expect(stdout.trim().split(/\s+/)).toEqual(talk.words);
});

test.each([
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
  [['doctor', '--json'], 0, /ffmpeg[^]*cpu/],
  [['transcribe', 'not there.wav'], 3, /^$/],
] as [string[], number, RegExp][])('%s ends with %s', async (args, exitCode, output) => {
  const { code, stdout, stderr } = await run(args);
  expect(code, stderr).toBe(exitCode);
  expect(stdout).toMatch(output);
  if (exitCode !== 0) expect(stderr).toMatch(/^sewscribe: .+\n$/);
});

test('of what a person can mend the log keeps the sentence, and not where it comes from', async () => {
  const { stderr } = await run(['transcribe', 'never there.wav']);
  const log = await readFile(join(folders({ SEWSCRIBE_HOME: home }).logs, 'engine.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('never there.wav'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(JSON.stringify(stderr.trim().replace('sewscribe: ', '')));
  expect(log).not.toMatch(/^ +at /m);
});
