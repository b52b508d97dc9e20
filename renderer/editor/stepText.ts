import { t } from '../strings/strings.ts';

/** What undo calls a step: as the page labelled it; what a job did has the engine's label. */
export function stepText(label: string): string {
  if (label === 'name speakers') return t('editor.didFindSpeakers');
  if (label === 'hear again') return t('editor.didHearAgain');
  return label || t('editor.lastStep');
}
