/** How the search weighs what it hears against what is likely to be said. */
export type BeamOptions = {
  /** Hypotheses that live on after each frame. */
  width: number;
  /** Those that are so much less likely than the best one are given up (natural logarithm). */
  scoreReach: number;
  /** Tokens below this log-probability are not tried on a frame. */
  leastTokenLog: number;
  /** Weight of the language model's log-probabilities. */
  languageWeight: number;
  /** What each word adds. */
  wordBonus: number;
  /** What each letter of a word adds that the lexicon does not hold; negative. */
  unseenLetter: number;
};

/** Tuned on development speakers (docs/language.md). */
export const defaultBeamOptions: BeamOptions = {
  width: 100,
  scoreReach: 18,
  leastTokenLog: -7,
  languageWeight: 0.6,
  wordBonus: 0.65,
  unseenLetter: -2.5,
};
