import type { Log } from '../../../files/log.ts';
import type { Device } from '../../contract.ts';
import { DeviceError } from '../../errors.ts';
import type { SpeechWindow } from '../../speech/types.ts';
import type { Lease, RecogniserPool } from '../pool.ts';
import type { LoadedModel, RecogniserDevice } from '../recogniser.ts';
import { prepareSamples } from '../samples.ts';
import { trimContext } from '../trim.ts';
import type { LogProbabilities } from '../types.ts';
import type { Devices } from './devices.ts';
import { halve, joined } from './halves.ts';
import { gaveUp, notUsed } from './wording.ts';

export type DeviceServices = { pool: RecogniserPool; devices: Devices; log: Log };

/** Halves that are not much shorter than the whole would not help. */
const worthHalving = 0.8;

/**
 * The recogniser of one job: on the device that was chosen, with shorter pieces where its memory is not enough, and on
 * the processor from where it fails. A device that was asked for by name and has not computed anything is an error.
 */
export class JobRecogniser {
  /** What a person should hear: one sentence at most. */
  readonly notices: string[] = [];
  readonly #model: LoadedModel;
  readonly #isAutomatic: boolean;
  readonly #services: DeviceServices;
  #device: RecogniserDevice;
  #lease: Lease;
  #hasWorked = false;
  #isDestroyed = false;
  /** The device's memory holds no longer ones. */
  #longestSamples = Infinity;

  private constructor(
    model: LoadedModel,
    wanted: Device,
    choice: { device: RecogniserDevice; notice: string | null },
    services: DeviceServices,
  ) {
    this.#model = model;
    this.#isAutomatic = wanted === 'auto';
    this.#services = services;
    this.#device = choice.device;
    if (choice.notice) this.notices.push(choice.notice);
    this.#lease = services.pool.lease(model, choice.device);
  }

  /** @throws as Devices.choose */
  static async open(
    model: LoadedModel,
    wanted: Device,
    services: DeviceServices,
    signal: AbortSignal,
    onTrial: () => void,
  ): Promise<JobRecogniser> {
    const choice = await services.devices.choose(model, wanted, signal, onTrial);
    signal.throwIfAborted();
    return new JobRecogniser(model, wanted, choice, services);
  }

  /** What it computes on now. */
  get device(): RecogniserDevice {
    return this.#device;
  }

  /**
   * Loads the model, so that the first window need not wait for it.
   * @throws ModelError, DeviceError
   */
  async start(): Promise<void> {
    try {
      await this.#lease.recogniser.start();
    } catch (cause) {
      await this.#goToProcessor(cause);
      await this.#lease.recogniser.start();
    }
  }

  /**
   * The frames that count of a window.
   * @throws ModelError, DeviceError; AbortError once it is destroyed
   */
  async recognise(window: SpeechWindow): Promise<LogProbabilities> {
    const prepared = { ...window, samples: prepareSamples(window.samples, this.#model.manifest) };
    try {
      return await this.#hear(prepared);
    } catch (cause) {
      await this.#goToProcessor(cause);
      return this.#hear(prepared);
    }
  }

  /** For the next job. */
  release(): void {
    this.#lease.release();
  }

  /** Ends it at once, also in the middle of a run. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#lease.destroy();
  }

  async #hear(window: SpeechWindow): Promise<LogProbabilities> {
    const { manifest } = this.#model;
    const halves = halve(window, manifest.hopSamples);
    if (window.samples.length <= this.#longestSamples) {
      try {
        const output = await this.#lease.recogniser.run(window.samples, 'log-probabilities');
        this.#hasWorked = true;
        return trimContext(output, window, manifest);
      } catch (cause) {
        const shorter = Math.max(...halves.map(({ samples }) => samples.length));
        const helps = shorter < worthHalving * window.samples.length;
        if (!(cause instanceof DeviceError) || cause.fault !== 'memory' || !helps) throw cause;
        this.#services.log(`windows of ${window.samples.length} samples are too long for ${this.#device}`);
        this.#longestSamples = shorter;
        // What a failed run has left of the device's memory goes with its process.
        this.#exchange(this.#device);
      }
    }
    return joined(await this.#hear(halves[0]), await this.#hear(halves[1]));
  }

  /** @throws `cause` where that is no matter of the device, or nobody allowed another one */
  async #goToProcessor(cause: unknown): Promise<void> {
    const device = this.#device;
    if (!(cause instanceof DeviceError) || device === 'cpu' || this.#isDestroyed) throw cause;
    const { fault, detail } = cause;
    this.#services.log(`the device ${device} has failed in a job`, detail);
    await this.#services.devices.failed(this.#model, device, fault, detail);
    if (!this.#isAutomatic && !this.#hasWorked) throw cause;
    this.notices.push(this.#hasWorked ? gaveUp(device, fault, detail) : notUsed(device, fault, detail));
    this.#longestSamples = Infinity;
    this.#exchange('cpu');
  }

  #exchange(device: RecogniserDevice): void {
    this.#lease.destroy();
    if (this.#isDestroyed) throw new DOMException('Cancelled.', 'AbortError');
    this.#device = device;
    this.#lease = this.#services.pool.lease(this.#model, device);
  }
}
