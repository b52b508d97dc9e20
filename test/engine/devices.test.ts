import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AcceleratorState, EventName, EventPayload, Outcome } from '../../engine/contract.ts';
import { createEngine, type EngineSettings } from '../../engine/engine.ts';
import { describeAccelerators } from '../../engine/recognition/devices/describe.ts';
import { Devices, type Choice } from '../../engine/recognition/devices/devices.ts';
import { faultOf, missingLibraryIn, type DeviceFault } from '../../engine/recognition/devices/fault.ts';
import { halve, joined } from '../../engine/recognition/devices/halves.ts';
import type { Hardware } from '../../engine/recognition/devices/hardware.ts';
import { differenceOf, toleratedDifference } from '../../engine/recognition/devices/probe.ts';
import { VerdictFile, type StoredVerdict } from '../../engine/recognition/devices/verdicts.ts';
import { RecogniserPool } from '../../engine/recognition/pool.ts';
import type { LoadedModel } from '../../engine/recognition/recogniser.ts';
import { trimContext } from '../../engine/recognition/trim.ts';
import { folders, type Folders } from '../../files/folders.ts';
import { EngineFailure } from '../../host/engineClient.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { recitalFolder, temporaryFolder } from '../support/cli.ts';
import { FaultyAccelerator, type Play } from '../support/faultyAccelerator.ts';
import { clipText, recital } from '../support/recitalMedia.ts';
import { writeWav } from '../support/wav.ts';

/**
 * Accelerators that work, and that fail in every way that was thought of, played by real recogniser processes: what is
 * chosen, what is said, what is remembered, and that the same file is finished.
 */

const clips = ['librispeech-1', 'austen-0890', 'cv1-1'];
/** No accelerator is given up for being slow on a busy machine. */
const patientMs = 600_000;
const home = temporaryFolder();
const media = join(home, 'speech.wav');
let model: LoadedModel;
let places: Folders;

beforeAll(async () => {
  model = await importCheckpoint(recitalFolder, join(home, 'models'), { id: 'recital' });
  const placed = clips.map((clip, k) => ({ clip, atMs: 1000 + k * 9000 }));
  await writeWav(media, await recital(placed, 28_000));
});
/** A home of each test's own: nothing is remembered. */
beforeEach(() => {
  places = folders({ SEWSCRIBE_HOME: temporaryFolder() });
});

const card: Hardware = {
  platform: 'linux-x64',
  runtimeVersion: '1.30.0',
  accelerator: { device: 'cuda', driver: 'NVIDIA 570.1', missingFile: null },
};
const withDriver = (driver: string): Hardware => ({
  ...card,
  accelerator: { ...card.accelerator!, driver },
});
const withoutCard: Hardware = { ...card, accelerator: null };
const withoutFile: Hardware = {
  ...card,
  accelerator: { ...card.accelerator!, missingFile: 'libonnxruntime_providers_cuda.so' },
};

const healthy: Play = { processorMs: 400 };
const hourMs = 3600 * 1000;
const verdictsPath = () => join(places.cache, 'devices.json');
const silent = () => undefined;

/** Choices as a new process makes them: only what is on the disk is remembered. */
async function choose(
  accelerator: FaultyAccelerator,
  options: { hardware?: Hardware; nowMs?: number; answerLimitMs?: number } = {},
): Promise<Choice & { state: AcceleratorState; loads: string[] }> {
  const { hardware = card, nowMs = 0, answerLimitMs = patientMs } = options;
  const devices = devicesWith(accelerator, hardware, nowMs, answerLimitMs);
  const before = accelerator.loads.length;
  const choice = await devices.choose(model, 'auto');
  const [state] = await describeAccelerators(devices);
  return { ...choice, state, loads: accelerator.loads.slice(before) };
}

/** Devices of a new process, whose launchers are the accelerator's. */
const devicesWith = (
  accelerator: FaultyAccelerator,
  hardware: Hardware,
  nowMs: number,
  answerLimitMs: number,
) =>
  new Devices({
    pool: new RecogniserPool(accelerator.launcher, silent, answerLimitMs),
    log: silent,
    cacheFolder: places.cache,
    hardware: () => Promise.resolve(hardware),
    nowMs: () => nowMs,
  });

