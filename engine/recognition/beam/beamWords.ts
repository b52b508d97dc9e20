import type { NgramModel } from '../../../native-models/language/ngramModel.ts';
import type { OwnWord } from '../../contract.ts';
import { vocabularyEntries, type VocabularyWeights } from '../languageModel/vocabulary.ts';
import type { ModelManifest } from '../../../native-models/model.ts';
import { noWord } from '../../../native-models/language/ngramModel.ts';
import { checkVocabulary } from '../ctc.ts';
import { sampleRateHz } from '../../media/types.ts';
import { Lexicon, type LexiconEntry } from '../languageModel/lexicon.ts';
import { spelledWords, Speller } from '../languageModel/spelledWords.ts';
import { tokenTable, type TokenTable } from '../tokens.ts';
import type { LogProbabilities, RecognisedWord } from '../types.ts';
import { wordEdges } from '../wordEdges.ts';
import { nothing, type Run } from './history.ts';
import { defaultBeamOptions, type BeamOptions } from './options.ts';
import { BeamSearch, unseenWord, type Context, type Found } from './search.ts';

/** Other words that a word may have been. */
const mostAlternatives = 5;
/** Less likely ones are no help. */
const leastShare = 0.01;

type PathWord = { word: number; first: number; last: number; written: string | undefined };

/** Reads words out of log-probabilities with a beam search; made once for a model. */
export class BeamDecoder {
  readonly #manifest: ModelManifest;
  readonly #tokens: TokenTable;
  readonly #search: BeamSearch;
  readonly #entries: LexiconEntry[];
  readonly #idsByText: Map<string, number>;

  /**
   * @param language null: the search has no lexicon and follows the letters alone.
   * @param vocabulary a person's words, which need a language.
   */
  constructor(
    language: NgramModel | null,
    manifest: ModelManifest,
    options: Partial<BeamOptions> = {},
    vocabulary: { words: readonly OwnWord[]; weights?: VocabularyWeights } = { words: [] },
  ) {
    this.#manifest = manifest;
    this.#tokens = tokenTable(manifest);
    const speller = new Speller(this.#tokens);
    this.#entries = language ? spelledWords(language, speller) : [];
    if (language) {
      const own = vocabularyEntries(vocabulary.words, { language, speller, manifest }, vocabulary.weights);
      this.#entries.push(...own);
    }
    this.#idsByText = new Map(
      this.#entries
        .filter(({ further = [] }) => further.length === 0)
        .map(({ tokens, word }) => [this.#write(Array.from(tokens)), word]),
    );
    const lexicon = new Lexicon(this.#entries, manifest.vocabulary.length, this.#tokens.delimiterId);
    this.#search = new BeamSearch(language, lexicon, this.#tokens, { ...defaultBeamOptions, ...options });
  }

  /**
   * @param previous the words before the piece, in the model's letters; none: a sentence begins.
   * @returns as greedyWords; a word's confidence is its share of the beam while it was new.
   * @throws RangeError where the piece was made with another vocabulary.
   */
  words(
    piece: LogProbabilities,
    { channel, previous = [] }: { channel: number; previous?: string[] },
  ): RecognisedWord[] {
    checkVocabulary(piece, this.#manifest);
    const found = this.#search.run(piece, this.#context(previous));
    const spans = this.#wordSpans(found.pathRuns);
    const toMs = (frame: number) => ((piece.startSample + frame * piece.hopSamples) * 1000) / sampleRateHz;
    const edges = wordEdges(
      spans.map((runs) => ({
        startMs: toMs(runs[0].startFrame),
        endMs: toMs(runs.at(-1)!.endFrame),
        earliestMs: toMs(0),
        latestMs: toMs(piece.frames),
      })),
    );
    return this.#wordsOfPath(found, spans.length).map(({ word, first, last, written }) => ({
      text: spans
        .slice(first, last + 1)
        .map((runs) => this.#write(runs.map(({ token }) => token)))
        .join(' '),
      startMs: edges[first].startMs,
      endMs: edges[last].endMs,
      ...this.#certainty(found, word),
      channel,
      ...(written !== undefined && { written }),
    }));
  }

  /** The path's words as they are to be written, each with its first and last span; phrases are several. */
  #wordsOfPath({ path, words }: Found, spans: number): PathWord[] {
    let at = 0;
    const found = path.flatMap((word): PathWord[] => {
      const place = words.entry(word);
      const written = place === unseenWord ? undefined : this.#entries[place].written;
      return (written ?? [{ text: undefined, words: 1 }]).map((part) => {
        at += part.words;
        return { word, first: at - part.words, last: at - 1, written: part.text };
      });
    });
    if (at === spans) return found;
    // A piece that ends in the middle of a phrase: each word by itself.
    return Array.from({ length: spans }, (_, span) => {
      return { word: path[Math.min(span, path.length - 1)], first: span, last: span, written: undefined };
    });
  }

  #context(previous: string[]): Context {
    if (previous.length === 0) return this.#search.sentenceStart;
    const [second = noWord, first = noWord] = previous
      .slice(-2)
      .map((text) => this.#idsByText.get(text) ?? this.#search.unknownId)
      .reverse();
    return { first, second };
  }

  #certainty(
    { posterior, words, runs }: Found,
    word: number,
  ): Pick<RecognisedWord, 'confidence' | 'alternatives'> {
    const rivals = posterior.rivals(word);
    const confidence = rivals.find((rival) => rival.word === word)!.share;
    const alternatives = rivals
      .filter((rival) => rival.word !== word && rival.share >= leastShare)
      // A phrase is no other reading of a word.
      .filter((rival) => !this.#isPhrase(words.entry(rival.word)) && !this.#isPhrase(words.entry(word)))
      .slice(0, mostAlternatives)
      .map((rival) => {
        const place = words.entry(rival.word);
        const entry = place === unseenWord ? undefined : this.#entries[place];
        const tokens = entry?.tokens ?? this.#lettersBack(runs, words.lastRun(rival.word));
        const own = entry?.written?.length === 1 ? entry.written[0].text : undefined;
        return { text: own ?? this.#write(Array.from(tokens)), confidence: rival.share };
      });
    return alternatives.length > 0 ? { confidence, alternatives } : { confidence };
  }

  #isPhrase(place: number): boolean {
    return place !== unseenWord && (this.#entries[place].further?.length ?? 0) > 0;
  }

  #lettersBack(runs: Found['runs'], last: number): number[] {
    const letters: number[] = [];
    for (let at = last; at !== nothing; at = runs.previous(at)) {
      const { token } = runs.at(at);
      if (token === this.#tokens.delimiterId) break;
      letters.push(token);
    }
    return letters.reverse();
  }

  #wordSpans(runs: Run[]): Run[][] {
    const spans: Run[][] = [[]];
    for (const run of runs) {
      if (run.token === this.#tokens.delimiterId) spans.push([]);
      else spans.at(-1)!.push(run);
    }
    return spans.filter((span) => span.length > 0);
  }

  #write(tokens: number[]): string {
    return tokens.map((token) => this.#tokens.texts[token]).join('');
  }
}
