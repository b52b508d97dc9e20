import { t } from '../strings/strings.ts';

/** A preset as people call it; one that is not known by that name is a person's own. */
export function presetName(preset: string): string {
  switch (preset) {
    case 'sewscribe':
      return t('captions.presetSewscribe');
    case 'netflix':
      return t('captions.presetNetflix');
    case 'bbc':
      return t('captions.presetBbc');
    case 'youtube':
      return t('captions.presetYoutube');
    default:
      return t('captions.presetOwn', { name: preset });
  }
}
