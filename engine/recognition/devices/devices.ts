import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../../files/log.ts';
import { modelFiles } from '../../../native-models/model.ts';
import type { Device } from '../../contract.ts';
import type { RecogniserPool } from '../pool.ts';
import type { LoadedModel, RecogniserDevice } from '../recogniser.ts';
import type { DeviceFault } from './fault.ts';
import { readHardware, type Accelerator, type AcceleratorDevice, type Hardware } from './hardware.ts';
import { probe } from './probe.ts';
import { isSame, VerdictFile, type StoredVerdict, type Verdict, type VerdictKey } from './verdicts.ts';
import { notUsed } from './wording.ts';

/** What a job is to compute on, and what a person should hear about it: once, the first time. */
export type Choice = { device: RecogniserDevice; notice: string | null };

/** What can be another way tomorrow though nothing has changed that we can see. */
const passing: readonly DeviceFault[] = ['missing', 'driver', 'memory', 'stuck'];
const tryAgainAfterMs = 24 * 3600 * 1000;

const processor: Choice = { device: 'cpu', notice: null };

export type DevicesSettings = {
  pool: RecogniserPool;
  log: Log;
  /** Where the file of verdicts lies. */
  cacheFolder: string;
  /** What this machine has, where that is not to be looked up. */
  hardware?: () => Promise<Hardware>;
  nowMs?: () => number;
};

/** Which device a model runs on: found out once in a process that may die, and remembered. */
export class Devices {
  readonly #settings: DevicesSettings;
  readonly #verdicts: VerdictFile;
  /** So that two jobs at once try a device once. */
  readonly #trials = new Map<string, Promise<StoredVerdict>>();
  /** What was said by this process. */
  readonly #said = new Set<string>();
  readonly #closing = new AbortController();

  constructor(settings: DevicesSettings) {
    this.#settings = settings;
    this.#verdicts = new VerdictFile(join(settings.cacheFolder, 'devices.json'), settings.log);
  }

