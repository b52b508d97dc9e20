import type { JobOptions } from '../../engine/contract.ts';
import { shell } from '../shell.svelte.ts';
import { bytesText } from '../figures.ts';
import { language, t } from '../strings/strings.ts';
import type { Dropped } from './dropped.ts';
import { incoming, isText } from './incoming.svelte.ts';

/** Uploads recordings; each file that stays out gets a row that says why. */
export function addFiles({ recordings, others }: Dropped, options: JobOptions = {}): void {
  const limit = shell.description?.uploadLimitBytes ?? Infinity;
  for (const file of others) {
    const { name } = file;
    if (isText(file)) incoming.refuse(name, t('library.textStaysOut', { name }), file);
    else incoming.refuse(name, t('library.notRecording', { name }));
  }
  const fitting = recordings.filter(({ name, size }) => {
    if (size === 0) incoming.refuse(name, t('library.emptyFile', { name }));
    else if (size > limit) {
      incoming.refuse(name, t('library.tooLarge', { name, limit: bytesText(limit, language()) }));
    } else return true;
    return false;
  });
  incoming.upload(fitting, options);
}
