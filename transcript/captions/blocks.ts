import type { CueOverride } from '../document.ts';
import type { Cue, CueLine } from './cue.ts';
import { separatorBetween } from './joining.ts';
import { dash } from './segmentation.ts';
import type { Sliced } from './slices.ts';
import type { CueSpan } from './timing.ts';
import type { Token } from './tokens.ts';

/** The tokens of a cue, line by line, before it has its times. */
export type Block = { lines: Token[][]; override?: CueOverride };

function cueLine(tokens: readonly Token[], prefix: string): CueLine {
  const line: CueLine = { text: prefix, speakerId: tokens[0].speakerId, words: [] };
  let previous = '';
  for (const { wordId, text, label, startMs, endMs } of tokens) {
    line.text += separatorBetween(previous, label || text) + label;
    if (wordId !== null) line.words.push({ id: wordId, text, startMs, endMs, offset: line.text.length });
    line.text += text;
    if (text !== '') previous = text;
  }
  return line;
}

/** What stands before each line: where several speakers share a cue, a dash before each turn. */
function prefixes({ lines }: Block): string[] {
  const speakers = lines.map((line) => line[0].speakerId);
  const shared = speakers.some((speaker) => speaker !== speakers[0]);
  return speakers.map((speaker, index) =>
    shared && (index === 0 || speaker !== speakers[index - 1]) ? dash : '',
  );
}

/** When a block is heard and how much there is to read. */
export function spanOf(block: Block): CueSpan {
  const span: CueSpan = {
    startMs: Infinity,
    endMs: 0,
    characters: 0,
    fixedStartMs: block.override?.startMs,
    fixedEndMs: block.override?.endMs,
  };
  for (const prefix of prefixes(block)) span.characters += prefix.length;
  for (const line of block.lines) {
    line.forEach((token, index) => {
      span.startMs = Math.min(span.startMs, token.startMs);
      span.endMs = Math.max(span.endMs, token.endMs);
      span.characters += token.width + (index > 0 ? token.spaceBefore : 0);
    });
  }
  return span;
}

/** Cues that are made between two places to pause. */
export const cuesPerSlice = 50;

/** Blocks with their times, as cues. */
export function* makingCues(blocks: Block[], times: { startMs: number; endMs: number }[]): Sliced<Cue[]> {
  const cues: Cue[] = [];
  for (const [index, block] of blocks.entries()) {
    if (index % cuesPerSlice === 0) yield;
    const before = prefixes(block);
    const lines = block.lines.map((line, place) => cueLine(line, before[place]));
    const cue: Cue = {
      ...times[index],
      lines,
      wordIds: lines.flatMap((line) => line.words.map((word) => word.id)),
    };
    const { override } = block;
    if (override?.italic) cue.italic = true;
    if (override?.positionPercent !== undefined) cue.positionPercent = override.positionPercent;
    if (override !== undefined) cue.overrideId = override.id;
    cues.push(cue);
  }
  return cues;
}
