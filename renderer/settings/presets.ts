import { defaultSettings, type CaptionSettings, type Settings } from '../../engine/contract.ts';

/** The caption rules that a new project can begin with, each with its name. */
export function presetChoices({
  captions,
  ownCaptions,
}: Settings): { captions: CaptionSettings; text: string }[] {
  const all = [defaultSettings.captions, ...ownCaptions];
  if (!all.some(({ preset }) => preset === captions.preset)) all.push(captions);
  return all.map((each) => ({
    captions: each,
    text: each.preset === 'sewscribe' ? 'Sewscribe' : each.preset,
  }));
}