describe('the choice', () => {
  const libraryMissing =
    'Failed to load library libx.so with error: libcudnn.so.9: cannot open shared object file';
  const failing = new FaultyAccelerator({ ...healthy, atLoad: 'fail' });
  const lackingLibrary = new FaultyAccelerator({ ...healthy, atLoad: 'fail', message: libraryMissing });

  test('an accelerator that is right and faster is taken, not tried twice, and tried again for others', async () => {
    const file = new VerdictFile(verdictsPath(), silent);
    for (const fault of ['slow', 'driver', 'memory'] as const)
      await file.put(verdictOf(`other ${fault}`, fault));
    const accelerator = new FaultyAccelerator(healthy);
    const first = await choose(accelerator);
    expect(first).toMatchObject({ device: 'cuda', notice: null, loads: ['cuda', 'cpu'] });
    expect(first.state).toMatchObject({ state: 'used', fault: null, mend: null });
    expect(first.state.timesFaster).toBeGreaterThan(1);
    expect(await choose(accelerator)).toMatchObject({ device: 'cuda', notice: null, loads: [] });
    const others = (await new VerdictFile(verdictsPath(), silent).list()).filter(
      ({ verdict }) => !verdict.use,
    );
    expect(others.map(({ key }) => key.graph)).toEqual(['other slow']);
  });

  const lasting = 1000 * hourMs;
  const cases: [string, Partial<Play>, string, RegExp, RegExp | null, number?][] = [
    ['dies as it loads', { atLoad: 'die' }, 'driver', /because its driver failed/, /update NVIDIA/],
    [
      'misses a library',
      { atLoad: 'fail', message: libraryMissing },
      'missing',
      /libcudnn.so.9 is missing/,
      /cuDNN 9/,
    ],
    ['dies at its first run (g01)', { atRun: 'die' }, 'driver', /because its driver failed/, /update NVIDIA/],
    ['has no memory for a window', { memorySamples: 9999 }, 'memory', /its memory was not enough/, /close/],
    ['is wrong', { wrongBy: 1 }, 'wrong', /other figures than the processor/, /update NVIDIA/, lasting],
    ['is slow', { acceleratorMs: 900 }, 'slow', /no faster than the processor/, null, lasting],
    ['hangs', { atLoad: 'hang' }, 'stuck', /did not answer in time/, /update NVIDIA/],
  ];
  test.each(cases)('one that %s is not: said once, remembered', async (...row) => {
    const [, play, fault, says, mend, nextMs = hourMs] = row;
    const accelerator = new FaultyAccelerator({ ...healthy, ...play });
    const first = await choose(accelerator, fault === 'stuck' ? { answerLimitMs: 1500 } : {});
    expect(first.device).toBe('cpu');
    expect(first.notice).toMatch(says);
    expect(first.notice).toMatch(
      /^The graphics card \(CUDA\) is not used because .*, so the processor does the work/,
    );
    expect(first.state).toMatchObject({ state: 'unused', fault, timesFaster: null });
    expect(first.state.says).toMatch(says);
    if (mend) expect(first.state.mend).toMatch(mend);
    else expect(first.state.mend).toBeNull();
    expect(await choose(accelerator, { nowMs: nextMs })).toMatchObject({
      device: 'cpu',
      notice: null,
      loads: [],
    });
  });

  test('where there is none, nothing is started, nothing written and nothing said', async () => {
    const choice = await choose(failing, { hardware: withoutCard });
    expect(choice).toMatchObject({ device: 'cpu', notice: null, loads: [], state: { state: 'absent' } });
    await expect(readFile(verdictsPath())).rejects.toThrow(/ENOENT/);
  });

  test('a file that is missing beside the runtime is said once, without a trial, until it is there', async () => {
    const first = await choose(failing, { hardware: withoutFile });
    expect(first).toMatchObject({ device: 'cpu', loads: [], state: { state: 'unused', fault: 'missing' } });
    expect(first.notice).toMatch(/because the library libonnxruntime_providers_cuda.so is missing/);
    expect(first.state.mend).toMatch(/install\.js --onnxruntime-node-install=cuda12/);
    expect(await choose(failing, { hardware: withoutFile })).toMatchObject({ device: 'cpu', notice: null });
    expect(await choose(failing)).toMatchObject({ loads: ['cuda'], notice: expect.stringMatching(/driver/) });
  });

  test('another driver or runtime is another case; the old one is still known', async () => {
    expect(await choose(failing)).toMatchObject({ loads: ['cuda'] });
    const driver = withDriver('NVIDIA 580.2');
    expect(await choose(failing, { hardware: driver })).toMatchObject({ loads: ['cuda'] });
    const runtime = { ...card, runtimeVersion: '1.31.0' };
    expect(await choose(failing, { hardware: runtime })).toMatchObject({ loads: ['cuda'] });
    for (const hardware of [card, driver, runtime]) {
      expect(await choose(failing, { hardware })).toMatchObject({ loads: [], notice: null });
    }
  });

  test('doctor tries at once what may work, and is not stopped by a model that cannot be had', async () => {
    await choose(failing);
    const stateAfter = async (
      accelerator: FaultyAccelerator,
      hardware: Hardware,
      load: () => Promise<LoadedModel>,
    ) => {
      const devices = devicesWith(accelerator, hardware, hourMs, patientMs);
      await devices.tryAgain(load);
      return (await describeAccelerators(devices))[0];
    };
    const none = () => Promise.reject(new Error('the disk is full'));
    const one = () => Promise.resolve(model);
    expect(await stateAfter(failing, card, none)).toMatchObject({ state: 'unused', fault: 'driver' });
    expect(await stateAfter(lackingLibrary, card, one)).toMatchObject({ state: 'unused', fault: 'missing' });
    expect(await stateAfter(failing, withoutFile, none)).toMatchObject({ state: 'unused', fault: 'missing' });
    expect(await stateAfter(failing, withoutCard, none)).toMatchObject({ state: 'absent' });
  });

  test('a failure that may pass is tried again after a day, and said again only if it is another', async () => {
    expect((await choose(failing)).notice).not.toBeNull();
    expect(await choose(failing, { nowMs: 23 * hourMs })).toMatchObject({ loads: [] });
    expect(await choose(failing, { nowMs: 25 * hourMs })).toMatchObject({ loads: ['cuda'], notice: null });
    expect(await choose(lackingLibrary, { nowMs: 48 * hourMs })).toMatchObject({ loads: [] });
    const other = await choose(lackingLibrary, { nowMs: 50 * hourMs });
    expect(other).toMatchObject({ loads: ['cuda'], notice: expect.stringMatching(/libcudnn/) });
  });
});

