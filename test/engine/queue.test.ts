import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { newestJob } from '../../engine/contract.ts';
import { JobQueue, type JobHooks } from '../../engine/jobs/queue.ts';
import type { JobEnd } from '../../engine/jobs/projectJobs.ts';
import type { JobRecord } from '../../engine/jobs/queueFile.ts';
import { SourceError } from '../../engine/media/types.ts';
import { temporaryFolder } from '../support/cli.ts';

/** The queue alone: its jobs are promises that the test settles. */

type Begun = {
  projectId: string;
  hooks: JobHooks;
  finish(end?: Partial<JobEnd>): void;
  fail(cause: Error): void;
};

let path: string;
let begun: Begun[];
const options = { modelId: 'm', device: 'cpu', case: 'lower', channels: 'mix' } as const;

beforeEach(() => {
  path = join(temporaryFolder(), 'queue.json');
  begun = [];
});

function run({ projectId }: JobRecord, hooks: JobHooks): Promise<JobEnd> {
  return new Promise((resolve, reject) => {
    begun.push({
      projectId,
      hooks,
      finish: (end) => resolve({ warnings: [], incomplete: false, ...end }),
      fail: reject,
    });
    hooks.signal.addEventListener('abort', () => reject(hooks.signal.reason as Error));
  });
}

const open = (jobsAtOnce = 1) =>
  JobQueue.open({
    path,
    log: () => undefined,
    run,
    jobsAtOnce: () => jobsAtOnce,
    describe: () => ({
      name: 'name',
      mediaName: 'name.wav',
      hasVideo: false,
      durationMs: null,
      newestWords: '',
    }),
    onChange: () => undefined,
    onProgress: () => undefined,
    onWords: () => undefined,
  });

async function queueOf(...projectIds: string[]): Promise<{ queue: JobQueue; ids: string[] }> {
  const queue = await open();
  const ids = projectIds.map((projectId) => queue.add({ projectId, kind: 'transcription', options }));
  await begunAre(1);
  return { queue, ids };
}

/** Waits until so many jobs have begun. */
async function begunAre(count: number): Promise<void> {
  while (begun.length < count) await new Promise((resolve) => setImmediate(resolve));
}
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** What the next process finds after a kill: what is on the disk now, and nothing that the first writes later. */
async function kill(): Promise<void> {
  const left = join(temporaryFolder(), 'queue.json');
  await copyFile(path, left);
  path = left;
}

const states = (queue: JobQueue) => queue.state.jobs.map(({ projectId, state }) => `${projectId} ${state}`);

test('one job runs at a time, in their order; a bad one does not stop the rest (e03)', async () => {
  const { queue } = await queueOf('good', 'bad', 'half', 'last');
  expect(states(queue)).toEqual(['good running', 'bad waiting', 'half waiting', 'last waiting']);
  begun[0].finish();
  await begunAre(2);
  begun[1].fail(new SourceError('“bad” is no film.'));
  await begunAre(3);
  begun[2].finish({ incomplete: true, warnings: ['It breaks off at 12:00.'] });
  await begunAre(4);
  begun[3].fail(new Error('nobody thought of this'));
  await until(() => queue.state.jobs.every(({ endedAtMs }) => endedAtMs !== null));
  expect(begun.map(({ projectId }) => projectId)).toEqual(['good', 'bad', 'half', 'last']);
  expect(states(queue)).toEqual(['good finished', 'bad failed', 'half partly', 'last failed']);
  const [, bad, half, last] = queue.state.jobs;
  expect(bad.failure).toEqual({ code: 'source', message: '“bad” is no film.' });
  expect(half.warnings).toEqual(['It breaks off at 12:00.']);
  expect(last.failure?.code).toBe('internal');
});

test('stop means this one: running or waiting, the others go on (e03)', async () => {
  const { queue, ids } = await queueOf('a', 'b', 'c');
  await queue.stop(ids[1]);
  expect(states(queue)).toEqual(['a running', 'b stopped', 'c waiting']);
  await queue.stop(ids[0]);
  await begunAre(2);
  expect(states(queue)).toEqual(['a stopped', 'b stopped', 'c running']);
  expect(begun[1].hooks.signal.aborted).toBe(false);
  queue.retry(ids[0]);
  expect(states(queue)).toEqual(['b stopped', 'c running', 'a waiting']);
  expect(() => queue.retry(ids[2])).toThrow(/under way/);
});

