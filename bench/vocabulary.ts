/**
 * What a person's vocabulary gains: of words that the language model lacks, how many are recognised with and without
 * them in the vocabulary; and what the vocabulary spoils in texts without them.
 *
 *     npx tsx bench/vocabulary.ts SPEECH/librispeech-train-clean-5 [LEAST_LOG,LEAST_BONUS…]
 *
 * The folder has a manifest.tsv (file, start_sample, samples, speaker, text) and 16 kHz recordings; every tenth
 * speaker is used, which the embedded model has not heard.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folders } from '../files/folders.ts';
import { shippedLanguageModel } from '../native-models/language/files.ts';
import { NgramModel } from '../native-models/language/ngramModel.ts';
import { resolveModel } from '../native-models/store/resolve.ts';
import { BeamDecoder } from '../engine/recognition/beam/beamWords.ts';
import { evaluate } from '../engine/recognition/evaluation.ts';
import {
  defaultVocabularyWeights,
  type VocabularyWeights,
} from '../engine/recognition/languageModel/vocabulary.ts';
import { forkRecogniser } from '../engine/recognition/launcher.ts';
import { RecogniserPool } from '../engine/recognition/pool.ts';
import { prepareSamples } from '../engine/recognition/samples.ts';
import type { LogProbabilities } from '../engine/recognition/types.ts';

const [folder, ...tried] = process.argv.slice(2);
const everySpeaker = 10;
const withNames = 60;
const withoutNames = 60;

type Row = { file: string; start: number; samples: number; text: string };
type Clip = { text: string; piece: LogProbabilities };

const { path } = shippedLanguageModel('en')!;
const language = new NgramModel(readFileSync(path), basename(path));
const known = new Set(language.words);
/** With genitives, which count as the word itself. */
const unknownIn = (text: string) =>
  wordsOf(text).filter((word) => /^[a-z]{4,}$/.test(word) && !known.has(word));
const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(' ')
    .map((word) => word.replace(/'s$/, ''));

const isAllKnown = (text: string) =>
  text
    .toLowerCase()
    .split(' ')
    .every((word) => known.has(word));

const model = await resolveModel('embedded', folders());
const pool = new RecogniserPool(forkRecogniser, () => undefined);
const lease = pool.lease(model, 'cpu');
await lease.recogniser.start();

const rows = heldOut();
const rare = await hear(rows.filter(({ text }) => unknownIn(text).length > 0).slice(0, withNames));
const plain = await hear(rows.filter(({ text }) => isAllKnown(text)).slice(0, withoutNames));
lease.destroy();
const names = [...new Set(rare.flatMap(({ text }) => unknownIn(text)))].sort();
const vocabulary = names.map((text) => ({ text }));
process.stdout.write(`${names.length} words that the language model lacks: ${names.join(', ')}\n`);

report('without', new BeamDecoder(language, model.manifest));
const weights = tried.map((pair): VocabularyWeights => {
  const [leastLog, leastBonus] = pair.split(',').map(Number);
  return { leastLog, leastBonus };
});
for (const each of weights.length > 0 ? weights : [defaultVocabularyWeights]) {
  const decoder = new BeamDecoder(language, model.manifest, {}, { words: vocabulary, weights: each });
  report(`with, ${each.leastLog},${each.leastBonus}`, decoder);
}

function report(name: string, decoder: BeamDecoder): void {
  let [said, right] = [0, 0];
  const falseOnes = [0, 0];
  const utterances = [rare, plain].map((clips, set) =>
    clips.map(({ text, piece }) => {
      const heard = decoder.words(piece, { channel: 0 }).map((word) => word.text.toLowerCase());
      const wanted = unknownIn(text);
      said += wanted.length;
      const left = wordsOf(heard.join(' '));
      for (const word of wanted) {
        const place = left.indexOf(word);
        if (place < 0) continue;
        right += 1;
        left.splice(place, 1);
      }
      falseOnes[set] += left.filter((word) => names.includes(word)).length;
      return { id: '', reference: text, hypothesis: heard.join(' ') };
    }),
  );
  const rates = utterances.map((each) => (100 * evaluate(each).wer).toFixed(1));
  process.stdout.write(
    `${name}: ${right} of ${said} right; texts with such words: ${rates[0]} % word errors, ${falseOnes[0]} false ones; texts without: ${rates[1]} %, ${falseOnes[1]}\n`,
  );
}

function heldOut(): Row[] {
  const lines = readFileSync(join(folder, 'manifest.tsv'), 'utf8').trim().split('\n').slice(1);
  const table = lines.map((line) => line.split('\t'));
  const speakers = [...new Set(table.map(([, , , speaker]) => speaker))].sort();
  const chosen = new Set(speakers.filter((_, place) => place % everySpeaker === 0));
  return table
    .filter(([, , , speaker]) => chosen.has(speaker))
    .map(([file, start, samples, , text]) => ({
      file,
      start: Number(start),
      samples: Number(samples),
      text,
    }));
}

async function hear(chosen: Row[]): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const { file, start, samples, text } of chosen) {
    const seconds = [start, samples].map((count) => String(count / 16000));
    const args = ['-v', 'error', '-ss', seconds[0], '-i', join(folder, file), '-t', seconds[1]];
    const bytes = execFileSync('ffmpeg', [...args, '-f', 'f32le', '-ac', '1', '-ar', '16000', '-'], {
      maxBuffer: 2 ** 28,
    });
    const sound = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const output = await lease.recogniser.run(prepareSamples(sound, model.manifest), 'log-probabilities');
    clips.push({ text, piece: { ...output, startSample: 0, hopSamples: model.manifest.hopSamples } });
  }
  return clips;
}