function verdictOf(graph: string | null, fault: DeviceFault, atMs = 0): StoredVerdict {
  const { platform, runtimeVersion } = card;
  const { device, driver } = card.accelerator!;
  const verdict = { use: false, fault, detail: '' } as const;
  return { key: { device, platform, runtimeVersion, driver, graph }, verdict, atMs, told: true };
}

describe('the file of verdicts', () => {
  const open = () => new VerdictFile(verdictsPath(), silent);

  test('keeps what several processes put, in order of time, a hundred at most', async () => {
    const [one, two] = [open(), open()];
    await one.put(verdictOf('b', 'slow', 2));
    await two.put(verdictOf('a', 'driver', 1));
    await one.put(verdictOf('b', 'wrong', 3));
    for (const file of [one, two, open()]) {
      expect(await file.list()).toEqual([verdictOf('a', 'driver', 1), verdictOf('b', 'wrong', 3)]);
    }
    expect(await two.find(verdictOf('b', 'slow').key)).toEqual(verdictOf('b', 'wrong', 3));
    await Promise.all(Array.from({ length: 120 }, (_, k) => two.put(verdictOf(`many ${k}`, 'slow', 10 + k))));
    const kept = await open().list();
    expect(kept.length).toBe(100);
    expect(kept.at(-1)).toEqual(verdictOf('many 119', 'slow', 129));
  });

  test.each(['{"version":1,"verd', '{"version":2,"verdicts":[]}', '[]', ''])('%j is none', async (text) => {
    await mkdir(places.cache, { recursive: true });
    await writeFile(verdictsPath(), text);
    expect(await open().list()).toEqual([]);
    await open().put(verdictOf('a', 'slow'));
    expect(await open().list()).toEqual([verdictOf('a', 'slow')]);
  });

  test('one that cannot be read is left out, the others count', async () => {
    await mkdir(places.cache, { recursive: true });
    const verdicts = [{ key: 1 }, verdictOf('a', 'slow'), { ...verdictOf('b', 'slow'), atMs: 'now' }];
    await writeFile(verdictsPath(), JSON.stringify({ version: 1, verdicts }));
    expect(await open().list()).toEqual([verdictOf('a', 'slow')]);
  });

  test('where it cannot be written, this process remembers all the same', async () => {
    await writeFile(places.cache, 'a file in place of the folder');
    const said: string[] = [];
    const file = new VerdictFile(verdictsPath(), (message) => said.push(message));
    await file.put(verdictOf('a', 'slow'));
    expect(await file.list()).toEqual([verdictOf('a', 'slow')]);
    expect(said).toHaveLength(1);
  });
});

