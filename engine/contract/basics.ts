import * as z from 'zod';

/** Kinds of failure; the command line turns each into its exit code. */
export const errorCode = z.enum(['usage', 'source', 'model', 'device', 'write', 'cancelled', 'internal']);
export type ErrorCode = z.infer<typeof errorCode>;

/** A failure as it crosses the boundary: one sentence for a person; the engine's log has the rest. */
export const failure = z.object({ code: errorCode, message: z.string() });
export type Failure = z.infer<typeof failure>;

export const device = z.enum(['auto', 'cpu', 'cuda', 'dml', 'coreml']);
export type Device = z.infer<typeof device>;

/** A recogniser's weights: an installed model's id, or a model folder. */
export const modelReference = z.object({ id: z.string().min(1), folder: z.string().min(1) });
export type ModelReference = z.infer<typeof modelReference>;

export const recognitionOptions = z.object({
  model: modelReference,
  device,
  /** 1 is the first audio track; missing: the file's default, else the first that can be decoded. */
  track: z.number().int().positive().optional(),
  channels: z.enum(['mix', 'split']),
  fromMs: z.number().min(0).optional(),
  toMs: z.number().positive().optional(),
});
export type RecognitionOptions = z.infer<typeof recognitionOptions>;

export const textCase = z.enum(['sentence', 'lower', 'as-is']);
export type TextCase = z.infer<typeof textCase>;

/** A word or phrase of a person's vocabulary: names, terms. */
export const ownWord = z.object({
  text: z.string().trim().min(1).max(200),
  /** How it is said, where its letters do not tell; at least as many words as the text has. */
  soundsLike: z.string().trim().min(1).max(200).optional(),
});
export type OwnWord = z.infer<typeof ownWord>;
export const ownWordsAtMost = 5000;
export const vocabulary = z.array(ownWord).max(ownWordsAtMost);

/** How letters become words: each frame's likeliest, or a search with a language model. */
export const decoder = z.enum(['greedy', 'beam']);
export type Decoder = z.infer<typeof decoder>;

export const transcriptionOptions = recognitionOptions.extend({
  case: textCase,
  /** Numbers, dates, sums and the like in their written form; missing: where sentences are written. */
  numbers: z.boolean().optional(),
  /** Whether people are told apart by their voices; missing: they are not. */
  speakers: z.boolean().optional(),
  /** Missing: a beam where a language model fits the model, otherwise greedy. */
  decoder: decoder.optional(),
  /** Words to listen for, with a beam. */
  vocabulary: vocabulary.optional(),
});
export type TranscriptionOptions = z.infer<typeof transcriptionOptions>;

/** The ids that we give ourselves: of projects, jobs and edits. They are never paths. */
export const ownId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
export const projectId = ownId;
/** `embedded`, or the id of an installed model. */
export const modelId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);

/** A file that a shell names. Pages name media by ids (see page.ts) and never see this. */
export const filePath = z.string().min(1).max(32_768);

/** Milliseconds since 1970, as `Date.now()`. */
export const timestampMs = z.number().int().min(0);

/** No answer but that it is done. */
export const nothing = z.object({});
