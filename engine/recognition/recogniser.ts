import { join } from 'node:path';
import { graphFiles, ModelError, type ModelManifest, type Precision } from '../../native-models/model.ts';
import type { Log } from '../../files/log.ts';
import { DeviceError } from '../errors.ts';
import { faultOf, type DeviceFault } from './devices/fault.ts';
import { becauseOf } from './devices/wording.ts';
import type { Launcher, RecogniserPort } from './launcher.ts';
import { recogniserReply, type RecogniserReply, type RecogniserRequest } from './messages.ts';

export type LoadedModel = { folder: string; manifest: ModelManifest };

/** What a run gives: [frames, vocabularySize], row by row. */
export type RunOutput = { frames: number; vocabularySize: number; data: Float32Array };

export type RecogniserDevice = 'cpu' | 'cuda' | 'dml' | 'coreml';

type Settings = {
  launcher: Launcher;
  model: { folder: string; manifest: Pick<ModelManifest, 'id'> };
  device: RecogniserDevice;
  /** One that the model has. */
  precision: Precision;
  threads: number;
  /** How long an accelerator may take to load the model, and for each run; the processor may take as long as it needs. */
  answerLimitMs?: number;
  log: Log;
};

/** A run that ends its process this often is given up; on an accelerator earlier, since the processor can do it too. */
const attemptsPerRun = 3;
const attemptsOnAccelerator = 2;
/** Loading a big model into a graphics card takes seconds; one that takes longer than this has hung. */
const usualAnswerLimitMs = 45_000;

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
  run(samples: Float32Array, output: 'logits' | 'log-probabilities'): Promise<RunOutput> {
    return this.#try({ kind: 'run', id: this.#nextId++, samples, output });
  }

  /**
   * For a model of words.
   * @param words - features, [words, 3]
   * @param pauses - the class of the pause behind each word
   * @throws as run
   */
  runWords(words: Int32Array, pauses: Int32Array): Promise<RunOutput> {
    return this.#try({ kind: 'run-words', id: this.#nextId++, words, pauses });
  }

  async #try(request: RunRequest): Promise<RunOutput> {
    const { device, model } = this.#settings;
    const attempts = device === 'cpu' ? attemptsPerRun : attemptsOnAccelerator;
    for (let attempt = 1; ; attempt += 1) {
      const running = await this.#running();
      try {
        return await running.run(request);
      } catch (cause) {
        if (this.#closed) throw abortError();
        if (!(cause instanceof ProcessDied)) throw cause;
        this.#settings.log('a recogniser has died during a run', cause.message);
        if (device !== 'cpu' && (cause.isStuck || attempt === attempts)) {
          throw deviceError(device, cause.isStuck ? 'stuck' : faultOf(cause.message), cause.message);
        }
        if (attempt === attempts) {
          throw new ModelError(
            `The model "${model.manifest.id}" ended its process ${attempts} times at the same place; try another model or device.`,
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
      const starting = this.#startPatiently();
      this.#process = starting;
      starting.then(
        (running) => running.onDeath(() => (this.#process = undefined)),
        () => (this.#process = undefined),
      );
    }
    return this.#process;
  }

  /** A process that is ended while it loads, as one that dies in a run, gets another chance. */
  async #startPatiently(): Promise<RunningProcess> {
    const { device, model, log } = this.#settings;
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closed) throw abortError();
      this.#port = this.#settings.launcher();
      try {
        return await startProcess(this.#port, this.#settings);
      } catch (cause) {
        if (this.#closed) throw abortError();
        if (device !== 'cpu' || !(cause instanceof ProcessDied)) throw cause;
        log('a recogniser has died while it was loading', cause.message);
        if (attempt === attemptsPerRun) {
          const why = cause.message.startsWith('exit SIG')
            ? `it was ended ${attemptsPerRun} times while it loaded the model. There may be too little memory: close other programs or choose a smaller model.`
            : firstLine(cause.message);
          throw new ModelError(`The recogniser for "${model.manifest.id}" could not be started: ${why}`, {
            cause,
          });
        }
      }
    }
  }
}

class ProcessDied extends Error {
  /** It was ended because it did not answer in time. */
  readonly isStuck: boolean;

  constructor(reason: string, isStuck: boolean) {
    super(reason);
    this.isStuck = isStuck;
  }
}

function deviceError(
  device: Exclude<RecogniserDevice, 'cpu'>,
  fault: DeviceFault,
  detail: string,
): DeviceError {
  return new DeviceError(
    `The device "${device}" cannot be used because ${becauseOf(fault, detail)}; use --device cpu, or see "sewscribe doctor".`,
    { fault, detail },
  );
}

const abortError = () => new DOMException('Cancelled.', 'AbortError');

type RunRequest = Extract<RecogniserRequest, { kind: 'run' | 'run-words' }>;

type RunningProcess = {
  run(request: RunRequest): Promise<RunOutput>;
  peakMemoryBytes(): Promise<number>;
  onDeath(listener: () => void): void;
};

/** The conversation with one process: one question at a time, an answer or its death. */
function startProcess(
  port: RecogniserPort,
  { model, device, precision, threads, answerLimitMs = usualAnswerLimitMs, log }: Settings,
): Promise<RunningProcess> {
  let waiting: { resolve(reply: RecogniserReply): void; reject(cause: Error): void } | undefined;
  let death: ProcessDied | undefined;
  let isStuck = false;
  const deathListeners: (() => void)[] = [];

  port.onMessage((message) => {
    const parsed = recogniserReply.safeParse(message);
    const answered = waiting;
    waiting = undefined;
    if (parsed.success) answered?.resolve(parsed.data);
    else answered?.reject(new Error('the recogniser answered something else than its contract says'));
  });
  port.onExit((reason) => {
    death = new ProcessDied(reason, isStuck);
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
  const askInTime = async (message: unknown) => {
    if (device === 'cpu') return ask(message);
    const timer = setTimeout(() => {
      isStuck = true;
      port.kill();
    }, answerLimitMs);
    return ask(message).finally(() => clearTimeout(timer));
  };

  // Questions to one process wait for each other.
  let line: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(question: () => Promise<T>): Promise<T> => {
    const answer = line.then(question);
    line = answer.catch(() => undefined);
    return answer;
  };
  const running: RunningProcess = {
    run: (request) =>
      inTurn(async () => {
        const reply = await askInTime(request);
        if (reply.kind === 'output' && reply.id === request.id) return reply;
        if (reply.kind === 'failed') {
          if (device !== 'cpu') throw deviceError(device, faultOf(reply.message), reply.message);
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

  const last = new Promise<string>((resolve) => deathListeners.push(() => resolve(death!.message)));
  const graphPath = join(model.folder, graphFiles(precision).graph);
  return askInTime({ kind: 'load', graphPath, device, threads }).then(
    async (reply) => {
      if (reply.kind === 'loaded') return running;
      port.kill();
      const why = reply.kind === 'failed' ? reply.message : reply.kind;
      if (device !== 'cpu') {
        // What a loader misses stands in what the process has written, which its end brings.
        const detail = `${why}\n${await last}`;
        log(`the device ${device} cannot be used`, detail);
        throw deviceError(device, faultOf(detail), detail);
      }
      throw new ModelError(
        `The model "${model.manifest.id}" cannot be loaded: ${firstLine(why)} Install it again.`,
      );
    },
    (cause: Error) => {
      if (device !== 'cpu') {
        const stuck = cause instanceof ProcessDied && cause.isStuck;
        throw deviceError(device, stuck ? 'stuck' : faultOf(cause.message), cause.message);
      }
      throw cause;
    },
  );
}

function firstLine(text: string): string {
  const line = (text.split('\n').find((candidate) => candidate.trim()) ?? 'no reason was given')
    .trim()
    .slice(0, 300);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
