import type { FunctionWords } from './language.ts';
import { longestPauseMs, type CaptionRules } from './rules.ts';
import { cuttingIntoCues, type CueRun, type Cut } from './segmentation.ts';
import type { Sliced } from './slices.ts';
import type { Token } from './tokens.ts';

/**
 * Runs of cues that were laid out before, so that after an edit only what it touched is laid out again. A section is
 * what stands between two silences that always end a cue: no cue crosses them, so each is laid out by itself. One that
 * has changed takes over what is decided as before; it is known by its first or its last token.
 */
export class CueSections {
  #laid = new Map<string, Cut>();
  #before = new Map<string, Cut>();
  #conditions = '';

  /** Begins another layout; what the last one does not find again is forgotten with the next. */
  begin(rules: CaptionRules, language: string): void {
    const conditions = JSON.stringify([rules, language]);
    this.#before = conditions === this.#conditions ? new Map([...this.#before, ...this.#laid]) : new Map();
    this.#laid = new Map();
    this.#conditions = conditions;
  }

  /** Ends a layout that was not broken off. */
  end(): void {
    this.#before = new Map();
  }

  *laying(
    tokens: readonly Token[],
    rules: CaptionRules,
    words: FunctionWords,
    nextMs: number,
  ): Sliced<readonly CueRun[]> {
    const [first, last] = [`from ${keyOf(tokens[0])}`, `to ${keyOf(tokens[tokens.length - 1])}`];
    const before = this.#before.get(first) ?? this.#before.get(last);
    const cut = yield* cuttingIntoCues(tokens, rules, words, nextMs, before);
    this.#laid.set(first, cut);
    this.#laid.set(last, cut);
    return cut.runs;
  }
}

const keyOf = ({ wordId, text, startMs }: Token) => `${wordId} ${text} ${startMs}`;

/** Cuts tokens, in the order of their time, where nobody has spoken for longer than a cue may last into. */
export function sectionsOf(tokens: readonly Token[]): Token[][] {
  const sections: Token[][] = [];
  let heardUntilMs = -Infinity;
  for (const token of tokens) {
    const section = sections.at(-1);
    if (section === undefined || token.startMs - heardUntilMs >= longestPauseMs) sections.push([token]);
    else section.push(token);
    heardUntilMs = Math.max(heardUntilMs, token.endMs);
  }
  return sections;
}