/** `waited`: it told that an accelerator was tried first. */
type Job = { outcome: Outcome; words: string; waited: boolean };
type TestEngine = Pick<ReturnType<typeof createEngine>, 'call'> & {
  transcribe(device?: 'auto' | 'cpu' | 'cuda'): Promise<Job>;
  /** Begins a job and gives its id. */
  begin(): Promise<string>;
};

/** The engine without its process, with an accelerator that a test plays. */
async function withEngine<T>(
  accelerator: FaultyAccelerator,
  work: (engine: TestEngine) => Promise<T>,
  settings: EngineSettings['accelerators'] = {},
): Promise<T> {
  const listeners: ((event: EventName, payload: unknown) => void)[] = [];
  const engine = createEngine({
    folders: places,
    launcher: accelerator.launcher,
    log: () => undefined,
    tell: (event, payload) => listeners.forEach((listener) => listener(event, payload)),
    accelerators: { hardware: () => Promise.resolve(card), answerLimitMs: patientMs, ...settings },
  });
  const start = async (device: 'auto' | 'cpu' | 'cuda') => {
    const options = {
      model: { id: 'recital', folder: model.folder },
      device,
      channels: 'mix',
      case: 'as-is',
    } as const;
    return (await engine.call('transcription.start', { path: media, options })).jobId;
  };
  const ended = (isMine: (jobId: string) => boolean) =>
    new Promise<Job>((resolve, reject) => {
      let waited = false;
      listeners.push((event, payload) => {
        // The answer that names the job comes after what it told at once.
        if (event === 'job.progress') waited ||= (payload as EventPayload<'job.progress'>).stage === 'trying';
        if (event === 'job.finished') {
          const { jobId, outcome } = payload as EventPayload<'job.finished'>;
          const words = outcome.document.items.flatMap((item) => (item.kind === 'word' ? [item.text] : []));
          if (isMine(jobId)) resolve({ outcome, words: words.join(' '), waited });
        } else if (event === 'job.failed') {
          const { jobId, failure } = payload as EventPayload<'job.failed'>;
          if (isMine(jobId)) reject(new EngineFailure(failure));
        }
      });
    });
  try {
    return await work({
      call: engine.call,
      begin: () => start('auto'),
      async transcribe(device = 'auto') {
        let own = '';
        const end = ended((jobId) => own === jobId);
        own = await start(device);
        return end;
      },
    });
  } finally {
    await engine.close();
  }
}

const said = clips.map(clipText).join(' ');
const deviceOf = ({ outcome }: Job) => outcome.document.model?.device;

