import { readFile } from 'node:fs/promises';
import { checkCues } from '../transcript/captions/check.ts';
import { plainCue, type PlainCue } from '../transcript/captions/cue.ts';
import { layOutCues } from '../transcript/captions/layout.ts';
import { captionRules } from '../transcript/captions/rules.ts';
import type { Word } from '../transcript/document.ts';
import { readTranscript } from '../transcript/formats/index.ts';
import { isWord } from '../transcript/positions.ts';

/**
 * Faults in our cues, by the rules of `sewscribe captions check`, beside those of a greedy cut: words are added to a
 * cue as long as its lines hold 42 characters, and it shows from its first word's start to its last one's end.
 *
 *   npx tsx bench/captions.ts TRANSCRIPT.json…
 */

const rules = captionRules.parse({});

function greedyCues(words: readonly Word[], linesAtMost: number): PlainCue[] {
  const cues: PlainCue[] = [];
  for (const { text, startMs, endMs } of words) {
    const cue = cues.at(-1);
    const line = cue?.lines.at(-1);
    if (cue && line && line.length + 1 + text.length <= rules.maxLineChars) {
      cue.lines[cue.lines.length - 1] = `${line} ${text}`;
    } else if (cue && cue.lines.length < linesAtMost) {
      cue.lines.push(text);
    } else {
      cues.push({ startMs, endMs, lines: [text] });
      continue;
    }
    cue.endMs = endMs;
  }
  return cues;
}

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const rows: Record<string, { cues: number; faults: string[] }> = {};
function count(name: string, cues: PlainCue[]): void {
  const row = (rows[name] ??= { cues: 0, faults: [] });
  row.cues += cues.length;
  row.faults.push(...checkCues(cues, rules).map(({ rule }) => rule));
}

let wordCount = 0;
for (const path of process.argv.slice(2)) {
  const { document } = readTranscript(await readFile(path), { name: path });
  const words = document.items.filter(isWord);
  wordCount += words.length;
  count(
    'ours',
    layOutCues(document, rules).map((cue, place) => plainCue(cue, place + 1)),
  );
  count('greedy, one line', greedyCues(words, 1));
  count('greedy, two lines', greedyCues(words, 2));
}

console.log(`${wordCount} words\n`);
console.log('| cues | how many | faults | faults per 100 cues | by rule |');
console.log('| --- | ---: | ---: | ---: | --- |');
for (const [name, { cues, faults }] of Object.entries(rows)) {
  const byRule = [...countsOf(faults)].map(([rule, count]) => `${rule} ${count}`).join(', ');
  const share = ((100 * faults.length) / cues).toFixed(1);
  console.log(`| ${name} | ${cues} | ${faults.length} | ${share} | ${byRule} |`);
}