  /**
   * What `auto` is for this model here. Where there is no sign of an accelerator nothing is tried and nobody waits.
   * @param onTrial hears when something is tried, which takes a while
   * @throws AbortError; ModelError where the model cannot be computed at all
   */
  async choose(
    model: LoadedModel,
    wanted: Device,
    signal?: AbortSignal,
    onTrial?: () => void,
  ): Promise<Choice> {
    if (wanted !== 'auto') return { device: wanted, notice: null };
    const hardware = await this.hardware();
    const { accelerator } = hardware;
    if (!accelerator) return processor;
    const stored = await untilAborted(this.#verdict(model, hardware, accelerator, onTrial), signal);
    const { verdict, told } = stored;
    if (verdict.use) return { device: accelerator.device, notice: null };
    const name = JSON.stringify([stored.key, verdict.fault]);
    if (told || this.#said.has(name)) return processor;
    // At once, since another job may be here too.
    this.#said.add(name);
    await this.#verdicts.put({ ...stored, told: true });
    return { device: 'cpu', notice: notUsed(accelerator.device, verdict.fault, verdict.detail) };
  }

  /** Remembers that a device has failed in a job, which says so itself. */
  async failed(
    model: LoadedModel,
    device: AcceleratorDevice,
    fault: DeviceFault,
    detail: string,
  ): Promise<void> {
    const hardware = await this.hardware();
    if (hardware.accelerator?.device !== device) return;
    const key = await keyOf(model, hardware, hardware.accelerator);
    await this.#keep(key, { use: false, fault, detail }, true);
  }

  /** The device that all models are compared on: the accelerator where it is right and faster for each of them. */
  async chooseForAll(models: readonly LoadedModel[], wanted: Device): Promise<RecogniserDevice> {
    if (wanted !== 'auto') return wanted;
    const hardware = await this.hardware();
    if (!hardware.accelerator) return 'cpu';
    for (const model of models) {
      if (!(await this.#verdict(model, hardware, hardware.accelerator)).verdict.use) return 'cpu';
    }
    return hardware.accelerator.device;
  }

  /**
   * Tries the accelerator now, whatever is remembered, where there is one with all the files that it needs. A trial that
   * comes to nothing changes nothing.
   * @param load the model to try it with
   */
  async tryAgain(load: () => Promise<LoadedModel>): Promise<void> {
    const hardware = await this.hardware();
    const { accelerator } = hardware;
    if (!accelerator || accelerator.missingFile) return;
    await load()
      .then((model) => this.#try(model, hardware, accelerator))
      .catch((cause: unknown) => this.#settings.log(`the device ${accelerator.device} was not tried`, cause));
  }

  hardware(): Promise<Hardware> {
    return (this.#settings.hardware ?? readHardware)();
  }

  /** The newest verdict on this machine's accelerator as it is now, with whatever model. */
  async newestVerdict({ platform, runtimeVersion, accelerator }: Hardware): Promise<Verdict | undefined> {
    if (!accelerator) return undefined;
    if (accelerator.missingFile) return missing(accelerator.missingFile);
    const { device, driver } = accelerator;
    return (await this.#verdicts.list()).findLast(
      ({ key }) =>
        key.graph !== null && isSame(key, { device, driver, platform, runtimeVersion, graph: key.graph }),
    )?.verdict;
  }

  /** Ends what is being tried. */
  close(): void {
    this.#closing.abort();
  }

  async #verdict(
    model: LoadedModel,
    hardware: Hardware,
    accelerator: Accelerator,
    onTrial?: () => void,
  ): Promise<StoredVerdict> {
    const key = await keyOf(model, hardware, accelerator);
    const stored = await this.#verdicts.find(key);
    if (stored && !this.#isStale(stored)) return stored;
    if (accelerator.missingFile) return this.#keep(key, missing(accelerator.missingFile));
    onTrial?.();
    return this.#try(model, hardware, accelerator);
  }

  #isStale({ key, verdict, atMs }: StoredVerdict): boolean {
    // What a missing file says is looked at anew every time anyway.
    if (verdict.use || key.graph === null || !passing.includes(verdict.fault)) return false;
    return this.#now() - atMs > tryAgainAfterMs;
  }

  async #try(model: LoadedModel, hardware: Hardware, accelerator: Accelerator): Promise<StoredVerdict> {
    const key = await keyOf(model, hardware, accelerator);
    const name = JSON.stringify(key);
    const trial =
      this.#trials.get(name) ??
      probe(model, accelerator.device, this.#settings.pool, this.#closing.signal)
        .then((verdict) => this.#keep(key, verdict))
        .finally(() => this.#trials.delete(name));
    this.#trials.set(name, trial);
    return trial;
  }

  async #keep(key: VerdictKey, verdict: Verdict, told?: boolean): Promise<StoredVerdict> {
    this.#settings.log(`the device ${key.device}`, verdict);
    const before = await this.#verdicts.find(key);
    // Nobody wants to hear the same again the next day.
    const isKnown = !verdict.use && before?.verdict.use === false && before.verdict.fault === verdict.fault;
    const stored = { key, verdict, atMs: this.#now(), told: told ?? (isKnown && before.told) };
    await this.#verdicts.put(stored);
    // A device that works with one model is worth another try with those that it failed with.
    if (verdict.use) {
      await this.#verdicts.forget(
        (other) =>
          other.key.device === key.device &&
          !other.verdict.use &&
          other.verdict.fault !== 'slow' &&
          other.verdict.fault !== 'wrong',
      );
    }
    return stored;
  }

  #now(): number {
    return (this.#settings.nowMs ?? Date.now)();
  }
}

const missing = (name: string): Verdict => ({
  use: false,
  fault: 'missing',
  detail: `${name}: cannot open, there is no such file`,
});

async function keyOf(
  model: LoadedModel,
  { platform, runtimeVersion }: Hardware,
  { device, driver, missingFile }: Accelerator,
): Promise<VerdictKey> {
  const graph = missingFile ? null : await graphOf(model);
  return { device, platform, runtimeVersion, driver, graph };
}

/** What stands for a model's float32 graph: its hash, and how many bytes of weights it has. */
async function graphOf({ folder }: LoadedModel): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(folder, modelFiles.graph)));
  const { size } = await stat(join(folder, modelFiles.weights));
  return `${hash.digest('hex').slice(0, 32)}-${size}`;
}

/** A job that is cancelled does not wait; what it asked for goes on for the next one. */
function untilAborted<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return answer;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
