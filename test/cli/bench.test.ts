import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recitalFolder, sewscribe, temporaryFolder } from '../support/cli.ts';

const home = temporaryFolder();
const bench = (...args: string[]) => sewscribe(['bench', '--runs', '1', ...args], { home });

test('models and shapes side by side, and nothing of the shapes is left', async () => {
  const models = ['--model', recitalFolder, '--shape', 'sew-d-tiny'];
  const { exitCode, stdout } = await bench(...models, '--seconds', '2', '1', '--json');
  expect(exitCode).toBe(0);
  const rows = JSON.parse(stdout) as Record<string, unknown>[];
  expect(rows.map(({ model, seconds }) => [model, seconds])).toEqual(
    [1, 2].flatMap((seconds) =>
      [/recital/, /^sew-d-tiny$/].map((model) => [expect.stringMatching(model), seconds]),
    ),
  );
  for (const row of rows) {
    const { device, audioSecondsPerSecond, latencyMs, peakMemoryBytes, seconds } = row as Record<
      string,
      number
    >;
    expect(device).toBe('cpu');
    expect(audioSecondsPerSecond * latencyMs).toBeCloseTo(1000 * seconds, 3);
    // A Node process with a model in it, and no more than a machine of our size has
    expect(peakMemoryBytes).toBeGreaterThan(30e6);
    expect(peakMemoryBytes).toBeLessThan(4e9);
  }
  expect((await readdir(join(home, 'cache'))).filter((name) => name.startsWith('bench'))).toEqual([]);
}, 120_000);

test('as a table', async () => {
  const { exitCode, stdout, stderr } = await bench('--model', recitalFolder, '--seconds', '1');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(
    /^model +device +precision +seconds +audio s\/s +latency, ms +peak, MB\n\S+ +cpu +(?:float32|int8) +1 +\d+\.\d +\d+ +\d+\n$/,
  );
});

test.each([
  ['a shape that there is not', ['--shape', 'whisper'], 2, /Allowed choices are sew-d-tiny/],
  ['a length that is none', ['--seconds', 'ten'], 2, /--seconds must be a whole number from 1 to 3600/],
  ['a model that there is not', ['--model', 'nobody'], 4, /nobody/],
  ['a device that there is not', ['--model', recitalFolder, '--device', 'coreml'], 5, /coreml/],
])('%s is refused', async (_, args, exitCode, message) => {
  const result = await bench(...args);
  expect(result).toMatchObject({ exitCode, stdout: '' });
  expect(result.stderr).toMatch(message);
});
