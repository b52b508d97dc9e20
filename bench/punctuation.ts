/**
 * How well sentences are told: the punctuation model beside pauses alone.
 *
 *     npx tsx bench/punctuation.ts HEARD.tsv…
 *
 * A file has a line for each word: word, pause behind it in ms, its true mark, its true case (nothing where its place
 * decides). The trainer's publish.py writes such files of the books that were kept back.
 */
import { marks, type Mark } from '../native-models/language/wordFeatures.ts';
import { forkRecogniser } from '../engine/recognition/launcher.ts';
import type { RecognisedWord } from '../engine/recognition/types.ts';
import { PunctuationNetwork } from '../engine/text/punctuation/network.ts';
import { Punctuator } from '../engine/text/punctuation/punctuator.ts';
import { SentenceCase } from '../engine/text/sentenceCase.ts';
import { recitalManifest } from '../test/engine/recitalFixtures.ts';
import {
  asSpoken,
  f1,
  isStop,
  markOf,
  readHeardText,
  type HeardTextWord,
} from '../test/support/heardText.ts';

type Stage = {
  push(words: RecognisedWord[]): RecognisedWord[] | Promise<RecognisedWord[]>;
  flush(): RecognisedWord[] | Promise<RecognisedWord[]>;
};

/** As many words as a window has. */
const portion = 50;

async function written(words: RecognisedWord[], stage: Stage): Promise<string[]> {
  const out: RecognisedWord[] = [];
  for (let at = 0; at < words.length; at += portion) {
    out.push(...(await stage.push(words.slice(at, at + portion))));
  }
  out.push(...(await stage.flush()));
  return out.map(({ text }) => text);
}

function report(
  name: string,
  words: HeardTextWord[],
  found: readonly Mark[],
  capitals?: readonly boolean[],
): void {
  const score = (test: (mark: Mark) => boolean) =>
    (
      100 *
      f1(
        found.map(test),
        words.map(({ mark }) => test(mark)),
      )
    ).toFixed(1);
  const parts = marks.slice(1).map((sign) => `${sign} ${score((mark) => mark === sign)}`);
  parts.push(`any stop ${score(isStop)}`);
  if (capitals) {
    const judged = words.map(({ isCapital }, place) => ({ isCapital, found: capitals[place] }));
    const counted = judged.filter(({ isCapital }) => isCapital !== null);
    const right = counted.filter(({ isCapital, found: capital }) => isCapital === capital).length;
    const names = f1(
      counted.map(({ found: capital }) => capital),
      counted.map(({ isCapital }) => isCapital === true),
    );
    parts.push(`case ${((100 * right) / counted.length).toFixed(2)} %, capitals ${(100 * names).toFixed(1)}`);
  }
  process.stdout.write(`  ${name}: ${parts.join('  ')}\n`);
}

/** The two lengths of pause that tell commas and full stops best in these very words. */
function bestPauses(words: HeardTextWord[]): Mark[] {
  const lengths = [100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 700, 800, 900, 1000];
  const best = (wanted: Mark, marksOf: (length: number) => Mark[]) => {
    const isTrue = words.map(({ mark }) => mark === wanted);
    const scored = lengths.map((length) => ({
      length,
      score: f1(
        marksOf(length).map((mark) => mark === wanted),
        isTrue,
      ),
    }));
    return scored.reduce((a, b) => (b.score > a.score ? b : a)).length;
  };
  const marksFrom = (comma: number, stop: number) =>
    words.map(({ pauseMs }): Mark => (pauseMs >= stop ? '.' : pauseMs >= comma ? ',' : ''));
  const stop = best('.', (length) => marksFrom(Infinity, length));
  const comma = best(',', (length) => marksFrom(length, stop));
  return marksFrom(comma, stop);
}

const network = new PunctuationNetwork(forkRecogniser, () => undefined);
for (const path of process.argv.slice(2)) {
  const words = readHeardText(path);
  const spoken = asSpoken(words);
  process.stdout.write(`${path}: ${words.length} words; F1 in percent\n`);
  for (const [name, stage] of [
    ['pauses alone', new SentenceCase('sentence', recitalManifest)],
    ['model', new Punctuator(network)],
  ] as const) {
    const before = performance.now();
    const texts = await written(spoken, stage);
    report(
      name,
      words,
      texts.map(markOf),
      texts.map((text) => /^\p{Lu}/u.test(text)),
    );
    const ms = (performance.now() - before) / (words.length / portion);
    process.stdout.write(`    ${ms.toFixed(1)} ms a window of ${portion} words\n`);
  }
  report('pauses alone, the two best lengths for these words', words, bestPauses(words));
}
network.close();
