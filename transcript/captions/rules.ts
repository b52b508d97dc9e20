import * as z from 'zod';

/**
 * What a cue may be. The defaults are the Timed Text Style Guide's for English; a gap is two frames at
 * 24 a second, 83.3 ms, rounded down so that a gap of exactly two frames is never a fault.
 */
export const captionRules = z.object({
  /** In characters as a viewer counts them; the layout counts a wide (Chinese, Japanese, Korean) one twice. */
  maxLineChars: z.number().int().min(1).max(500).default(42),
  maxLines: z.number().int().min(1).max(10).default(2),
  minDurationMs: z.number().int().min(1).default(833),
  maxDurationMs: z.number().int().min(1).default(7000),
  maxCharsPerSecond: z.number().positive().default(20),
  minGapMs: z.number().int().min(0).default(83),
});

export type CaptionRules = z.infer<typeof captionRules>;

export const defaultRules: CaptionRules = captionRules.parse({});

/** A longer silence than this always ends a cue. */
export const longestPauseMs = 1500;

/** How long a cue may stay after its last word, where nothing else asks for more. */
export const tailMs = 500;
