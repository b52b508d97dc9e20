import { Worker } from 'node:worker_threads';
import { ModelError, type ModelManifest } from '../../../native-models/model.ts';
import type { OwnWord } from '../../contract.ts';
import type { LogProbabilities, RecognisedWord } from '../types.ts';
import type { WordDecoder } from '../windowWords.ts';
import type { BeamReply, BeamRequest, BeamWorkerData } from './beam.worker.ts';

type Waiting = { resolve(words: RecognisedWord[]): void; reject(reason: Error): void };

/** The thread that was asked for last; it stays for the next job, and does not keep the process alive. */
let latest: { key: string; thread: BeamThread } | undefined;

/** A decoder whose beam search runs in a thread of its own, which jobs with the same two models share. */
export function beamDecoder(
  languagePath: string,
  manifest: ModelManifest,
  vocabulary: readonly OwnWord[] = [],
): WordDecoder {
  const key = JSON.stringify([languagePath, manifest.id, manifest.vocabularySha256, vocabulary]);
  return (piece, context) => {
    if (latest?.key !== key || latest.thread.hasEnded) {
      latest?.thread.endWhenIdle();
      latest = { key, thread: new BeamThread({ languagePath, manifest, vocabulary }) };
    }
    return latest.thread.words(piece, context);
  };
}

class BeamThread {
  hasEnded = false;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  #isLeaving = false;

  constructor(workerData: BeamWorkerData) {
    const entry = import.meta.url.endsWith('.ts') ? './beam.worker.checkout.mjs' : './beam.worker.js';
    // Node's own arguments of this process are none of the worker's.
    this.#worker = new Worker(new URL(entry, import.meta.url), { execArgv: [], workerData });
    this.#worker.on('message', (reply: BeamReply) => this.#hear(reply));
    this.#worker.on('error', (cause) =>
      this.#fail(cause instanceof Error ? cause : new Error(String(cause))),
    );
    this.#worker.on('exit', (code) => this.#fail(new Error(`The decoder's thread ended with code ${code}.`)));
    this.#worker.unref();
  }

  words(
    piece: LogProbabilities,
    context: { channel: number; previous: string[] },
  ): Promise<RecognisedWord[]> {
    const id = this.#requests;
    this.#requests += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      // A message copies the whole buffer behind an array, however little of it the array shows.
      const data = piece.data.slice(0, piece.frames * piece.vocabularySize);
      const request: BeamRequest = { id, piece: { ...piece, data }, ...context };
      this.#worker.postMessage(request, [data.buffer]);
    });
  }

  /** For when another one takes its place. */
  endWhenIdle(): void {
    this.#isLeaving = true;
    this.#rest();
  }

  #hear(reply: BeamReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('words' in reply) waiting?.resolve(reply.words);
    else if ('failure' in reply) waiting?.reject(new ModelError(reply.failure));
    else waiting?.reject(reply.error instanceof Error ? reply.error : new Error(String(reply.error)));
    this.#rest();
  }

  #rest(): void {
    if (this.#waiting.size > 0) return;
    this.#worker.unref();
    if (this.#isLeaving && !this.hasEnded) void this.#worker.terminate();
  }

  #fail(reason: Error): void {
    this.hasEnded = true;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}
