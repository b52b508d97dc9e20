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
  /** How many letters of the text lie behind a path in each state; a word counts the letters of its shortest spelling. */
  progress: Float64Array;
  /** No path gains more states than this from a frame to the next, but by leaving words out. */
  longestStep: number;
};

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
  const silences: number[] = [];
  const progress: number[] = [];
  let lettersBefore = 0;
  const add = (column: number, letter: boolean, word: number, spelling: number, from: number[]): number => {
    predecessorsStart.push(predecessors.length);
    predecessors.push(...from);
    isLetter.push(letter ? 1 : 0);
    wordOf.push(word);
    spellingOf.push(spelling);
    leapsFrom.push(-1);
    progress.push(lettersBefore);
    return columns.push(column) - 1;
  };
  // Letters that end the word before; the next word may follow at once where its first letter differs.
  let lastLetters: number[] = [];
  let silence = add(ids.between, false, -1, 0, []);
  silences.push(silence);
  words.forEach(({ spellings }, word) => {
    const ends: number[] = [];
    const letters = Math.min(...spellings.map((spelling) => spelling.flat().length));
    const wordBegins = lettersBefore;
    spellings.forEach((spelling, index) => {
      let gap = silence;
      let before = lastLetters;
      const perLetter = letters / spelling.flat().length;
      lettersBefore = wordBegins;
      spelling.forEach((spoken, spokenIndex) => {
        if (spokenIndex > 0) gap = add(ids.between, false, word, index, before);
        spoken.forEach((id, letterIndex) => {
          if (letterIndex > 0) gap = add(ids.blank, false, word, index, before);
          lettersBefore += perLetter;
          before = [add(id, true, word, index, [gap, ...before.filter((letter) => columns[letter] !== id)])];
        });
      });
      ends.push(...before);
    });
    lettersBefore = wordBegins + letters;
    const after = add(ids.between, false, -1, 0, ends);
    leapsFrom[after] = silence;
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
    progress: Float64Array.from(progress),
    longestStep:
      2 * silences.reduce((longest, state, i) => Math.max(longest, state - (silences[i - 1] ?? 0)), 1),
  };
}