test('jobs are moved, put first and taken off', async () => {
  const { queue, ids } = await queueOf('a', 'b', 'c', 'd');
  queue.move(ids[3], ids[1]);
  expect(states(queue)).toEqual(['a running', 'd waiting', 'b waiting', 'c waiting']);
  queue.move(ids[1], null);
  expect(states(queue)).toEqual(['a running', 'd waiting', 'c waiting', 'b waiting']);
  queue.add({ projectId: 'e', kind: 'range', options }, { first: true });
  begun[0].finish();
  await begunAre(2);
  expect(begun[1].projectId).toBe('e');
  await queue.remove(ids[3]);
  expect(queue.clear().map(({ projectId }) => projectId)).toEqual(['a']);
  expect(states(queue)).toEqual(['e running', 'c waiting', 'b waiting']);
  expect(() => queue.move('gone', null)).toThrow(/not in the list/);
});

test.each([
  ['none', [], undefined],
  [
    'the one that is under way',
    [
      [1, 5],
      [2, null],
      [3, 9],
    ],
    2,
  ],
  [
    'the one that was added last, though it was wanted at once',
    [
      [7, 9],
      [1, 5],
      [3, 4],
    ],
    7,
  ],
  [
    'the last one',
    [
      [1, 2],
      [3, 4],
    ],
    3,
  ],
] as [string, [number, number | null][], number | undefined][])(
  'of a project’s jobs the newest: %s',
  (_, jobs, newest) => {
    const listed = jobs.map(([addedAtMs, endedAtMs]) => ({ addedAtMs, endedAtMs }));
    expect(newestJob(listed)?.addedAtMs).toBe(newest);
  },
);

test('a pause puts what runs back and begins nothing; it lasts over a restart', async () => {
  const { queue } = await queueOf('a', 'b');
  await queue.pause(true);
  expect(states(queue)).toEqual(['a waiting', 'b waiting']);
  expect(begun[0].hooks.signal.aborted).toBe(true);
  await queue.close();
  const again = await open();
  again.start();
  expect(again.state.paused).toBe(true);
  expect(begun.length).toBe(1);
  await again.pause(false);
  await begunAre(2);
  expect(states(again)).toEqual(['a running', 'b waiting']);
});

test('several run at once where a person wants it', async () => {
  const queue = await open(2);
  for (const projectId of ['a', 'b', 'c']) queue.add({ projectId, kind: 'transcription', options });
  await begunAre(2);
  expect(states(queue)).toEqual(['a running', 'b running', 'c waiting']);
  begun[1].finish();
  await begunAre(3);
  expect(states(queue)).toEqual(['a running', 'b finished', 'c running']);
});

test('after a kill the jobs are listed, in order, and the one that ran goes on (e04)', async () => {
  const { ids } = await queueOf('a', 'b');
  begun[0].hooks.onWords({ jobId: ids[0], text: 'heard', startMs: 0, endMs: 1 });
  await kill();
  const again = await open();
  expect(states(again)).toEqual(['a waiting', 'b waiting']);
  again.start();
  await begunAre(2);
  expect(begun[1].projectId).toBe('a');
});

test('a job that ends the engine each time it begins is given up, and the next one runs', async () => {
  await queueOf('deadly', 'good');
  for (let life = 2; life <= 3; life += 1) {
    await kill();
    const queue = await open();
    queue.start();
    await begunAre(life);
    expect(begun.at(-1)!.projectId).toBe('deadly');
  }
  await kill();
  const queue = await open();
  queue.start();
  await begunAre(4);
  expect(states(queue)).toEqual(['deadly failed', 'good running']);
  expect(queue.state.jobs[0].failure?.message).toMatch(/ended 3 times in a row/);
});

test('of a damaged file what can be read is kept', async () => {
  const { queue } = await queueOf('a', 'b');
  await queue.close();
  const json = JSON.parse(await readFile(path, 'utf8'));
  json.jobs[0].state = 'dancing';
  await writeFile(path, JSON.stringify(json));
  expect(states(await open())).toEqual(['b waiting']);
  await writeFile(path, '{"version":1,"jo');
  expect(states(await open())).toEqual([]);
});
