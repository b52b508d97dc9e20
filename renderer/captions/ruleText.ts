import type { CueFault } from '../../transcript/captions/check.ts';
import { t } from '../strings/strings.ts';

const seconds = (ms: number) => Math.round(ms) / 1000;

/** A fault as a sentence: what was found and what is allowed. */
export function faultText({ rule, value, limit }: CueFault): string {
  switch (rule) {
    case 'line-chars':
      return t('captions.faultLineChars', { value, limit });
    case 'lines':
      return t('captions.faultLines', { value, limit });
    case 'cps':
      return t('captions.faultCps', { value: Math.round(value * 10) / 10, limit });
    case 'min-duration':
      return t('captions.faultShort', { value: seconds(value), limit: seconds(limit) });
    case 'max-duration':
      return t('captions.faultLong', { value: seconds(value), limit: seconds(limit) });
    case 'gap':
      return t('captions.faultGap', { value, limit });
    case 'overlap':
      return t('captions.faultOverlap', { value });
  }
}
