export { captionRules, defaultRules, type CaptionRules } from './rules.ts';
export { plainCue, type Cue, type CueLine, type CueWord, type PlainCue } from './cue.ts';
export { layOutCues, wordCues } from './layout.ts';
export { joinWords, splitWords } from './joining.ts';
