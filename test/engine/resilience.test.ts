import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { EventName, EventPayload, Outcome, Params } from '../../engine/contract.ts';
import { createEngine } from '../../engine/engine.ts';
import { forkRecogniser, type Launcher } from '../../engine/recognition/launcher.ts';
import { folders } from '../../files/folders.ts';
import { holderOf, lock } from '../../files/presence.ts';
import { EngineClient, EngineFailure } from '../../host/engineClient.ts';
import { forkEngine, type EnginePort } from '../../host/engineProcess.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { recitalFolder, temporaryFolder } from '../support/cli.ts';
import { clipText, recital } from '../support/recitalMedia.ts';
import { writeWav } from '../support/wav.ts';

/** Whatever ends a process in the middle of a job, the person gets the text that an undisturbed run gives. */

const home = temporaryFolder();
const media = join(home, 'clips with silence.wav');
const clips = ['librispeech-1', 'cv1-1', 'austen-0890', 'librispeech-2', 'librispeech-3', 'cv1-2'];
let params: Params<'transcription.start'>;
let undisturbed: Outcome;

beforeAll(async () => {
  process.env['SEWSCRIBE_HOME'] = home;
  await writeWav(
    media,
    await recital(
      clips.map((clip, k) => ({ clip, atMs: 1000 + k * 9000 })),
      56_000,
    ),
  );
  const { folder } = await importCheckpoint(recitalFolder, folders().models, { id: 'recital' });
  params = {
    path: media,
    options: { model: { id: 'recital', folder }, device: 'cpu', channels: 'mix', case: 'as-is' },
  };
  undisturbed = await withEngine(forkRecogniser, async (engine) => engine.outcome(params));
});

const wordsOf = (outcome: Outcome) =>
  outcome.document.items.flatMap((item) =>
    item.kind === 'word' ? [{ text: item.text, startMs: item.startMs, endMs: item.endMs }] : [],
  );

type TestEngine = {
  outcome(params: Params<'transcription.start'>): Promise<Outcome>;
  onEvent(listener: (event: EventName, payload: unknown) => void): void;
  call: ReturnType<typeof createEngine>['call'];
};

/** The engine without its process, so that a test can hold its recognisers. */
async function withEngine<T>(launcher: Launcher, work: (engine: TestEngine) => Promise<T>): Promise<T> {
  const listeners: ((event: EventName, payload: unknown) => void)[] = [];
  const engine = createEngine({
    folders: folders(),
    launcher,
    log: () => undefined,
    tell: (event, payload) => listeners.forEach((listener) => listener(event, payload)),
  });
  try {
    return await work({
      call: engine.call,
      onEvent: (listener) => void listeners.push(listener),
      outcome: (jobParams) =>
        new Promise((resolve, reject) => {
          listeners.push((event, payload) => {
            if (event === 'job.finished') resolve((payload as EventPayload<'job.finished'>).outcome);
            if (event === 'job.failed')
              reject(new EngineFailure((payload as EventPayload<'job.failed'>).failure));
          });
          engine.call('transcription.start', jobParams).catch(reject);
        }),
    });
  } finally {
    engine.close();
  }
}

/** Recognisers that count their runs, and what a test does at one of them. */
function countingLauncher(atRun: (run: number, kill: () => void) => void = () => undefined): {
  launcher: Launcher;
  runs(): number;
} {
  let runs = 0;
  return {
    runs: () => runs,
    launcher: () => {
      const port = forkRecogniser();
      return {
        ...port,
        post(message) {
          port.post(message);
          if ((message as { kind: string }).kind === 'run') atRun((runs += 1), port.kill);
        },
      };
    },
  };
}

test('an undisturbed run gives the words of the clips, and leaves nothing behind', async () => {
  expect(
    wordsOf(undisturbed)
      .map(({ text }) => text)
      .join(' '),
  ).toBe(clips.map(clipText).join(' '));
  expect(await readdir(folders().unfinished)).toEqual([]);
});

