const pad = (value: number, digits: number) => String(value).padStart(digits, '0');

/** `HH:MM:SS.mmm`, hours always and as many digits as they need. */
export function clockTime(ms: number, separator: ',' | '.' = '.'): string {
  const whole = Math.max(0, Math.round(ms));
  const seconds = Math.floor(whole / 1000);
  const minutes = Math.floor(seconds / 60);
  const clock = [Math.floor(minutes / 60), minutes % 60, seconds % 60].map((part) => pad(part, 2)).join(':');
  return `${clock}${separator}${pad(whole % 1000, 3)}`;
}

const colon = '[:：]';

/**
 * A time of day as programs write it, as the source of a regular expression with five groups: sign, hours
 * (may be missing), minutes, seconds, fraction (may be missing; after a comma, a dot or a colon). Chinese programs write wide signs.
 * Every quantifier is bounded, so no line takes long.
 */
export const clockPattern = String.raw`(-?) ?(?:(\d{1,6}) ?${colon} ?)?(\d{1,3}) ?${colon} ?(\d{1,2})(?: ?[.,:;，．：] ?(\d{1,9}))?`;

/** Milliseconds from the five groups of `clockPattern`; a fraction of any length is a decimal fraction. */
export function clockMs(groups: readonly (string | undefined)[]): number {
  const [sign, hours = '0', minutes, seconds, fraction = '0'] = groups;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const ms = whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
  return sign === '-' ? -ms : ms;
}

const clock = new RegExp(`^${clockPattern}$`);

/** Reads one time of day; undefined where the text is none. */
export function readClock(text: string): number | undefined {
  const groups = clock.exec(text.trim());
  return groups === null ? undefined : clockMs(groups.slice(1));
}
