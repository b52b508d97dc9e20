import type { CueFault } from '../../transcript/captions/check.ts';
import { language, t } from '../strings/strings.ts';

/** To the millisecond, so that 0.833 is not read as 0.83. */
const seconds = (ms: number) =>
  new Intl.NumberFormat(language(), { maximumFractionDigits: 3 }).format(ms / 1000);

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
