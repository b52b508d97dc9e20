import * as z from 'zod';

/** What a graph's linear layers compute in. A model has float32 always; int8 is for processors that gain by it. */
export const precisions = ['float32', 'int8'] as const;
export type Precision = (typeof precisions)[number];

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
  /** The graphs that lie beside it; models installed by the first versions have the one. */
  precisions: z.array(z.enum(precisions)).default(['float32']),
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

/** The files of an installed model, in its own folder; the graph and weights are those in float32. */
export const modelFiles = {
  manifest: 'model.json',
  graph: 'model.onnx',
  weights: 'model.onnx.data',
} as const;

/** A model's graph in a precision, and the weights beside it. */
export function graphFiles(precision: Precision): { graph: string; weights: string } {
  if (precision === 'float32') return { graph: modelFiles.graph, weights: modelFiles.weights };
  return { graph: `model.${precision}.onnx`, weights: `model.${precision}.onnx.data` };
}

/** The files that a model is not whole without, beside its manifest. */
export function neededFiles({ precisions }: Pick<ModelManifest, 'precisions'>): string[] {
  return precisions.flatMap((precision) => Object.values(graphFiles(precision)));
}

/** Something about a checkpoint or model that a person can mend; the message is one sentence that names it. */
export class ModelError extends Error {
  override name = 'ModelError';
}
