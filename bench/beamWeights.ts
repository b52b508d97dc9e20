/**
 * How the beam weighs letters against words: word errors in percent over a grid of weights, on every second recording of
 * a manifest, and then those of the best and of the present weights on the others.
 *
 *     npx tsx bench/beamWeights.ts MANIFEST.tsv [MODEL]
 *
 * The manifest is one of `sewscribe evaluate`, of recordings that fit into one window each.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BeamDecoder } from '../engine/recognition/beam/beamWords.ts';
import { defaultBeamOptions, type BeamOptions } from '../engine/recognition/beam/options.ts';
import { greedyWords } from '../engine/recognition/ctc.ts';
import { evaluate } from '../engine/recognition/evaluation.ts';
import { forkRecogniser } from '../engine/recognition/launcher.ts';
import { RecogniserPool } from '../engine/recognition/pool.ts';
import { prepareSamples } from '../engine/recognition/samples.ts';
import type { LogProbabilities, RecognisedWord } from '../engine/recognition/types.ts';
import { decode } from '../engine/media/decode.ts';
import { probe } from '../engine/media/probe.ts';
import { folders } from '../files/folders.ts';
import { shippedLanguageModel } from '../native-models/language/files.ts';
import { NgramModel } from '../native-models/language/ngramModel.ts';
import { resolveModel } from '../native-models/store/resolve.ts';

const languageWeights = [0.4, 0.5, 0.6, 0.7, 0.8, 1.0];
const wordBonuses = [0, 0.65, 1.3, 2];
const unseenLetters = [-3.5, -2.5, -1.5];

type Clip = { text: string; piece: LogProbabilities };
type Weights = Pick<BeamOptions, 'languageWeight' | 'wordBonus' | 'unseenLetter'>;

const [manifest, reference = 'embedded'] = process.argv.slice(2);
const { path } = shippedLanguageModel('en')!;
const language = new NgramModel(readFileSync(path), basename(path));
const model = await resolveModel(reference, folders());
const clips = await hearAll();
const [tuning, others] = [0, 1].map((half) => clips.filter((_, place) => place % 2 === half));

process.stdout.write(
  `greedy: ${errors(tuning, (piece) => greedyWords(piece, model.manifest, { channel: 0 }))}\n`,
);
const present = weightsOf(defaultBeamOptions);
let best = { weights: present, percent: beamErrors(tuning, present) };
report('present', present, best.percent);
// First what matters most, then the price of letters at the best of it.
for (const languageWeight of languageWeights)
  for (const wordBonus of wordBonuses) consider({ ...present, languageWeight, wordBonus });
for (const unseenLetter of unseenLetters) consider({ ...best.weights, unseenLetter });

process.stdout.write('\nthe others:\n');
process.stdout.write(
  `greedy: ${errors(others, (piece) => greedyWords(piece, model.manifest, { channel: 0 }))}\n`,
);
report('present', present, beamErrors(others, present));
report('best', best.weights, beamErrors(others, best.weights));

function weightsOf({ languageWeight, wordBonus, unseenLetter }: BeamOptions): Weights {
  return { languageWeight, wordBonus, unseenLetter };
}

function consider(weights: Weights): void {
  const percent = beamErrors(tuning, weights);
  report('', weights, percent);
  if (percent < best.percent) best = { weights, percent };
}

function report(name: string, { languageWeight, wordBonus, unseenLetter }: Weights, percent: number): void {
  process.stdout.write(`${languageWeight}\t${wordBonus}\t${unseenLetter}\t${percent}\t${name}\n`);
}

function beamErrors(some: readonly Clip[], weights: Weights): number {
  const decoder = new BeamDecoder(language, model.manifest, weights);
  return errors(some, (piece) => decoder.words(piece, { channel: 0 }));
}

function errors(some: readonly Clip[], read: (piece: LogProbabilities) => RecognisedWord[]): number {
  const heard = some.map(({ text, piece }) => ({
    id: '',
    reference: text,
    hypothesis: read(piece)
      .map((word) => word.text)
      .join(' '),
  }));
  return Number((100 * evaluate(heard).wer).toFixed(2));
}

async function hearAll(): Promise<Clip[]> {
  const lease = new RecogniserPool(forkRecogniser, () => undefined).lease(model, 'cpu');
  await lease.recogniser.start();
  const heard: Clip[] = [];
  for (const line of readFileSync(manifest, 'utf8').trim().split('\n')) {
    const [file, text] = line.split('\t');
    const { blocks } = decode(await probe(join(dirname(manifest), file)), { channels: 'mix' });
    const parts: number[] = [];
    for await (const block of blocks) for (const sample of block.channels[0]) parts.push(sample);
    const samples = prepareSamples(Float32Array.from(parts), model.manifest);
    const output = await lease.recogniser.run(samples, 'log-probabilities');
    heard.push({ text, piece: { ...output, startSample: 0, hopSamples: model.manifest.hopSamples } });
  }
  lease.destroy();
  return heard;
}
