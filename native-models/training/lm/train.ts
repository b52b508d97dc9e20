import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { sentenceStart, unknownWord } from '../../language/backoffModel.ts';
import { NgramModel } from '../../language/ngramModel.ts';
import { packModel } from '../../language/packedModel.ts';
import { countNgrams, NumberList, type Corpus } from './counts.ts';
import { estimate } from './kneserNey.ts';
import { perplexity } from './perplexity.ts';
import { spokenSentences } from './spokenText.ts';

/** One paragraph of so many is kept back to measure with. */
const heldOutEvery = 200;

const { values: options } = parseArgs({
  options: {
    text: { type: 'string' },
    out: { type: 'string' },
    vocabulary: { type: 'string', default: '50000' },
    bigrams: { type: 'string', default: '800000' },
    trigrams: { type: 'string', default: '2000000' },
  },
});
if (!options.text || !options.out) {
  process.stderr.write(
    'Usage: npx tsx native-models/training/lm/train.ts --text BOOKS.txt[.xz] --out MODEL\n',
  );
  process.exit(2);
}

/** All words of the text as ids in the order in which they were first met. */
async function readText(path: string) {
  const ids = new Map<string, number>();
  const counts: number[] = [];
  const [training, heldOut] = [0, 1].map(() => ({
    words: new NumberList(),
    starts: new Set<number>(),
    length: 0,
  }));
  let paragraph = 0;
  for await (const line of lines(path)) {
    paragraph += 1;
    const part = paragraph % heldOutEvery === 0 ? heldOut : training;
    for (const sentence of spokenSentences(line)) {
      part.starts.add(part.length);
      for (const word of sentence) {
        let id = ids.get(word);
        if (id === undefined) {
          id = ids.size;
          ids.set(word, id);
          counts.push(0);
        }
        if (part === training) counts[id] += 1;
        part.words.push(id);
      }
      part.length += sentence.length;
    }
  }
  return { words: [...ids.keys()], counts, training, heldOut };
}

function lines(path: string): AsyncIterable<string> {
  const input = path.endsWith('.xz')
    ? spawn('xz', ['-dc', path], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout
    : createReadStream(path);
  return createInterface({ input, crlfDelay: Infinity });
}

const say = (message: string) =>
  process.stderr.write(`${(performance.now() / 1000).toFixed(0)} s: ${message}\n`);

const text = await readText(options.text);
say(`${text.training.length} words of ${text.words.length} kinds`);

const known = [...text.words.keys()]
  .filter((id) => text.counts[id] > 1)
  .sort((a, b) => text.counts[b] - text.counts[a])
  .slice(0, Number(options.vocabulary));
const words = [sentenceStart, unknownWord, ...known.map((id) => text.words[id])];
const [startId, unknownId] = [0, 1];
const newIds = new Uint16Array(text.words.length).fill(unknownId);
known.forEach((id, place) => (newIds[id] = place + 2));
const corpusOf = (part: (typeof text)['training']): Corpus => ({
  ids: Uint16Array.from(part.words.values, (id) => newIds[id]),
  starts: part.starts,
});
const training = corpusOf(text.training);
const unknown = training.ids.reduce((sum, id) => sum + Number(id === unknownId), 0);
const counted = countNgrams(training, startId, unknownId);
say(
  `${counted.bigrams.keys.length} bigrams, ${counted.trigrams.keys.length} trigrams; ${unknown} words unknown`,
);

const model = estimate(
  words,
  counted,
  { startId, unknownId, unknownShare: Math.max(1, unknown) / training.ids.length },
  { bigrams: Number(options.bigrams), trigrams: Number(options.trigrams) },
);
const bytes = packModel(model, {
  name: 'English prose',
  languages: ['en'],
  licence: 'CC0-1.0',
  source: `Counts of ${text.training.length} words of public-domain English prose (native-models/training/lm)`,
});
await writeFile(options.out, bytes);
say(`${model.bigrams.keys.length} bigrams, ${model.trigrams.keys.length} trigrams, ${bytes.length} bytes`);

const measured = perplexity(new NgramModel(bytes, options.out), corpusOf(text.heldOut));
say(
  `held out: ${measured.words} words, ${measured.unknown} unknown, perplexity ${measured.perplexity.toFixed(1)}`,
);
