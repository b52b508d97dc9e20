import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { NgramModel } from '../../../native-models/language/ngramModel.ts';
import { ModelError, type ModelManifest } from '../../../native-models/model.ts';
import type { OwnWord } from '../../contract.ts';
import type { LogProbabilities, RecognisedWord } from '../types.ts';
import { BeamDecoder } from './beamWords.ts';

export type BeamWorkerData = {
  languagePath: string;
  manifest: ModelManifest;
  vocabulary: readonly OwnWord[];
};
export type BeamRequest = { id: number; piece: LogProbabilities; channel: number; previous: string[] };
/** `failure` is a sentence for a person, `error` anything else. */
export type BeamReply = { id: number } & (
  { words: RecognisedWord[] } | { failure: string } | { error: unknown }
);

const { languagePath, manifest, vocabulary } = workerData as BeamWorkerData;
let decoder: BeamDecoder | undefined;

function open(): BeamDecoder {
  const language = new NgramModel(readFileSync(languagePath), basename(languagePath));
  return new BeamDecoder(language, manifest, {}, { words: vocabulary });
}

function answer({ id, piece, channel, previous }: BeamRequest): BeamReply {
  try {
    decoder ??= open();
    return { id, words: decoder.words(piece, { channel, previous }) };
  } catch (error) {
    // A class does not survive the way between threads.
    return error instanceof ModelError ? { id, failure: error.message } : { id, error };
  }
}

parentPort?.on('message', (request: BeamRequest) => parentPort?.postMessage(answer(request)));
