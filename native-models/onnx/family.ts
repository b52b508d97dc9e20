import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';

/** What a config.json asks for, read and found possible. */
export type Plan = {
  /** The name of the base model in the checkpoint's tensors, with its dot. */
  prefix: string;
  vocabularySize: number;
  /** CTC's blank, where config.json names it. */
  padTokenId: number | null;
  /** Samples from frame to frame, samples that a frame sees, and the fewest that the graph takes. */
  hopSamples: number;
  receptiveFieldSamples: number;
  minimumSamples: number;
  /**
   * Adds the whole model.
   * @param waveform [1, samples], normalised as the model wants it
   * @returns logits [1, frames, vocabulary]
   */
  build(graph: Graph, weights: Weights, waveform: Value): Promise<Value>;
};

/**
 * How models of one `model_type` become a graph.
 * @throws ModelError where config.json is wrong or asks for what cannot be converted, by the field's name.
 */
export type Family = (config: unknown, origin: string) => Plan;
