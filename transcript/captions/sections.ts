import type { FunctionWords } from './language.ts';
import { longestPauseMs, type CaptionRules } from './rules.ts';
import { cutIntoCues, type CueRun } from './segmentation.ts';
import type { Token } from './tokens.ts';

type Laid = { tokens: readonly Token[]; nextMs: number; runs: CueRun[] };

/**
 * Runs of cues that were laid out before, so that after an edit only what it touched is laid out again. A section is
 * what stands between two silences that always end a cue: no cue crosses them, so each is laid out by itself.
 */
export class CueSections {
  #laid = new Map<string, Laid>();
  #before = new Map<string, Laid>();
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

  lay(tokens: readonly Token[], rules: CaptionRules, words: FunctionWords, nextMs: number): CueRun[] {
    const key = `${tokens[0].wordId} ${tokens[0].text} ${tokens[0].startMs}`;
    const known = this.#before.get(key);
    const isSame = known?.nextMs === nextMs && isAlike(known.tokens, tokens);
    const runs = isSame ? known.runs : cutIntoCues(tokens, rules, words, nextMs);
    this.#laid.set(key, { tokens, nextMs, runs });
    return runs;
  }
}

/** Whether the layout cannot tell two lists of tokens apart. */
function isAlike(a: readonly Token[], b: readonly Token[]): boolean {
  return (
    a.length === b.length &&
    a.every((token, index) => {
      const other = b[index];
      return (
        token.text === other.text &&
        token.startMs === other.startMs &&
        token.endMs === other.endMs &&
        token.speakerId === other.speakerId &&
        token.label === other.label &&
        token.beginsSegment === other.beginsSegment &&
        token.spaceBefore === other.spaceBefore
      );
    })
  );
}

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
