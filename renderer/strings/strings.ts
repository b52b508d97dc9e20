import { createSubscriber } from 'svelte/reactivity';
import { adding } from './adding.ts';
import { captions } from './captions.ts';
import { common } from './common.ts';
import { editing } from './editing.ts';
import { editor } from './editor.ts';
import { exporting } from './export.ts';
import { fill, type Values } from './format.ts';
import { library } from './library.ts';
import { models } from './models.ts';
import { player } from './player.ts';
import { settings } from './settings.ts';
import { shortcuts } from './shortcuts.ts';

/** The languages of the interface, each named in itself. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const parts = [
  common,
  library,
  adding,
  editor,
  editing,
  player,
  captions,
  exporting,
  models,
  settings,
  shortcuts,
] as const;
type KeyOf<P> = P extends { en: Record<infer K, string> } ? K : never;
export type StringKey = KeyOf<(typeof parts)[number]>;

/** Every text by language and key. */
export const table: Record<Language, Record<StringKey, string>> = {
  en: Object.assign({}, ...parts.map(({ en }) => en)),
  de: Object.assign({}, ...parts.map(({ de }) => de)),
};

let current: Language = 'en';
let tellAll = () => {};
const subscribe = createSubscriber((update) => {
  tellAll = update;
});

/** A text in the interface's language; what shows it is drawn anew when the language changes. */
export function t(key: StringKey, values: Values = {}): string {
  subscribe();
  return fill(table[current][key], values, current);
}

/** The interface's language, for `Intl` and `lang`. */
export function language(): Language {
  subscribe();
  return current;
}

export function setLanguage(next: Language): void {
  if (next === current) return;
  current = next;
  tellAll();
}

/**
 * The language to show.
 * @param chosen what the person has set; null: as the browser says
 * @param preferred the browser's tags, the most wanted first
 */
export function languageFor(chosen: string | null, preferred: readonly string[]): Language {
  for (const tag of chosen === null ? preferred : [chosen]) {
    const base = tag.toLowerCase().split('-')[0];
    if (Object.hasOwn(languages, base)) return base as Language;
  }
  return 'en';
}
