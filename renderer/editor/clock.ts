import { readClock } from '../../transcript/formats/times.ts';

/** `12:44`, or with hours `1:12:44`, as on the ruler; `decimals` of a second behind it. */
export function clockText(ms: number, decimals: 0 | 1 | 3 = 0): string {
  const unit = 1000 / 10 ** decimals;
  const whole = Math.max(0, Math.floor(ms / unit + 1e-6));
  const perSecond = 10 ** decimals;
  const seconds = Math.floor(whole / perSecond);
  const fraction = decimals === 0 ? '' : `.${String(whole % perSecond).padStart(decimals, '0')}`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(seconds % 60).padStart(2, '0')}${fraction}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A time as a person types it: `12:44.1`, `1:02:03`, or seconds alone, `75.5`; undefined where it is none. */
export function typedTime(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,7}([.,]\d{1,3})?$/.test(trimmed)) {
    return Math.round(Number(trimmed.replace(',', '.')) * 1000);
  }
  const ms = readClock(trimmed);
  return ms === undefined || ms < 0 ? undefined : ms;
}