describe('jobs', () => {
  test('on the processor where the accelerator is useless: two in a row finish, one says why (g01)', async () => {
    const accelerator = new FaultyAccelerator({ ...healthy, atRun: 'die' });
    const jobs = await withEngine(accelerator, async ({ transcribe }) => [
      await transcribe(),
      await transcribe(),
    ]);
    expect(jobs.map(({ words }) => words)).toEqual([said, said]);
    expect(jobs.map(deviceOf)).toEqual(['cpu', 'cpu']);
    expect(jobs.map(({ waited }) => waited)).toEqual([true, false]);
    expect(jobs.map(({ outcome }) => outcome.warnings)).toEqual([
      [expect.stringMatching(/^The graphics card \(CUDA\) is not used because its driver failed/)],
      [],
    ]);
    // The trial, which dies and is begun once more, and then no accelerator any more.
    expect(accelerator.loads).toEqual(['cuda', 'cuda', 'cpu']);
  });

  test('two at once try it once, and one of them says why not', async () => {
    const accelerator = new FaultyAccelerator({ ...healthy, atLoad: 'fail' });
    const jobs = await withEngine(accelerator, ({ transcribe }) => Promise.all([transcribe(), transcribe()]));
    expect(jobs.map(({ words }) => words)).toEqual([said, said]);
    expect(jobs.flatMap(({ outcome }) => outcome.warnings)).toEqual([expect.stringMatching(/is not used/)]);
    expect(accelerator.loads).toEqual(['cuda', 'cpu', 'cpu']);
  });

  describe('with an accelerator that works', () => {
    const whole = new FaultyAccelerator(healthy);
    let remembered: string;
    let undisturbed: Job;
    beforeAll(async () => {
      places = folders({ SEWSCRIBE_HOME: temporaryFolder() });
      undisturbed = await withEngine(whole, ({ transcribe }) => transcribe());
      remembered = await readFile(verdictsPath(), 'utf8');
      // Of the trial
      whole.lengths.splice(0, 4);
    });
    beforeEach(async () => {
      await mkdir(places.cache, { recursive: true });
      await writeFile(verdictsPath(), remembered);
    });

    test('work on it, and the transcript names it', () => {
      expect(undisturbed.words).toBe(said);
      expect(deviceOf(undisturbed)).toBe('cuda');
      expect(undisturbed.outcome.warnings).toEqual([]);
      expect(whole.loads).toEqual(['cuda', 'cpu', 'cuda']);
      expect(whole.lengths.length).toBeGreaterThan(1);
    });

    test('until it dies in the middle: begun again, then the processor finishes the same file', async () => {
      // The first process does one window, and those after it none.
      const accelerator = new FaultyAccelerator((started) => ({
        ...healthy,
        atRun: 'die',
        fromRun: started === 1 ? 2 : 1,
      }));
      const jobs = await withEngine(accelerator, async ({ transcribe }) => [
        await transcribe(),
        await transcribe(),
      ]);
      expect(accelerator.loads).toEqual(['cuda', 'cuda', 'cpu']);
      expect(jobs.map(({ words }) => words)).toEqual([said, said]);
      expect(jobs.map(deviceOf)).toEqual(['cpu', 'cpu']);
      expect(jobs.map(({ outcome }) => outcome.warnings)).toEqual([
        [
          expect.stringMatching(
            /given up in the middle because its driver failed; the processor did the rest/,
          ),
        ],
        [],
      ]);
    });

    test('until it hangs: the processor does it', async () => {
      const accelerator = new FaultyAccelerator({ ...healthy, atRun: 'hang' });
      const job = await withEngine(accelerator, ({ transcribe }) => transcribe(), { answerLimitMs: 1500 });
      expect(job.words).toBe(said);
      expect(job.outcome.warnings).toEqual([
        expect.stringMatching(/is not used because it did not answer in time/),
      ]);
    });

    test('with little memory now: shorter pieces; the next job begins with whole windows (g03)', async () => {
      const memorySamples = Math.max(...whole.lengths) - 1;
      const little = new FaultyAccelerator({ ...healthy, memorySamples });
      const job = await withEngine(little, ({ transcribe }) => transcribe());
      expect(job.words).toBe(said);
      expect(deviceOf(job)).toBe('cuda');
      expect(job.outcome.warnings).toEqual([]);
      expect(little.lengths.filter((length) => length > memorySamples)).toHaveLength(1);
      expect(little.lengths.length).toBeGreaterThan(whole.lengths.length);
      expect(new Set(little.loads)).toEqual(new Set(['cuda']));
      const freed = new FaultyAccelerator(healthy);
      const next = await withEngine(freed, ({ transcribe }) => transcribe());
      expect(freed.lengths).toEqual(whole.lengths);
      expect(deviceOf(next)).toBe('cuda');
    });

    test('with no memory at all any more: the processor does it (g03)', async () => {
      const none = new FaultyAccelerator({ ...healthy, memorySamples: 1000 });
      const job = await withEngine(none, ({ transcribe }) => transcribe());
      expect(job.words).toBe(said);
      expect(job.outcome.warnings).toEqual([
        expect.stringMatching(/is not used because its memory was not enough/),
      ]);
      // Each shorter than the one before, until halves would hardly be shorter.
      expect(none.lengths.length).toBeGreaterThan(1);
      expect(none.lengths).toEqual(none.lengths.toSorted((a, b) => b - a));
      expect(none.loads.filter((device) => device === 'cpu')).toHaveLength(1);
    });

    test('models are measured on it too', async () => {
      const measured = await withEngine(new FaultyAccelerator(healthy), ({ call }) => {
        const models = [{ id: 'recital', folder: model.folder }];
        return call('models.measure', { models, device: 'auto', seconds: 1, runs: 1 });
      });
      expect(measured).toMatchObject([{ device: 'cuda', precision: 'float32' }]);
    });
  });

  test('one that was asked for by name and is not there is an error (exit 5)', async () => {
    const accelerator = new FaultyAccelerator({ ...healthy, atLoad: 'die' });
    const failing = withEngine(accelerator, ({ transcribe }) => transcribe('cuda'));
    await expect(failing).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(
        /^The device "cuda" cannot be used because its driver failed; use --device cpu/,
      ),
    });
  });

  test('one that was asked for by name and fails in the middle: the processor finishes the same file', async () => {
    const accelerator = new FaultyAccelerator({ ...healthy, atRun: 'fail', fromRun: 2 });
    const job = await withEngine(accelerator, ({ transcribe }) => transcribe('cuda'));
    expect(job.words).toBe(said);
    expect(job.outcome.warnings).toEqual([expect.stringMatching(/given up in the middle/)]);
    expect(accelerator.loads).toEqual(['cuda', 'cpu']);
  });

  test('a job that is cancelled does not wait for a trial that hangs', async () => {
    const accelerator = new FaultyAccelerator({ ...healthy, atLoad: 'hang' });
    await withEngine(accelerator, async ({ begin, call }) => {
      const jobId = await begin();
      while (accelerator.loads.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await call('job.cancel', { jobId });
      expect(accelerator.loads).toEqual(['cuda']);
    });
  });
});

