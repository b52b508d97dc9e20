import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Outcome } from '../engine/contract.ts';
import { folders } from '../files/folders.ts';
import { EngineClient } from '../host/engineClient.ts';
import { forkEngine } from '../host/engineProcess.ts';
import { resolveModel } from '../native-models/store/resolve.ts';
import { segmentItems } from '../transcript/positions.ts';
import { scoreDiarisation, type DiarisationScore, type Said } from './diarisation.ts';
import { makeMixtures } from './speakerMixtures.ts';

/**
 * How well speakers are told apart, the whole path: conversations made from read sentences through the engine, with
 * the words that the embedded recogniser hears in them.
 *
 *     npx tsx bench/speakers.ts --corpus DIR [--half test] [--count 20]
 *
 * DIR has manifest.tsv (file, start_sample, samples, speaker) and the files that it names.
 */

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    half: { type: 'string', default: 'test' },
    count: { type: 'string', default: '20' },
  },
});
if (!values.corpus || (values.half !== 'test' && values.half !== 'tuning')) {
  process.stderr.write('Usage: npx tsx bench/speakers.ts --corpus DIR [--half test|tuning] [--count 20]\n');
  process.exit(2);
}

const home = await mkdtemp(join(tmpdir(), 'sewscribe-speakers-'));
const model = await resolveModel('embedded', folders({ SEWSCRIBE_HOME: home }));
process.env['SEWSCRIBE_HOME'] = home;
const client = new EngineClient(forkEngine);
const scores: DiarisationScore[] = [];
for (const { path, turns } of await makeMixtures(values.corpus, values.half, Number(values.count), home)) {
  const { document } = await client.runJob('transcription.start', {
    path,
    options: {
      model: { id: model.manifest.id, folder: model.folder },
      device: 'cpu',
      channels: 'mix',
      case: 'as-is',
      decoder: 'greedy',
      speakers: true,
    },
  });
  const score = scoreDiarisation(turns, wordsOf(document));
  scores.push(score);
  process.stdout.write(`${score.speakers} speakers, ${score.foundSpeakers} found: ${describe([score])}\n`);
}
const exact = scores.filter(({ speakers, foundSpeakers }) => speakers === foundSpeakers).length;
process.stdout.write(`all: ${describe(scores)}, number right in ${exact} of ${scores.length}\n`);
client.close();
await rm(home, { recursive: true });

function wordsOf({ items, segments, ...rest }: Outcome['document']): Said[] {
  return segments.flatMap(({ speakerId }, place) =>
    segmentItems({ items, segments, ...rest }, place).flatMap((item) =>
      item.kind === 'word' ? [{ startMs: item.startMs, endMs: item.endMs, speaker: speakerId }] : [],
    ),
  );
}

function describe(some: readonly DiarisationScore[]): string {
  const sum = (of: (score: DiarisationScore) => number) =>
    some.reduce((total, score) => total + of(score), 0);
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  const speechMs = sum((score) => score.speechMs);
  const words = sum((score) => score.words);
  const missed = sum((score) => score.missedMs);
  const confused = sum((score) => score.confusedMs);
  const made = sum((score) => score.falseMs);
  return [
    `diarisation error ${percent(missed + confused + made, speechMs)}`,
    `(missed ${percent(missed, speechMs)}, confused ${percent(confused, speechMs)}, in silence ${percent(made, speechMs)})`,
    `words right ${percent(
      sum((score) => score.rightWords),
      words,
    )}, open ${percent(
      sum((score) => score.openWords),
      words,
    )}`,
  ].join(', ');
}
