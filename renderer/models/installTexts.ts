import type { ModelInstall } from '../../engine/contract.ts';
import { bytesText, estimateText } from '../figures.ts';
import { language, t } from '../strings/strings.ts';

export type InstallTexts = { left: string; right: string; broken: 'off' | 'bad' | undefined };

/** What the row of a model on its way says beside its bar. */
export function installTexts(install: ModelInstall): InstallTexts {
  const { state, fraction, totalBytes, bytesPerSecond, secondsLeft } = install;
  const bytes = (amount: number) => bytesText(amount, language());
  const amounts =
    totalBytes === null ? null : { at: bytes((fraction ?? 0) * totalBytes), whole: bytes(totalBytes) };
  const ofBytes = amounts ? t('models.ofBytes', amounts) : '';
  switch (state) {
    case 'waiting':
      return { left: t('models.waits'), right: '', broken: undefined };
    case 'downloading': {
      const speed = bytesPerSecond === null ? null : bytes(bytesPerSecond);
      const right =
        speed === null
          ? ''
          : secondsLeft === null
            ? t('models.paceOnly', { speed })
            : t('models.pace', { speed, left: estimateText(secondsLeft) });
      return { left: ofBytes || t('models.beginning'), right, broken: undefined };
    }
    case 'converting': {
      const right = secondsLeft === null ? '' : t('models.aboutLeft', { left: estimateText(secondsLeft) });
      return { left: t('models.converting'), right, broken: undefined };
    }
    case 'paused': {
      const isBegun = amounts !== null && fraction !== null;
      return { left: isBegun ? t('models.pausedAt', amounts) : t('models.paused'), right: '', broken: 'off' };
    }
    case 'offline':
      return { left: ofBytes, right: t('models.waitsNetwork'), broken: undefined };
    case 'failed':
      return { left: ofBytes, right: '', broken: 'bad' };
  }
}