test.each([1, 3])(
  'a recogniser that is killed in run %i is started again and the window sent again',
  async (killedRun) => {
    const { launcher } = countingLauncher((run, kill) => run === killedRun && kill());
    expect(wordsOf(await withEngine(launcher, (engine) => engine.outcome(params)))).toEqual(
      wordsOf(undisturbed),
    );
  },
);

/** Recognisers of which the first ones are ended while they load the model. */
function endedWhileLoading(often: number): Launcher {
  let loads = 0;
  return () => {
    const port = forkRecogniser();
    return {
      ...port,
      post(message) {
        port.post(message);
        if ((message as { kind: string }).kind === 'load' && (loads += 1) <= often) port.kill();
      },
    };
  };
}

test('a recogniser that is ended while it loads the model is started again', async () => {
  expect(wordsOf(await withEngine(endedWhileLoading(2), (engine) => engine.outcome(params)))).toEqual(
    wordsOf(undisturbed),
  );
});

test('one that is ended there each time is given up with what may be the matter', async () => {
  await expect(withEngine(endedWhileLoading(Infinity), (engine) => engine.outcome(params))).rejects.toThrow(
    /"recital" could not be started: it was ended 3 times .* too little memory/,
  );
});

test('a recogniser that dies at every run is given up with a sentence', async () => {
  const { launcher } = countingLauncher((_, kill) => kill());
  await expect(withEngine(launcher, (engine) => engine.outcome(params))).rejects.toThrow(
    /"recital" ended its process 3 times/,
  );
});

test('a cancelled job ends as cancelled, and the next run of it goes on after its last finished window', async () => {
  const all = countingLauncher();
  await withEngine(all.launcher, (engine) =>
    engine.outcome({ ...params, options: { ...params.options, fromMs: 1 } }),
  );

  const first = countingLauncher();
  await withEngine(first.launcher, async (engine) => {
    engine.onEvent((event, payload) => {
      if (event === 'job.words')
        void engine.call('job.cancel', { jobId: (payload as { jobId: string }).jobId });
    });
    await expect(engine.outcome(params)).rejects.toMatchObject({ code: 'cancelled' });
  });
  expect((await readdir(folders().unfinished)).length).toBe(1);

  const second = countingLauncher();
  const resumed = await withEngine(second.launcher, (engine) => engine.outcome(params));
  expect(wordsOf(resumed)).toEqual(wordsOf(undisturbed));
  expect(second.runs()).toBeLessThan(all.runs());
  expect(await readdir(folders().unfinished)).toEqual([]);
});

test('an engine that is killed in the middle is started again and goes on', async () => {
  const ports: EnginePort[] = [];
  const client = new EngineClient(() => {
    const port = forkEngine();
    ports.push(port);
    return port;
  });
  try {
    const outcome = await client.runJob('transcription.start', params, {
      onEvent: (event) => {
        if (event === 'job.words' && ports.length === 1) ports[0].kill();
      },
    });
    expect(ports.length).toBe(2);
    expect(wordsOf(outcome)).toEqual(wordsOf(undisturbed));
  } finally {
    client.close();
  }
});

test('two engines at once on the same file do not meet', async () => {
  const both = await Promise.all(
    [1, 2].map(() => withEngine(forkRecogniser, (engine) => engine.outcome(params))),
  );
  for (const outcome of both) expect(wordsOf(outcome)).toEqual(wordsOf(undisturbed));
  expect(await readdir(folders().unfinished)).toEqual([]);
});

// Elsewhere the system itself takes note at once.
if (process.platform === 'linux') {
  test('a process that has ended holds nothing, also where nobody takes note of its end', async () => {
    // The shell becomes a program that knows nothing of the shell's child, which ends after that.
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const processId = Number(String((await once(parent.stdout, 'data'))[0]));
      const path = join(temporaryFolder(), 'lock');
      await writeFile(path, JSON.stringify({ processId, host: hostname() }));
      await expect.poll(() => holderOf(path), { timeout: 30_000 }).toBeNull();
      // Its number is still taken.
      process.kill(processId, 0);
      (await lock(path))();
    } finally {
      parent.kill('SIGKILL');
    }
  });
}
