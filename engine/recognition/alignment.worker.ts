import { parentPort } from 'node:worker_threads';
import type { ModelManifest } from '../../native-models/model.ts';
import { alignWords, type AlignedWord, type AlignmentOptions, type WordToAlign } from './alignment.ts';
import type { LogProbabilities } from './types.ts';

export type AlignmentRequest = {
  pieces: LogProbabilities[];
  words: WordToAlign[];
  manifest: ModelManifest;
  options: AlignmentOptions;
};

export type AlignmentReply = { aligned: AlignedWord[] } | { error: unknown };

function answer({ pieces, words, manifest, options }: AlignmentRequest): AlignmentReply {
  try {
    return { aligned: alignWords(pieces, words, manifest, options) };
  } catch (error) {
    return { error };
  }
}

parentPort?.on('message', (request: AlignmentRequest) => parentPort?.postMessage(answer(request)));
