import * as z from 'zod';
import { defaultRules } from '../../transcript/captions/rules.ts';
import {
  device,
  modelId,
  nothing,
  ownWord,
  ownWordsAtMost,
  recognitionOptions,
  textCase,
  vocabulary,
} from './basics.ts';
import { captionSettings, whenThere } from './project.ts';

/** What a person has chosen. */
export const settings = z.object({
  /** The interface's language, as a BCP 47 tag; null: as the browser says. */
  language: z.string().max(35).nullable(),
  theme: z.enum(['system', 'light', 'dark']),

  modelId,
  device,
  case: textCase,
  /** Numbers, dates, sums and the like in their written form, where sentences are written. */
  numbers: z.boolean(),
  /** Names and terms to listen for, in every project. */
  vocabulary,
  /** Words that were proposed for the vocabulary and declined, the last one last. */
  declinedWords: z.array(ownWord.shape.text).max(ownWordsAtMost),
  channels: recognitionOptions.shape.channels,
  /** Whether people are told apart by their voices, where channels are mixed. */
  speakers: z.boolean(),
  jobsAtOnce: z.number().int().min(1).max(4),

  textSizePx: z.number().min(14).max(24),
  /** Words below this confidence (0..1) are shaded; 0 shades none. */
  shadeBelow: z.number().min(0).max(1),
  /** Typing stops the film, which then goes on a little before. */
  pauseWhileTyping: z.boolean(),

  stepSeconds: z.number().min(1).max(60),
  playbackRate: z.number().min(0.5).max(2),

  /** For new projects. */
  captions: captionSettings,
  /** Rules that a person keeps under a name. */
  ownCaptions: z.array(captionSettings).max(100),
  exportTo: z.enum(['beside', 'ask']),
  exportFormats: z.array(z.string().max(20)).max(40),
  whenThere,

  /** Key combinations that a person changed, by action; an empty one has none. */
  shortcuts: z.record(z.string().max(60), z.string().max(60)),
});
export type Settings = z.infer<typeof settings>;

export const defaultSettings: Settings = {
  language: null,
  theme: 'system',
  modelId: 'embedded',
  device: 'auto',
  case: 'sentence',
  numbers: true,
  vocabulary: [],
  declinedWords: [],
  channels: 'mix',
  speakers: false,
  jobsAtOnce: 1,
  textSizePx: 17,
  shadeBelow: 0.7,
  pauseWhileTyping: false,
  stepSeconds: 5,
  playbackRate: 1,
  captions: { preset: 'sewscribe', rules: defaultRules },
  ownCaptions: [],
  exportTo: 'beside',
  exportFormats: ['srt'],
  whenThere: 'ask',
  shortcuts: {},
};

export const settingsMethods = {
  'settings.get': { params: nothing, result: settings },
  /** Changes some; the others stay. */
  'settings.set': { params: settings.partial(), result: settings },
} as const;

export const settingsEvents = { 'settings.changed': settings } as const;
