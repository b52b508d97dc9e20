import * as z from 'zod';

/** A typed array of 32-bit floats, as structured cloning carries it. */
const floats = z.instanceof(Float32Array<ArrayBufferLike>);

/** A typed array of whole numbers. */
const integers = z.instanceof(Int32Array<ArrayBufferLike>);

/** What a recogniser is told. It holds one session and answers in order. */
export const recogniserRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('load'),
    graphPath: z.string(),
    device: z.enum(['cpu', 'cuda', 'dml', 'coreml']),
    threads: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal('run'),
    id: z.number().int(),
    /** As the model wants them: normalised, at least its minimum long. */
    samples: floats,
    /** Raw logits, or natural-logarithm probabilities. */
    output: z.enum(['logits', 'log-probabilities']),
  }),
  z.object({
    kind: z.literal('run-words'),
    id: z.number().int(),
    /** Three numbers a word, and one for the pause behind it (`native-models/language/wordFeatures.ts`). */
    words: integers,
    pauses: integers,
  }),
  z.object({ kind: z.literal('describe') }),
  z.object({ kind: z.literal('measure-memory') }),
]);

export const recogniserReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded') }),
  z.object({
    kind: z.literal('output'),
    id: z.number().int(),
    frames: z.number().int(),
    vocabularySize: z.number().int(),
    data: floats,
  }),
  z.object({ kind: z.literal('description'), devices: z.array(z.string()), version: z.string() }),
  /** The most memory that the process has held, the model's file in memory among it. */
  z.object({ kind: z.literal('memory'), peakBytes: z.number().int() }),
  z.object({ kind: z.literal('failed'), during: z.enum(['load', 'run']), message: z.string() }),
]);

export type RecogniserRequest = z.infer<typeof recogniserRequest>;
export type RecogniserReply = z.infer<typeof recogniserReply>;
