import type { SoundTrack } from '../../engine/contract.ts';
import { languageNames } from '../models/languageNames.ts';
import { t } from '../strings/strings.ts';

/** What ISO 639-2 has for speech that is in no language, in several, or in one that nobody named. */
const noLanguage = new Set(['und', 'mis', 'mul', 'zxx']);

/** It becomes part of a project's name. */
const longestName = 100;

/** A sound track by what its file says of it: “Track 2, German, Commentary”. */
export function trackName({ number, language, title }: SoundTrack, inLanguage: string): string {
  const spoken =
    language && !noLanguage.has(language.toLowerCase()) ? languageNames([language], inLanguage) : '';
  const told = title?.replace(/\s+/g, ' ').trim();
  const parts = [t('editor.trackNumber', { number }), spoken, told === spoken ? '' : told];
  const name = parts.filter(Boolean).join(', ');
  return name.length > longestName ? `${name.slice(0, longestName - 2).trimEnd()} …` : name;
}
