import { noWord, type NgramModel } from '../../../native-models/language/ngramModel.ts';
import { noNode, rootNode, type Lexicon } from '../languageModel/lexicon.ts';
import type { TokenTable } from '../tokens.ts';
import type { LogProbabilities } from '../types.ts';
import { noWords, nothing, Runs, Words, type Run } from './history.ts';
import { Hypotheses, offLexicon } from './hypotheses.ts';
import type { BeamOptions } from './options.ts';
import { Posterior } from './posterior.ts';

/** No word ended, or one that the lexicon lacks, where otherwise a place in the lexicon stands. */
const noEnd = -1;
export const unseenWord = -2;

/** The last two words before a piece, ids of the language model. */
export type Context = { first: number; second: number };

export type Found = {
  /** Of the best hypothesis: what was heard and how likely its words are, weighed (natural logarithm). */
  score: number;
  /** Its words, places in `words`, and its runs of tokens but the blank. */
  path: number[];
  pathRuns: Run[];
  words: Words;
  /** What `words` name their letters by. */
  runs: Runs;
  posterior: Posterior;
};

/**
 * CTC beam search over words (A. Graves and N. Jaitly, "Towards end-to-end speech recognition with recurrent neural
 * networks", 2014), each word spelled along a tree of the lexicon or, at a price, outside it. A hypothesis counts
 * with its best path, so that two in the same state of the language can be recombined. Inside a word the likeliest
 * word that it may become stands for the one that it will be.
 */
export class BeamSearch {
  readonly #language: NgramModel | null;
  readonly #lexicon: Lexicon;
  readonly #tokens: TokenTable;
  readonly #options: BeamOptions;
  readonly #letterIds: number[];
  readonly #silentIds: number[];
  #now: Hypotheses;
  #next: Hypotheses;
  readonly #offered: Hypotheses;
  readonly #sorted: Float64Array;

