import { captionRules, type CaptionRules } from './rules.ts';

/** How long some frames last, rounded down, so that exactly so many are never a fault. */
export function framesMs(frames: number, frameRate: number): number {
  return Math.floor((frames * 1000) / frameRate);
}

/**
 * Rules by name. Netflix: Timed Text Style Guide, English, adult programmes. BBC: Subtitle Guidelines, 180 words a
 * minute at five letters and a space, lines as teletext had them, no gap. YouTube states none: the width is that of its
 * own automatic captions.
 * @param frameRate of the film, which gaps are counted in
 */
export function presetRules(preset: CaptionPreset, frameRate: number): CaptionRules {
  const twoFrames = framesMs(2, frameRate);
  const rules: Record<CaptionPreset, Partial<CaptionRules>> = {
    sewscribe: {},
    netflix: { maxCharsPerSecond: 20, minGapMs: twoFrames },
    bbc: { maxLineChars: 37, maxCharsPerSecond: 18, minDurationMs: 1000, minGapMs: 0 },
    youtube: { maxLineChars: 32, minDurationMs: 1000, maxDurationMs: 6000, minGapMs: 0 },
  };
  return captionRules.parse(rules[preset]);
}

export const captionPresets = ['sewscribe', 'netflix', 'bbc', 'youtube'] as const;
export type CaptionPreset = (typeof captionPresets)[number];
