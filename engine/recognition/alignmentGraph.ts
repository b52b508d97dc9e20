/** A word as the aligner sees it: one or more spellings, each a row of spoken words, each a row of token ids. */
export type SpelledWord = { spellings: number[][][] };

/**
 * The states that a text passes through, one column of a trellis. State 0 is the silence before the first word;
 * every word adds its spellings one behind the other (letters with a blank between each two, spoken words with
 * silence between them) and the silence after it. A path stays in a state, or enters it from one of its
 * predecessors, which all have lower numbers; silences may be left out between letters that differ.
 */
export type AlignmentGraph = {
  /** The cost column that each state reads. */
  columns: Int32Array;
  isLetter: Uint8Array;
  /** The predecessors of state s: predecessors[predecessorsStart[s] … predecessorsStart[s + 1]). */
  predecessors: Int32Array;
  predecessorsStart: Int32Array;
  /** The word that a state belongs to, -1 in the silences between words. */
  words: Int32Array;
  /** The spelling that a state belongs to. */
  spellings: Int32Array;
  /** The silence before word w is silences[w]; the last entry ends the text. */
  silences: Int32Array;
  /** For a silence after a word: the silence before that word, from which the word can be left out. Else -1. */
  leapsFrom: Int32Array;
  /** What leaving out each word costs. */
  leapCosts: Float64Array;
};

/** Leaving a word out costs this much a letter: less than a letter that was not said, so that a text may hold
 * words which the recording has not; more than a doubtful letter. */
const unsaidLetterCost = -9;

/**
 * Builds the states of a text.
 * @param words each with at least one spelling, each spelling with at least one letter.
 * @param ids the cost columns of blanks inside a word and of the silence between words.
 */
export function alignmentGraph(
  words: SpelledWord[],
  ids: { blank: number; between: number },
): AlignmentGraph {
  const columns: number[] = [];
  const isLetter: number[] = [];
  const predecessors: number[] = [];
  const predecessorsStart: number[] = [];
  const wordOf: number[] = [];
  const spellingOf: number[] = [];
  const leapsFrom: number[] = [];
  const leapCosts: number[] = [];
  const silences: number[] = [];
  const add = (column: number, letter: boolean, word: number, spelling: number, from: number[]): number => {
    predecessorsStart.push(predecessors.length);
    predecessors.push(...from);
    isLetter.push(letter ? 1 : 0);
    wordOf.push(word);
    spellingOf.push(spelling);
    leapsFrom.push(-1);
    return columns.push(column) - 1;
  };
  // Letters that end the word before; the next word may follow at once where its first letter differs.
  let lastLetters: number[] = [];
  let silence = add(ids.between, false, -1, 0, []);
  silences.push(silence);
  words.forEach(({ spellings }, word) => {
    const ends: number[] = [];
    spellings.forEach((spelling, index) => {
      let gap = silence;
      let before = lastLetters;
      spelling.forEach((spoken, spokenIndex) => {
        if (spokenIndex > 0) gap = add(ids.between, false, word, index, before);
        spoken.forEach((id, letterIndex) => {
          if (letterIndex > 0) gap = add(ids.blank, false, word, index, before);
          before = [add(id, true, word, index, [gap, ...before.filter((letter) => columns[letter] !== id)])];
        });
      });
      ends.push(...before);
    });
    const after = add(ids.between, false, -1, 0, ends);
    leapsFrom[after] = silence;
    const letters = Math.min(...spellings.map((spelling) => spelling.flat().length));
    leapCosts.push(unsaidLetterCost * letters);
    silences.push(after);
    silence = after;
    lastLetters = ends;
  });
  predecessorsStart.push(predecessors.length);
  return {
    columns: Int32Array.from(columns),
    isLetter: Uint8Array.from(isLetter),
    predecessors: Int32Array.from(predecessors),
    predecessorsStart: Int32Array.from(predecessorsStart),
    words: Int32Array.from(wordOf),
    spellings: Int32Array.from(spellingOf),
    silences: Int32Array.from(silences),
    leapsFrom: Int32Array.from(leapsFrom),
    leapCosts: Float64Array.from(leapCosts),
  };
}
