import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { letterCases, marks, wordFeatures, firstWordId } from '../../language/wordFeatures.ts';
import { labelledWords, type LabelledWord } from './labelledText.ts';

/**
 * Prose as numbers for train.py: `words.i32` (features of each kind of word), `counts.i32` (how often each occurs),
 * for each part `PART.i32` (kinds of words in their order) and `PART.u8` (labels), `vocabulary.json`, and
 * `held-out.txt`, the words that are kept back.
 */

const { values: options } = parseArgs({
  options: {
    text: { type: 'string' },
    out: { type: 'string' },
    'held-out': { type: 'string', default: '' },
    vocabulary: { type: 'string', default: '20000' },
  },
});
if (!options.text || !options.out) {
  process.stderr.write(
    'Usage: npx tsx native-models/training/punctuation/prepare.ts --text BOOKS.txt[.xz] --out DIR [--held-out FIRST-LAST,…]\n',
  );
  process.exit(2);
}

/** Lines of books that are kept back whole. */
const heldOut = options['held-out']
  .split(',')
  .filter(Boolean)
  .map((range) => range.split('-').map(Number));
/** One stretch of so many lines, out of so many stretches, is for tuning. */
const [stretchLines, stretches] = [200, 100];
const partNames = ['training', 'tuning', 'held-out'] as const;

/** A label's byte: the mark, the case in bits 3 and 4 (3 is none), a paragraph's end in bit 5. */
const noCase = 3;
const paragraphEnd = 32;

/** How often a kind of word is written how, in the middle of a sentence. */
type Kind = { count: number; cases: number[]; forms: Map<string, number> };

class Part {
  readonly kinds: number[][] = [[]];
  readonly labels: number[][] = [[]];

  push(kind: number, label: number): void {
    if (this.kinds.at(-1)!.length === 1 << 20) {
      this.kinds.push([]);
      this.labels.push([]);
    }
    this.kinds.at(-1)!.push(kind);
    this.labels.at(-1)!.push(label);
  }
}

const parts = partNames.map(() => new Part());
const ids = new Map<string, number>();
const kinds: Kind[] = [];

function partOf(line: number): number {
  if (heldOut.some(([first, last]) => line >= first && line <= last)) return 2;
  return Math.floor(line / stretchLines) % stretches === 7 ? 1 : 0;
}

function kindOf(spoken: string): number {
  let id = ids.get(spoken);
  if (id === undefined) {
    id = kinds.length;
    ids.set(spoken, id);
    kinds.push({ count: 0, cases: [0, 0, 0], forms: new Map() });
  }
  return id;
}

function count(kind: Kind, { written, letterCase }: LabelledWord): void {
  kind.count += 1;
  if (letterCase === null) return;
  kind.cases[letterCases.indexOf(letterCase)] += 1;
  if (/^[A-Z].*[A-Z]/.test(written)) kind.forms.set(written, (kind.forms.get(written) ?? 0) + 1);
}

async function readText(path: string): Promise<void> {
  const input = path.endsWith('.xz')
    ? spawn('xz', ['-dc', path], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout
    : createReadStream(path);
  let line = 0;
  for await (const paragraph of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    const part = partOf(line);
    const words = labelledWords(paragraph);
    words.forEach((word, place) => {
      const kind = kindOf(word.spoken);
      if (part === 0) count(kinds[kind], word);
      const letterCase = word.letterCase === null ? noCase : letterCases.indexOf(word.letterCase);
      const end = place === words.length - 1 ? paragraphEnd : 0;
      parts[part].push(kind, marks.indexOf(word.mark) | (letterCase << 3) | end);
    });
  }
}

/** Capitals for emphasis say nothing about a word: its usual case is meant. */
function withoutEmphasis(label: number, { cases: [lower, capitalised, upper] }: Kind): number {
  if ((label >> 3) % 4 !== 2 || upper > lower + capitalised) return label;
  return (label & ~24) | ((lower > capitalised ? 0 : 1) << 3);
}

/** Words with capitals inside, as they are mostly written: `McGregor`, `O'Brien`. */
function usualForm({ cases: [lower, capitalised, upper], forms }: Kind): string | undefined {
  const [best] = [...forms].sort((a, b) => b[1] - a[1]);
  if (!best || best[1] < 5 || best[1] < 0.8 * (lower + capitalised + upper)) return undefined;
  return best[0];
}

await readText(options.text);
await mkdir(options.out, { recursive: true });
const write = (name: string, data: NodeJS.ArrayBufferView | string) =>
  writeFile(join(options.out!, name), data);

const spoken = [...ids.keys()];
const vocabulary = [...kinds.keys()]
  .sort((a, b) => kinds[b].count - kinds[a].count)
  .slice(0, Number(options.vocabulary))
  .map((kind) => spoken[kind]);
const wordIds = new Map(vocabulary.map((word, place) => [word, place + firstWordId]));
await write('words.i32', Int32Array.from(spoken.flatMap((word) => wordFeatures(word, wordIds))));
await write(
  'counts.i32',
  Int32Array.from(kinds, (kind) => kind.count),
);
const forms: Record<string, string> = {};
kinds.forEach((kind, id) => {
  const form = usualForm(kind);
  if (form !== undefined) forms[spoken[id]] = form;
});
await write('vocabulary.json', JSON.stringify({ vocabulary, forms }));
const heldOutWords = parts[2].kinds.flat().map((kind) => spoken[kind]);
await write('held-out.txt', `${heldOutWords.join('\n')}\n`);
for (const [index, name] of partNames.entries()) {
  const words = parts[index].kinds.flat();
  const labels = parts[index].labels.flat();
  await write(`${name}.i32`, Int32Array.from(words));
  await write(
    `${name}.u8`,
    Uint8Array.from(labels, (label, place) => withoutEmphasis(label, kinds[words[place]])),
  );
  process.stderr.write(`${name}: ${words.length} words\n`);
}
