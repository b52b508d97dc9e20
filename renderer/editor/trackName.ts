import type { SoundTrack } from '../../engine/contract.ts';
import { languageNames } from '../models/languageNames.ts';
import { t } from '../strings/strings.ts';

/** What ISO 639-2 has for speech that is in no language, in several, or in one that nobody named. */
const noLanguage = new Set(['und', 'mis', 'mul', 'zxx']);

/** A sound track by what its file says of it: “Track 2, German, Commentary”. */
export function trackName({ number, language, title }: SoundTrack, inLanguage: string): string {
  const spoken =
    language && !noLanguage.has(language.toLowerCase()) ? languageNames([language], inLanguage) : '';
  const parts = [t('editor.trackNumber', { number }), spoken, title?.trim() === spoken ? '' : title?.trim()];
  return parts.filter(Boolean).join(', ');
}
