/**
 * How fast words are read out of log-probabilities, greedily and with a beam, on one core:
 *
 *     npx tsx bench/decoding.ts [WIDTH…]
 *
 * The log-probabilities are those of GRID clips through a real, uncertain model (test/fixtures/grid-logprobs).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { BeamDecoder } from '../engine/recognition/beam/beamWords.ts';
import { defaultBeamOptions } from '../engine/recognition/beam/options.ts';
import { greedyWords } from '../engine/recognition/ctc.ts';
import type { LogProbabilities, RecognisedWord } from '../engine/recognition/types.ts';
import { shippedLanguageModel } from '../native-models/language/files.ts';
import { NgramModel } from '../native-models/language/ngramModel.ts';
import { gridLogProbabilities, recitalManifest } from '../test/engine/recitalFixtures.ts';

const rounds = 5;
const clips = readdirSync(new URL('../test/fixtures/grid-logprobs/', import.meta.url))
  .filter((name) => name.endsWith('.f16'))
  .map((name) => gridLogProbabilities(name.replace('.f16', '')));
const audioSeconds = (rounds * clips.reduce((sum, clip) => sum + clip.frames * clip.hopSamples, 0)) / 16000;

function measure(name: string, decode: (piece: LogProbabilities) => RecognisedWord[]): void {
  clips.forEach(decode);
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) clips.forEach(decode);
  const { user, system } = process.cpuUsage(before);
  const rate = audioSeconds / ((user + system) / 1e6);
  process.stdout.write(`${name}: ${rate.toFixed(0)} audio seconds a second of one core\n`);
}

const { path } = shippedLanguageModel('en')!;
const bytes = readFileSync(path);
const before = performance.now();
const language = new NgramModel(bytes, path);
process.stdout.write(
  `language model: ${bytes.length} bytes, ${(performance.now() - before).toFixed(0)} ms\n`,
);
measure('greedy', (piece) => greedyWords(piece, recitalManifest, { channel: 0 }));
const widths = process.argv.slice(2).map(Number);
for (const width of widths.length > 0 ? widths : [defaultBeamOptions.width]) {
  const decoder = new BeamDecoder(language, recitalManifest, { width });
  measure(`beam of ${width}`, (piece) => decoder.words(piece, { channel: 0 }));
}
