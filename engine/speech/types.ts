/** A piece of one channel that goes to the recogniser in one run. Positions are samples at 16 kHz on the media's clock. */
export type SpeechWindow = {
  /** 0 for a mix or the first channel. */
  channel: number;
  /** The part whose frames count. */
  startSample: number;
  endSample: number;
  /** Where `samples` begins: at or before startSample; what lies outside [startSample, endSample) is context. */
  samplesStart: number;
  samples: Float32Array;
};
