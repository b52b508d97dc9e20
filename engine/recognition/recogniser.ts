import { join } from 'node:path';
import { graphFiles, ModelError, type ModelManifest, type Precision } from '../../native-models/model.ts';
import type { Log } from '../../files/log.ts';
import { DeviceError } from '../errors.ts';
import type { Launcher, RecogniserPort } from './launcher.ts';
import { recogniserReply, type RecogniserReply } from './messages.ts';

export type LoadedModel = { folder: string; manifest: ModelManifest };

/** What a run gives: [frames, vocabularySize], row by row. */
export type RunOutput = { frames: number; vocabularySize: number; data: Float32Array };

export type RecogniserDevice = 'cpu' | 'cuda' | 'dml' | 'coreml';

type Settings = {
  launcher: Launcher;
  model: LoadedModel;
  device: RecogniserDevice;
  /** One that the model has. */
  precision: Precision;
  threads: number;
  log: Log;
};

/** A run that ends its process this often is given up. */
const attemptsPerRun = 3;

/**
 * One recogniser process as the engine sees it: started when first needed, and again when it has died;
 * the run that it died in is sent again.
 */
export class Recogniser {
  readonly #settings: Settings;
  #process: Promise<RunningProcess> | undefined;
  #port: RecogniserPort | undefined;
  #closed = false;
  #nextId = 1;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /**
   * Starts the process and loads the model, so that the first run need not wait for it.
   * @throws ModelError or DeviceError where the model cannot be loaded on the device
   */
  async start(): Promise<void> {
    await this.#running();
  }

  /**
   * @param samples - as the model wants them (see `prepareSamples`)
   * @throws ModelError, DeviceError; AbortError once it is closed
   */
  async run(samples: Float32Array, output: 'logits' | 'log-probabilities'): Promise<RunOutput> {
    for (let attempt = 1; ; attempt += 1) {
      const running = await this.#running();
      try {
        return await running.run(this.#nextId++, samples, output);
      } catch (cause) {
        if (this.#closed) throw abortError();
        if (!(cause instanceof ProcessDied)) throw cause;
        this.#settings.log('a recogniser has died during a run', cause.message);
        if (attempt === attemptsPerRun) {
          throw new ModelError(
            `The model "${this.#settings.model.manifest.id}" ended its process ${attemptsPerRun} times at the same place; try another model or device.`,
            { cause },
          );
        }
      }
    }
  }

  /** The most memory that its process has held, in bytes. */
  async peakMemoryBytes(): Promise<number> {
    return (await this.#running()).peakMemoryBytes();
  }

  /** Ends the process at once; a run that is under way fails with an AbortError. */
  close(): void {
    this.#closed = true;
    // Also while it loads a model, which takes seconds for a big one.
    this.#port?.kill();
  }

  #running(): Promise<RunningProcess> {
    if (this.#closed) return Promise.reject(abortError());
    if (!this.#process) {
      this.#port = this.#settings.launcher();
      const starting = startProcess(this.#port, this.#settings);
      this.#process = starting;
      starting.then(
        (running) => running.onDeath(() => (this.#process = undefined)),
        () => (this.#process = undefined),
      );
    }
    return this.#process;
  }
}

class ProcessDied extends Error {}

const abortError = () => new DOMException('Cancelled.', 'AbortError');

type RunningProcess = {
  run(id: number, samples: Float32Array, output: 'logits' | 'log-probabilities'): Promise<RunOutput>;
  peakMemoryBytes(): Promise<number>;
  onDeath(listener: () => void): void;
};

/** The conversation with one process: one question at a time, an answer or its death. */
function startProcess(
  port: RecogniserPort,
  { model, device, precision, threads, log }: Settings,
): Promise<RunningProcess> {
  let waiting: { resolve(reply: RecogniserReply): void; reject(cause: Error): void } | undefined;
  let death: ProcessDied | undefined;
  const deathListeners: (() => void)[] = [];

  port.onMessage((message) => {
    const parsed = recogniserReply.safeParse(message);
    const answered = waiting;
    waiting = undefined;
    if (parsed.success) answered?.resolve(parsed.data);
    else answered?.reject(new Error('the recogniser answered something else than its contract says'));
  });
  port.onExit((reason) => {
    death = new ProcessDied(reason);
    for (const listener of deathListeners) listener();
    waiting?.reject(death);
    waiting = undefined;
  });

  const ask = (message: unknown) =>
    new Promise<RecogniserReply>((resolve, reject) => {
      if (death) return reject(death);
      waiting = { resolve, reject };
      port.post(message);
    });

  // Questions to one process wait for each other.
  let line: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(question: () => Promise<T>): Promise<T> => {
    const answer = line.then(question);
    line = answer.catch(() => undefined);
    return answer;
  };
  const running: RunningProcess = {
    run: (id, samples, output) =>
      inTurn(async () => {
        const reply = await ask({ kind: 'run', id, samples, output });
        if (reply.kind === 'output' && reply.id === id) return reply;
        if (reply.kind === 'failed') {
          throw new ModelError(
            `The model "${model.manifest.id}" failed while it computed: ${firstLine(reply.message)}`,
          );
        }
        throw new Error(`the recogniser answered "${reply.kind}" to a run`);
      }),
    peakMemoryBytes: () =>
      inTurn(async () => {
        const reply = await ask({ kind: 'measure-memory' });
        if (reply.kind === 'memory') return reply.peakBytes;
        throw new Error(`the recogniser answered "${reply.kind}" to a question about its memory`);
      }),
    onDeath(listener) {
      if (death) listener();
      else deathListeners.push(listener);
    },
  };

  const graphPath = join(model.folder, graphFiles(precision).graph);
  return ask({ kind: 'load', graphPath, device, threads }).then(
    (reply) => {
      if (reply.kind === 'loaded') return running;
      port.kill();
      const why = reply.kind === 'failed' ? firstLine(reply.message) : reply.kind;
      if (device !== 'cpu') {
        log(`the device ${device} cannot be used`, why);
        throw new DeviceError(`The device "${device}" cannot be used on this machine; use --device cpu.`);
      }
      throw new ModelError(`The model "${model.manifest.id}" cannot be loaded: ${why} Install it again.`);
    },
    (cause: Error) => {
      throw device === 'cpu'
        ? new ModelError(
            `The recogniser for "${model.manifest.id}" could not be started: ${firstLine(cause.message)}`,
            { cause },
          )
        : new DeviceError(`The device "${device}" ended the recogniser while it started; use --device cpu.`, {
            cause,
          });
    },
  );
}

function firstLine(text: string): string {
  const line = (text.split('\n').find((candidate) => candidate.trim()) ?? 'no reason was given')
    .trim()
    .slice(0, 300);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