  /** @param language null: all words are as likely. */
  constructor(language: NgramModel | null, lexicon: Lexicon, tokens: TokenTable, options: BeamOptions) {
    this.#language = language;
    this.#lexicon = lexicon;
    this.#tokens = tokens;
    this.#options = options;
    this.#silentIds = [...tokens.kinds.keys()].filter((id) => tokens.kinds[id] === 'silent');
    this.#letterIds = tokens.kinds.flatMap((kind, id) => (kind === 'silent' ? [] : [id]));
    const offered = options.width * (this.#letterIds.length + 2);
    this.#now = new Hypotheses(options.width);
    this.#next = new Hypotheses(options.width);
    this.#offered = new Hypotheses(offered);
    this.#sorted = new Float64Array(offered);
  }

  /** @param context what was said before; by default a sentence begins. */
  run(piece: LogProbabilities, context: Context = this.sentenceStart): Found {
    const runs = new Runs();
    const words = new Words();
    const posterior = new Posterior(words);
    const now = this.#now;
    now.clear();
    now.offer(0, rootNode, 0, this.#tokens.blankId, context.first, context.second, nothing, noEnd);
    now.traces[0] = nothing;
    now.runStarts[0] = 0;
    now.wordTraces[0] = noWords;
    for (let frame = 0; frame < piece.frames; frame += 1) {
      this.#expand(piece.data, frame * piece.vocabularySize);
      this.#commit(frame, runs, words);
      posterior.look(frame, this.#now);
    }
    this.#endWords();
    this.#commit(piece.frames, runs, words);
    const last = this.#now;
    posterior.lookAtEnd(last);
    let best = 0;
    for (let h = 1; h < last.count; h += 1) if (last.scores[h] > last.scores[best]) best = h;
    return {
      score: last.scores[best],
      path: words.upTo(last.wordTraces[best]),
      pathRuns: runs.upTo(last.traces[best]),
      words,
      runs,
      posterior,
    };
  }

  get sentenceStart(): Context {
    return { first: noWord, second: this.#language?.startId ?? noWord };
  }

  get unknownId(): number {
    return this.#language?.unknownId ?? noWord;
  }

  #expand(data: Float32Array, row: number): void {
    const { leastTokenLog, scoreReach } = this.#options;
    const { blankId, delimiterId } = this.#tokens;
    const now = this.#now;
    const offered = this.#offered;
    offered.clear();
    const heard = this.#letterIds.filter((id) => data[row + id] > leastTokenLog);
    let highest = -Infinity;
    // Special tokens write nothing, as the blank does.
    let blankLog = -Infinity;
    for (const id of this.#silentIds) blankLog = Math.max(blankLog, data[row + id]);
    let highestToken = blankLog;
    for (const id of heard) highestToken = Math.max(highestToken, data[row + id]);
    for (let h = 0; h < now.count; h += 1) highest = Math.max(highest, now.scores[h] + highestToken);
    const least = highest - scoreReach - 5;
    for (let h = 0; h < now.count; h += 1) {
      const score = now.scores[h];
      const node = now.nodes[h];
      const unseen = now.unseen[h];
      const token = now.tokens[h];
      const first = now.first[h];
      const second = now.second[h];
      offered.offer(score + blankLog, node, unseen, blankId, first, second, h, noEnd);
      if (token !== blankId) {
        offered.offer(score + data[row + token], node, unseen, token, first, second, h, noEnd);
      }
      for (const next of heard) {
        const withToken = score + data[row + next];
        if (next === token || withToken < least) continue;
        if (next !== delimiterId) this.#spell(h, next, withToken);
        else if (node === rootNode) offered.offer(withToken, rootNode, 0, next, first, second, h, noEnd);
        else this.#delimit(h, next, withToken);
      }
    }
  }

  /** A word ends, or a phrase goes on, or both; between the words of a phrase a delimiter may come twice. */
  #delimit(h: number, token: number, score: number): void {
    const { nodes, first, second } = this.#now;
    const node = nodes[h];
    const inPhrase = node !== offLexicon && this.#lexicon.isInPhrase(node);
    if (!inPhrase || this.#lexicon.entryPlaces[node] >= 0) this.#endWord(h, token, score);
    if (node === offLexicon) return;
    if (this.#lexicon.child(node, token) !== noNode) this.#spell(h, token, score);
    else if (this.#lexicon.tokens[node] === token)
      this.#offered.offer(score, node, 0, token, first[h], second[h], h, noEnd);
  }

  #spell(h: number, token: number, score: number): void {
    const lexicon = this.#lexicon;
    const { languageWeight, unseenLetter } = this.#options;
    const now = this.#now;
    const first = now.first[h];
    const second = now.second[h];
    const node = now.nodes[h];
    const child = node === offLexicon ? noNode : lexicon.child(node, token);
    if (child !== noNode) {
      const foreseen = languageWeight * (lexicon.bestLogs[child] - lexicon.bestLogs[node]);
      this.#offered.offer(score + foreseen, child, 0, token, first, second, h, noEnd);
      return;
    }
    // Its words have been found one by one as well.
    if (node !== offLexicon && this.#lexicon.isInPhrase(node)) return;
    const left = node === offLexicon ? 0 : this.#leaveLexicon(node);
    const before = node === offLexicon ? now.unseen[h] : ~node;
    const letters = Math.imul(before, 0x01000193) ^ (token + 1);
    this.#offered.offer(score + left + unseenLetter, offLexicon, letters, token, first, second, h, noEnd);
  }

  /** What changes when the letters up to a node turn out to be none of the lexicon's words. */
  #leaveLexicon(node: number): number {
    const { languageWeight, unseenLetter } = this.#options;
    const unknown = this.#language ? this.#language.unigramLog(this.#language.unknownId) : 0;
    return (
      languageWeight * (unknown - this.#lexicon.bestLogs[node]) + unseenLetter * this.#lexicon.depths[node]
    );
  }

  #endWord(h: number, token: number, score: number): void {
    const { languageWeight, wordBonus } = this.#options;
    const { nodes, first, second } = this.#now;
    const node = nodes[h];
    const place = node === offLexicon ? noEnd : this.#lexicon.entryPlaces[node];
    const language = this.#language;
    let before = first[h];
    let last = second[h];
    let change: number;
    let words = 1;
    if (place >= 0) {
      const entry = this.#lexicon.entries[place];
      change = entry.bonus - this.#lexicon.bestLogs[node] + (language ? 0 : entry.log);
      words += entry.further?.length ?? 0;
      for (let i = 0; i < words; i += 1) {
        const word = i === 0 ? entry.word : entry.further![i - 1];
        if (language) change += language.logProbability(before, last, word);
        before = last;
        last = word;
      }
    } else {
      const word = this.unknownId;
      if (node !== offLexicon) score += this.#leaveLexicon(node);
      // The price of an unknown word has been paid by what is usual; how usual it is here makes the rest.
      change = language ? language.logProbability(before, last, word) - language.unigramLog(word) : 0;
      before = last;
      last = word;
    }
    const whole = score + languageWeight * change + wordBonus * words;
    this.#offered.offer(whole, rootNode, 0, token, before, last, h, place >= 0 ? place : unseenWord);
  }

  /** At the end of a piece all words end. */
  #endWords(): void {
    const now = this.#now;
    const { blankId } = this.#tokens;
    this.#offered.clear();
    const whole = Array.from({ length: now.count }, (_, h) => h).filter(
      (h) => !this.#isUnfinished(now.nodes[h]),
    );
    for (const h of whole.length > 0 ? whole : Array(now.count).keys()) {
      if (now.nodes[h] !== rootNode) this.#endWord(h, blankId, now.scores[h]);
      else this.#offered.offer(now.scores[h], rootNode, 0, blankId, now.first[h], now.second[h], h, noEnd);
    }
  }

  /** In the middle of a phrase, where nothing can end. */
  #isUnfinished(node: number): boolean {
    return node >= 0 && this.#lexicon.isInPhrase(node) && this.#lexicon.entryPlaces[node] < 0;
  }

  /** The best of what was offered become the hypotheses of the next frame, and their past is written down. */
  #commit(frame: number, runs: Runs, words: Words): void {
    const { width, scoreReach } = this.#options;
    const offered = this.#offered;
    const now = this.#now;
    const next = this.#next;
    const sorted = this.#sorted.subarray(0, offered.count);
    sorted.set(offered.scores.subarray(0, offered.count));
    sorted.sort();
    const lastPlace = Math.max(0, sorted.length - width);
    const least = Math.max(sorted[lastPlace], sorted[sorted.length - 1] - scoreReach);
    // Of those that are as good as the last one only some have room.
    let room = 0;
    for (let place = lastPlace; place < sorted.length && sorted[place] === least; place += 1) room += 1;
    next.count = 0;
    for (let place = 0; place < offered.count; place += 1) {
      if (!(offered.scores[place] >= least)) continue;
      if (offered.scores[place] === least && room-- <= 0) continue;
      const made = next.copy(offered, place);
      const parent = offered.parents[place];
      const token = now.tokens[parent];
      let trace = now.traces[parent];
      if (offered.tokens[place] === token) {
        next.runStarts[made] = now.runStarts[parent];
      } else {
        next.runStarts[made] = frame;
        if (token !== this.#tokens.blankId) {
          trace = runs.add(trace, { token, startFrame: now.runStarts[parent], endFrame: frame });
        }
      }
      next.traces[made] = trace;
      const ended = offered.ended[place];
      const before = now.wordTraces[parent];
      const node = now.nodes[parent];
      const letters = ended === unseenWord ? (node === offLexicon ? now.unseen[parent] : ~node) : 0;
      next.wordTraces[made] = ended === noEnd ? before : words.behind(before, ended, letters, trace);
    }
    this.#now = next;
    this.#next = now;
  }
}
