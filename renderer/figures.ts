import { clockText } from './editor/clock.ts';

/** Figures as the interface writes them; `language` is a BCP 47 tag. */

/** `31:20`, with hours `1:12:40`. */
export const clock = (ms: number): string => clockText(ms);

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** An amount of data in decimal units, as disks and shops count: `708 MB`, `1.15 GB`. */
export function bytesText(bytes: number, language: string): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = amount >= 100 || unit === 0 ? 0 : amount >= 10 ? 1 : 2;
  const figure = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(amount);
  return `${figure}\u00a0${units[unit]}`;
}

/** How often faster than the sound: `14 ×`, below ten `3.2 ×`. */
export function speedText(timesFaster: number, language: string): string {
  const digits = timesFaster >= 10 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(timesFaster)}\u00a0×`;
}

/** How fast a film plays: `0.5 ×`. */
export function rateText(rate: number, language: string): string {
  return `${new Intl.NumberFormat(language).format(rate)}\u00a0×`;
}

/** To the tenth, also where that is naught: `2.0`. */
export function tenthsText(figure: number, language: string): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, digits).format(figure);
}

/** A span of time in its two largest units: `4 min 6 s`, `1 h 12 min`, `38 s`. */
export function spanText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts =
    h > 0
      ? [
          [h, 'h'],
          [min, 'min'],
        ]
      : min > 0
        ? [
            [min, 'min'],
            [s, 's'],
          ]
        : [[s, 's']];
  return parts
    .filter(([amount], k) => k === 0 || amount !== 0)
    .map(([amount, unit]) => `${amount}\u00a0${unit}`)
    .join(' ');
}

/** An estimate, no finer than it can be: whole minutes from two minutes on, steps of ten seconds below. */
export function estimateText(seconds: number): string {
  if (seconds >= 5400) return spanText(Math.round(seconds / 300) * 300);
  if (seconds >= 100) return spanText(Math.round(seconds / 60) * 60);
  return spanText(seconds > 20 ? Math.round(seconds / 10) * 10 : Math.max(1, seconds));
}

/** A percentage of up to two digits behind the point: `4.34 %`. */
export function percentText(percent: number, language: string): string {
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(percent)}\u00a0%`;
}

/** `Today, 09:20`, `Yesterday`, `8 May`, `8 May 2024`; the first two in the words given. */
export function dayText(
  atMs: number,
  nowMs: number,
  language: string,
  words: { today(time: string): string; yesterday: string },
): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)];
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  // British English, so that the day stands before the month and the hours count to 24.
  const locale = language === 'en' ? 'en-GB' : language;
  if (days === 0) {
    return words.today(new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at));
  }
  if (days === 1) return words.yesterday;
  const year = at.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year }).format(at);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
