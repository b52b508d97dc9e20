/** Natural-logarithm probabilities [frames, vocabularySize], row by row. */
export type LogProbabilities = {
  frames: number;
  vocabularySize: number;
  data: Float32Array;
  /** The media's sample (16 kHz) at the beginning of frame 0's hop, and the samples from frame to frame. */
  startSample: number;
  hopSamples: number;
};

/** A word as the decoder found it, in the model's letters. */
export type RecognisedWord = {
  text: string;
  startMs: number;
  endMs: number;
  /** 0..1 */
  confidence: number;
  channel: number;
  /** How a person's vocabulary writes it; `text` has the letters that were heard. */
  written?: string;
  /** What was said, in the model's letters, where the text is written in another way. */
  spoken?: string;
  alternatives?: { text: string; confidence: number }[];
};
