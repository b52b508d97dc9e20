import * as z from 'zod';

/**
 * The document, version 1: a flat list of items (words and untimed notes) in reading order, cut into
 * segments, with the speakers, languages and hand-made cue fixes that stand beside it.
 * All times are whole milliseconds on the media's clock, 0 where a player starts.
 */
export const documentVersion = 1;

/** Another reading of a word that the recogniser thought possible; confidence is 0..1. */
export const alternative = z.object({ text: z.string().min(1), confidence: z.number().min(0).max(1) });

/** Where a word came from. */
export const origin = z.enum(['recogniser', 'person', 'aligner', 'import']);

export const word = z.object({
  kind: z.literal('word'),
  id: z.string().min(1),
  /** As written, with its punctuation: `Hello,` */
  text: z.string().min(1),
  /** What was said, in the model's letters, where that differs from `text` by more than case and punctuation. */
  spoken: z.string().min(1).optional(),
  startMs: z.number().int().min(0),
  endMs: z.number().int().min(0),
  confidence: z.number().min(0).max(1),
  alternatives: z.array(alternative).optional(),
  origin,
  /** The model that recognised or aligned it. */
  modelId: z.string().optional(),
  /** How well the text fits the sound where it was aligned, 0..1. */
  alignment: z.number().min(0).max(1).optional(),
  /** A person marked it to find it again. */
  highlighted: z.literal(true).optional(),
});

/** Something without a time of its own, `[laughs]` or a remark; it hangs on its place between words. */
export const note = z.object({
  kind: z.literal('note'),
  id: z.string().min(1),
  text: z.string().min(1),
  /** A person's remark to themselves on what stands before it: shown beside the text, in no export. */
  remark: z.literal(true).optional(),
});

export const item = z.discriminatedUnion('kind', [word, note]);

/** A stretch of one speaker: from its first item up to the next segment's first item. */
export const segment = z.object({
  id: z.string().min(1),
  firstItemId: z.string().min(1),
  speakerId: z.string().nullable(),
});

export const speaker = z.object({ id: z.string().min(1), name: z.string().min(1) });

/** What a person fixed by hand on the cue that begins at a word; survives new words around it. */
export const cueOverride = z.object({
  id: z.string().min(1),
  /** The cue runs from this word … */
  firstWordId: z.string().min(1),
  /** … to this one. */
  lastWordId: z.string().min(1),
  startMs: z.number().int().min(0).optional(),
  endMs: z.number().int().min(0).optional(),
  /** Words after which a line ends. */
  lineBreakAfterWordIds: z.array(z.string()).optional(),
  /** A WebVTT line position in percent from the top. */
  positionPercent: z.number().min(0).max(100).optional(),
  italic: z.boolean().optional(),
});

export const documentSchema = z.object({
  version: z.literal(documentVersion),
  media: z.object({
    name: z.string(),
    durationMs: z.number().int().min(0),
    frameRate: z.number().positive().nullable(),
    /** `HH:MM:SS:FF`, as the media's own clock begins. */
    startTimecode: z.string().nullable(),
  }),
  model: z.object({ id: z.string(), device: z.string() }).nullable(),
  languages: z.array(z.string()),
  speakers: z.array(speaker),
  items: z.array(item),
  segments: z.array(segment),
  overrides: z.array(cueOverride),
});

export type Alternative = z.infer<typeof alternative>;
export type Origin = z.infer<typeof origin>;
export type Word = z.infer<typeof word>;
export type Note = z.infer<typeof note>;
export type Item = z.infer<typeof item>;
export type Segment = z.infer<typeof segment>;
export type Speaker = z.infer<typeof speaker>;
export type CueOverride = z.infer<typeof cueOverride>;
export type TranscriptDocument = z.infer<typeof documentSchema>;
