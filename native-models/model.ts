import { z } from 'zod';

/** What `model.json` of an installed model says: all that a recogniser and a decoder need beside the graph. */
export const modelManifest = z.object({
  formatVersion: z.literal(1),
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  name: z.string(),
  /** config.json's `model_type`. */
  family: z.string(),
  languages: z.array(z.string()),
  licence: z.string().nullable(),
  parameters: z.number().int().positive(),
  sampleRateHz: z.literal(16000),
  /** Whether the input is brought to zero mean and unit variance (over the samples of one run). */
  doNormalize: z.boolean(),
  /** Samples from one frame to the next, and samples that one frame sees. */
  hopSamples: z.number().int().positive(),
  receptiveFieldSamples: z.number().int().positive(),
  /** Shorter input is filled up with zeros to this length, after normalisation. */
  minimumSamples: z.number().int().positive(),
  /** Token by id. */
  vocabulary: z.array(z.string()),
  blankId: z.number().int().min(0),
  /** The token between words: `|` or a space; null where the vocabulary has none. */
  wordDelimiterId: z.number().int().min(0).nullable(),
  /** Tokens that are never text: `<s>`, `</s>`, `<unk>`, padding. */
  specialIds: z.array(z.number().int().min(0)),
  /** SHA-256 of the vocabulary's JSON, so that stored log-probabilities are not read with another one. */
  vocabularySha256: z.string(),
  /** As its card states them. */
  wordErrorRates: z.array(z.object({ corpus: z.string(), percent: z.number(), source: z.string() })),
  /** One sentence that a person must know before using it, or null. */
  notice: z.string().nullable(),
  /** Lengths of the files beside it, so that a cut one is found; none in models installed by the first versions. */
  fileBytes: z.record(z.string(), z.number().int().min(0)).optional(),
  /** Where on the hub it came from; none where a person imported it. */
  source: z.object({ hubId: z.string(), revision: z.string(), commit: z.string().nullable() }).optional(),
});

/** What a model's card says and its checkpoint does not. */
export const modelCard = modelManifest
  .pick({ name: true, languages: true, licence: true, wordErrorRates: true, notice: true, source: true })
  .partial();
export type ModelCard = z.infer<typeof modelCard>;

export type ModelManifest = z.infer<typeof modelManifest>;

/** The files of an installed model, in its own folder. */
export const modelFiles = {
  manifest: 'model.json',
  graph: 'model.onnx',
  weights: 'model.onnx.data',
} as const;

/** Something about a checkpoint or model that a person can mend; the message is one sentence that names it. */
export class ModelError extends Error {
  override name = 'ModelError';
}
