import { readFileSync } from 'node:fs';
import { fromHalf } from '../../engine/projects/halfPrecision.ts';
import type { LogProbabilities } from '../../engine/recognition/types.ts';
import type { ModelManifest } from '../../native-models/model.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const read = (name: string) => readFileSync(new URL(`recital-logprobs/${name}`, fixtures), 'utf8');

/** A manifest for decoding; what decoding does not read is made up. */
export function manifestOf(vocabulary: string[], changes: Partial<ModelManifest> = {}): ModelManifest {
  const delimiterId = vocabulary.indexOf('|');
  return {
    formatVersion: 1,
    id: 'test',
    name: 'Test',
    family: 'sew-d',
    languages: ['en'],
    licence: null,
    parameters: 1,
    sampleRateHz: 16000,
    doNormalize: true,
    hopSamples: 320,
    receptiveFieldSamples: 400,
    minimumSamples: 720,
    vocabulary,
    blankId: 0,
    wordDelimiterId: delimiterId < 0 ? null : delimiterId,
    specialIds: vocabulary.flatMap((token, id) => (/^<.+>$/.test(token) ? [id] : [])),
    vocabularySha256: '',
    wordErrorRates: [],
    notice: null,
    precisions: ['float32'],
    ...changes,
  };
}

const ids = JSON.parse(read('vocab.json')) as Record<string, number>;

export const recitalManifest = manifestOf(Object.keys(ids).sort((a, b) => ids[a] - ids[b]));

export type RecitalClip = { name: string; text: string; logProbabilities: LogProbabilities };

export const recitalClips: RecitalClip[] = read('texts.tsv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [name, text] = line.split('\t');
    return { name, text, logProbabilities: stored(`recital-logprobs/${name}.f16`) };
  });

/** A GRID clip through a real acoustic model, with the recital model's vocabulary. */
export function gridLogProbabilities(name: string): LogProbabilities {
  return stored(`grid-logprobs/${name}.f16`);
}

function stored(path: string): LogProbabilities {
  const bytes = readFileSync(new URL(path, fixtures));
  const vocabularySize = recitalManifest.vocabulary.length;
  const data = Float32Array.from({ length: bytes.length / 2 }, (_, i) => fromHalf(bytes.readUInt16LE(2 * i)));
  return { data, vocabularySize, frames: data.length / vocabularySize, startSample: 0, hopSamples: 320 };
}

export type TrueWord = { text: string; startMs: number; endMs: number };

/** The true word times of a GRID clip. */
export function trueWords(name: string): TrueWord[] {
  return read(`${name}.align`)
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , text]) => text !== 'sil' && text !== 'sp')
    .map(([start, end, text]) => ({ text, startMs: Number(start) / 25, endMs: Number(end) / 25 }));
}

/** The same piece at another place of the media. */
export function movedTo(piece: LogProbabilities, startSample: number): LogProbabilities {
  return { ...piece, startSample };
}

/**
 * Log-probabilities that say exactly these token ids, one a frame, each with `certainty`.
 */
export function saying(
  path: number[],
  vocabularySize: number,
  { certainty = 0.99, startSample = 0 } = {},
): LogProbabilities {
  const rest = Math.log((1 - certainty) / (vocabularySize - 1));
  const data = new Float32Array(path.length * vocabularySize).fill(rest);
  path.forEach((id, frame) => (data[frame * vocabularySize + id] = Math.log(certainty)));
  return { frames: path.length, vocabularySize, data, startSample, hopSamples: 320 };
}
