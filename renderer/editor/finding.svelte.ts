import type { TranscriptDocument } from '../../transcript/document.ts';
import { find, toMatch, type Hit, type Query } from './find.ts';
import { matchInWorker } from './matchInWorker.ts';

/** What is looked for, and what was found. */
export class Finding {
  isOpen = $state(false);
  text = $state('');
  options = $state.raw({ matchCase: false, wholeWords: false, regularExpression: false, exact: false });
  hits = $state.raw<readonly Hit[]>([]);
  /** Which of them is the current one, from 0; -1 before the first step. */
  current = $state(-1);
  /** The expression is none. */
  isWrong = $state(false);
  /** The expression took so long that it was given up. */
  isTooSlow = $state(false);
  #matching = new AbortController();
  input: HTMLInputElement | undefined;
  #replacement: HTMLInputElement | undefined;
  #focusReplacement = false;

  get query(): Query {
    return { text: this.text, ...this.options };
  }

  open(wanted: 'find' | 'replace', text: string): void {
    if (text !== '') this.text = text;
    this.#focusReplacement = wanted === 'replace' && this.text !== '';
    if (this.isOpen) {
      const input = this.#focusReplacement ? this.#replacement : this.input;
      input?.focus();
      input?.select();
    }
    this.isOpen = true;
  }

  attachReplacement(input: HTMLInputElement): void {
    this.#replacement = input;
    if (this.#focusReplacement) {
      input.focus();
      this.#focusReplacement = false;
    }
  }

  /**
   * Looks again; the current hit stays where it still stands. What is no regular expression is found at once; one is
   * matched in a thread of its own, and the last look counts.
   */
  async look(document: TranscriptDocument): Promise<void> {
    this.#matching.abort();
    this.#matching = new AbortController();
    const { signal } = this.#matching;
    try {
      const isMatched = this.query.regularExpression && this.text !== '';
      const hits = isMatched ? await this.#match(document, signal) : find(document, this.query);
      if (signal.aborted) return;
      this.#take(hits ?? []);
      this.isTooSlow = hits === null;
      this.isWrong = false;
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      this.#take([]);
      this.isTooSlow = false;
      this.isWrong = true;
    }
  }

  async #match(document: TranscriptDocument, signal: AbortSignal): Promise<Hit[] | null> {
    const { text, expression, hitsOf } = toMatch(document, this.query);
    const matches = await matchInWorker(text, expression, signal);
    return matches && hitsOf(matches);
  }

  #take(hits: readonly Hit[]): void {
    const before = this.hits[this.current]?.parts[0];
    this.hits = hits;
    this.current = before
      ? hits.findIndex(({ parts }) => parts[0].itemId === before.itemId && parts[0].start === before.start)
      : -1;
  }

  /** The next or previous hit, going round; null where there is none. */
  next(direction: 1 | -1): Hit | null {
    const { length } = this.hits;
    if (length === 0) return null;
    const from = this.current < 0 && direction === -1 ? 0 : this.current;
    this.current = (from + direction + length) % length;
    return this.hits[this.current];
  }
}
