import { t } from '../strings/strings.ts';

/** The names that the engine, an import and this page give to somebody whom nobody has named. */
const numbered = /^(?:Speaker|Person) (\d+)$/;

/** Whether nobody has named a speaker yet. */
export function isNumbered(name: string): boolean {
  return numbered.test(name);
}

/** A speaker's name as it is shown: one that is only a number, in the person's language. */
export function speakerText(name: string): string {
  const number = numbered.exec(name)?.[1];
  return number === undefined ? name : t('editor.speakerNumber', { number });
}
