import type { CaptionSettings, Settings } from '../../engine/contract.ts';
import { captionPresets, presetRules } from '../../transcript/captions/presets.ts';

/** Film's frames a second; a project with another rate has its own. */
const usualFrameRate = 24;

/** The caption rules that a new project can begin with: the presets, and a person's own. */
export function captionChoices({ captions, ownCaptions }: Settings): CaptionSettings[] {
  const presets = captionPresets.map((preset) => ({ preset, rules: presetRules(preset, usualFrameRate) }));
  const all: CaptionSettings[] = [...presets, ...ownCaptions];
  return all.some(({ preset }) => preset === captions.preset) ? all : [...all, captions];
}
