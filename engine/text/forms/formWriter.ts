import type { RecognisedWord } from '../../recognition/types.ts';
import { sentencePauseMs } from '../sentenceCase.ts';
import { Phrase, type Piece } from './phrase.ts';
import { mayBeInForm, piecesOf } from './rules.ts';

/** A longer row of words that may all be part of a form is cut, so that nothing is held back for ever. */
const longestPhrase = 64;
const mostAlternatives = 5;

/** A word's letters in small, and the marks around them. */
type Said = { word: RecognisedWord; core: string; before: string; behind: string };

/** One channel's words on their way; the last of a phrase may be any word, for rules that look ahead. */
type Alternatives = NonNullable<RecognisedWord['alternatives']>;
type Channel = { phrase: Said[]; previous: string };

/**
 * Turns words as they were said into written forms (English): "twenty one percent" is one word, 21%, from the start of
 * its first to the end of its last, with what was said kept in `spoken`. A form never goes across a mark or a long
 * pause. What is written does not depend on the portions in which words come.
 */
export class FormWriter {
  readonly #channels = new Map<number, Channel>();

  /** @returns the words that are settled by these. */
  push(words: readonly RecognisedWord[]): RecognisedWord[] {
    return words.flatMap((word) => this.#pushOne(word));
  }

  #pushOne(word: RecognisedWord): RecognisedWord[] {
    const channel = this.#channel(word.channel);
    const said = take(word);
    const last = channel.phrase.at(-1);
    const isApart =
      last !== undefined && (said.before !== '' || word.startMs - last.word.endMs >= sentencePauseMs);
    const settled = isApart ? write(channel) : [];
    channel.phrase.push(said);
    const goesOn = mayBeInForm(said.core) && said.behind === '' && channel.phrase.length < longestPhrase;
    return goesOn ? settled : [...settled, ...write(channel)];
  }

  /** What still waits, at the end of the speech. */
  flush(): RecognisedWord[] {
    return [...this.#channels.values()].flatMap(write).sort((a, b) => a.startMs - b.startMs);
  }

  #channel(number: number): Channel {
    let channel = this.#channels.get(number);
    if (!channel) this.#channels.set(number, (channel = { phrase: [], previous: '' }));
    return channel;
  }
}

function take(word: RecognisedWord): Said {
  const [, before, core, behind] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(word.text)!;
  return { word, core: core.toLowerCase(), before, behind };
}

function write(channel: Channel): RecognisedWord[] {
  const { phrase } = channel;
  channel.phrase = [];
  const last = phrase.at(-1);
  if (!last) return [];
  const { previous } = channel;
  channel.previous = /[.?!]/.test(last.behind) ? '' : last.core;
  const written: RecognisedWord[] = [];
  let at = 0;
  for (const { text, words } of piecesOf(phraseOf(phrase, previous))) {
    const covered = phrase.slice(at, at + words);
    written.push(
      text === null ? covered[0].word : formed(text, covered, others(phrase, previous, at, words)),
    );
    at += words;
  }
  return written;
}

const phraseOf = (phrase: Said[], before: string) =>
  new Phrase(
    phrase.map(({ core }) => core),
    { before },
    phrase.map(({ word }) => /^\P{L}*\p{Lu}/u.test(word.text)),
  );

function formed(text: string, covered: Said[], alternatives: Alternatives): RecognisedWord {
  const [first, last] = [covered[0], covered.at(-1)!];
  return {
    text: dressed(text, first, last),
    startMs: first.word.startMs,
    endMs: last.word.endMs,
    // A form is as sure as its least sure word.
    confidence: Math.min(...covered.map((said) => said.word.confidence)),
    channel: first.word.channel,
    ...(alternatives.length > 0 && { alternatives }),
    spoken: covered.map(({ word, core }) => word.spoken ?? core).join(' '),
  };
}

/** With the marks that were around it, and a capital where it begins a sentence with a letter. */
function dressed(text: string, first: Said, last: Said): string {
  const isCapital = /^\P{L}*\p{Lu}/u.test(first.word.text);
  const body = isCapital ? text[0].toUpperCase() + text.slice(1) : text;
  const behind = text.endsWith('.') && last.behind.startsWith('.') ? last.behind.slice(1) : last.behind;
  return first.before + body + (body.endsWith(',') && behind.startsWith(',') ? behind.slice(1) : behind);
}

/** What the form would be with another reading of one of its words; none where it would reach elsewhere. */
function others(phrase: Said[], previous: string, at: number, words: number): Alternatives {
  const found = new Map<string, number>();
  phrase.slice(at, at + words).forEach(({ word }, i) => {
    for (const { text, confidence } of word.alternatives ?? []) {
      const said = phrase.with(at + i, take({ ...word, text }));
      const piece = pieceAt(piecesOf(phraseOf(said, previous)), at);
      if (piece?.words !== words || (piece.text === null && words > 1)) continue;
      const form = piece.text === null ? text : dressed(piece.text, phrase[at], phrase[at + words - 1]);
      if (!found.has(form)) found.set(form, confidence);
    }
  });
  return [...found]
    .map(([text, confidence]) => ({ text, confidence }))
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, mostAlternatives);
}

function pieceAt(pieces: readonly Piece[], at: number): Piece | undefined {
  let begin = 0;
  for (const piece of pieces) {
    if (begin === at) return piece;
    begin += piece.words;
  }
  return undefined;
}
