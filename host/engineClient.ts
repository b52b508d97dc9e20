import {
  engineMessage,
  events,
  methods,
  type EventName,
  type EventPayload,
  type Failure,
  type MethodName,
  type Outcome,
  type Params,
  type Result,
} from '../engine/contract.ts';
import type { EnginePort } from './engineProcess.ts';

/** A failure of the engine as the shells meet it; `code` decides what they do about it. */
export class EngineFailure extends Error {
  override name = 'EngineFailure';
  readonly code: Failure['code'];

  constructor({ code, message }: Failure, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The engine's process ended while it was asked something. */
export class EngineDied extends Error {
  override name = 'EngineDied';
}

type Waiting = { method: MethodName; resolve(result: unknown): void; reject(cause: Error): void };
type Listener = (event: EventName, payload: unknown) => void;

/** An engine that dies this often within one job is not started again. */
const livesPerJob = 4;

/**
 * The typed client of one engine: starts its process when it is first needed and again when it has died,
 * checks what crosses the boundary, and lets jobs go on in the next engine.
 */
export class EngineClient {
  readonly #launch: () => EnginePort;
  #port: EnginePort | undefined;
  #isClosed = false;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<Listener>();
  readonly #deathListeners = new Set<(reason: string) => void>();

  constructor(launch: () => EnginePort) {
    this.#launch = launch;
  }

  /**
   * @throws EngineFailure as the engine says; EngineDied where its process ends meanwhile, or was ended by `close`
   */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#isClosed) return Promise.reject(new EngineDied('It is closed.'));
    return new Promise<Result<M>>((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { method, resolve: (result) => resolve(result as Result<M>), reject });
      this.#running().post({ id, method, params });
    });
  }

  /** Hears every event of the engine until the returned function is called. */
  listen(listener: <E extends EventName>(event: E, payload: EventPayload<E>) => void): () => void {
    const own = listener as Listener;
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Hears of every end of the engine's process. */
  onDeath(listener: (reason: string) => void): () => void {
    this.#deathListeners.add(listener);
    return () => this.#deathListeners.delete(listener);
  }

  /**
   * Runs a job to its end. When the engine dies in the middle, a new one goes on after the last finished window.
   * @throws EngineFailure; its code is `cancelled` where the signal ended the job
   */
  async runJob<M extends 'transcription.start' | 'alignment.start' | 'speakers.start'>(
    method: M,
    params: Params<M>,
    options: {
      signal?: AbortSignal;
      onEvent?: <E extends EventName>(event: E, payload: EventPayload<E>) => void;
    } = {},
  ): Promise<Outcome> {
    for (let life = 1; ; life += 1) {
      try {
        return await this.#runJobOnce(method, params, options);
      } catch (cause) {
        if (!(cause instanceof EngineDied) || this.#isClosed) throw cause;
        if (options.signal?.aborted) throw new EngineFailure({ code: 'cancelled', message: 'Cancelled.' });
        if (life === livesPerJob) {
          throw new EngineFailure(
            {
              code: 'internal',
              message: `The engine ended ${livesPerJob} times during this job; the log has more.`,
            },
            { cause },
          );
        }
      }
    }
  }

  /** Ends the engine at once and for good. */
  close(): void {
    this.#isClosed = true;
    this.#port?.kill();
    this.#port = undefined;
  }

  async #runJobOnce<M extends 'transcription.start' | 'alignment.start' | 'speakers.start'>(
    method: M,
    params: Params<M>,
    {
      signal,
      onEvent,
    }: { signal?: AbortSignal; onEvent?: <E extends EventName>(event: E, payload: EventPayload<E>) => void },
  ): Promise<Outcome> {
    // The end may be told in the same breath as the answer that names the job, so listening begins first.
    let jobId: string | undefined;
    const early: [EventName, unknown][] = [];
    let hear: Listener = (event, payload) => early.push([event, payload]);
    const stop = this.listen((event, payload) => hear(event, payload));
    let onDeath: (reason: string) => void = () => undefined;
    try {
      const ended = new Promise<Outcome>((resolve, reject) => {
        onDeath = (reason) => reject(new EngineDied(reason));
        this.#deathListeners.add(onDeath);
        hear = (event, payload) => {
          const { jobId: id } = payload as { jobId: string };
          if (jobId === undefined) return void early.push([event, payload]);
          if (id !== jobId) return;
          if (event === 'job.finished') resolve((payload as EventPayload<'job.finished'>).outcome);
          else if (event === 'job.failed')
            reject(new EngineFailure((payload as EventPayload<'job.failed'>).failure));
          else onEvent?.(event, payload as never);
        };
      });
      ended.catch(() => undefined);
      const result = await this.call(method, params);
      jobId = result.jobId;
      for (const [event, payload] of early) hear(event, payload);
      const cancel = () => void this.call('job.cancel', { jobId: result.jobId }).catch(() => undefined);
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return await ended;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    } finally {
      stop();
      this.#deathListeners.delete(onDeath);
    }
  }

  #running(): EnginePort {
    if (!this.#port) {
      const port = this.#launch();
      this.#port = port;
      let hasEnded = false;
      const end = (reason: string) => {
        if (hasEnded) return;
        hasEnded = true;
        if (this.#port === port) this.#port = undefined;
        for (const { reject } of this.#waiting.values()) reject(new EngineDied(reason));
        this.#waiting.clear();
        for (const listener of [...this.#deathListeners]) listener(reason);
      };
      port.onMessage((message) => {
        if (hasEnded) return;
        let takeIn: () => void;
        try {
          takeIn = this.#understood(message);
        } catch (cause) {
          // An engine that is not understood is as good as none.
          end(`it said what nobody understands: ${String(cause)}`);
          return port.kill();
        }
        takeIn();
      });
      port.onExit(end);
    }
    return this.#port;
  }

  /** What a message of the engine leads to. @throws ZodError where it is none of the contract */
  #understood(raw: unknown): () => void {
    const message = engineMessage.parse(raw);
    if (message.kind === 'ready') return () => undefined;
    if (message.kind === 'event') {
      const payload = events[message.event].parse(message.payload);
      return () => {
        for (const listener of [...this.#listeners]) listener(message.event, payload);
      };
    }
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return () => undefined;
    const answer =
      message.kind === 'failure'
        ? () => waiting.reject(new EngineFailure(message.failure))
        : waiting.resolve.bind(null, methods[waiting.method].result.parse(message.result));
    return () => {
      this.#waiting.delete(message.id);
      answer();
    };
  }
}