describe('halves', () => {
  const manifest = { hopSamples: 320, receptiveFieldSamples: 400 };
  /** What a model of 20 ms hops gives: each frame says where it lies. */
  const hear = ({ samples, samplesStart }: { samples: Float32Array; samplesStart: number }) => {
    const frames = Math.max(0, Math.floor((samples.length - 400) / 320) + 1);
    return {
      frames,
      vocabularySize: 1,
      data: Float32Array.from({ length: frames }, (_, k) => samplesStart + k * 320),
    };
  };

  test.each([
    ['a usual window', 32_000, 38_400, 180_000, 200_000],
    ['without context', 0, 0, 96_000, 96_000],
    ['of odd lengths', 320, 1001, 77_777, 80_001],
    ['that begins behind the cut', 6400, 70_000, 90_000, 100_000],
    ['that ends before it', 6400, 7000, 30_000, 100_000],
  ])('of a window %s have its frames', (_, samplesStart, startSample, endSample, end) => {
    const samples = new Float32Array(end - samplesStart);
    const window = { channel: 0, samplesStart, startSample, endSample, samples };
    const whole = trimContext(hear(window), window, manifest);
    const [first, second] = halve(window, 320).map((half) => trimContext(hear(half), half, manifest));
    expect(joined(first, second)).toEqual(whole);
    const lengths = halve(window, 320).map((half) => half.samples.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(samples.length / 2 + 16_320);
  });
});

test.each([
  ['OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library', 'missing', null],
  [
    'with error: libcublasLt.so.12: cannot open shared object file: No such file or directory',
    'missing',
    'libcublasLt.so.12',
  ],
  [
    'with error: /a b/libonnxruntime_providers_shared.so: cannot open shared object',
    'missing',
    'libonnxruntime_providers_shared.so',
  ],
  ['LoadLibrary failed with error 126 "" when trying to load "C:\\x\\onnxruntime.dll"', 'missing', null],
  ['CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version', 'driver', null],
  ['CUDA failure 2: out of memory ; GPU=0', 'memory', null],
  [
    'BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 939524096',
    'memory',
    null,
  ],
  ['CUDNN_STATUS_ALLOC_FAILED', 'memory', null],
  ['DmlExecutionProvider: 8007000E Not enough memory resources are available', 'memory', null],
  ['exit SIGSEGV; ', 'driver', null],
])('%s: %s', (detail, fault, library) => {
  expect(faultOf(detail)).toBe(fault);
  expect(missingLibraryIn(detail)).toBe(library);
});

test('figures are compared by their own deviation, and figures that are none never pass', () => {
  const expected = Float32Array.from([-10, 10, -10, 10]);
  const off = (by: number) => expected.map((value) => value + by);
  expect(differenceOf(expected, expected)).toBe(0);
  expect(differenceOf(off(1), expected)).toBeCloseTo(0.1, 6);
  for (const found of [off(NaN), off(Infinity), expected.subarray(1), new Float32Array(0)]) {
    expect(differenceOf(found, expected) <= toleratedDifference).toBe(false);
  }
});
