/** What counts in frames and ticks mean in a file. */
export type TtmlClock = { frameRate: number; tickRate: number };

const clockTime = /^(\d{1,6}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9})|:(\d{1,4})(?:\.\d{1,4})?)?$/;
const offsetTime = /^(\d{1,12}(?:\.\d{1,9})?)(h|m|s|ms|f|t)$/;

/** A time expression of TTML (W3C TTML2, 12.3.1) in milliseconds; undefined where the text is none. */
export function ttmlTime(text: string | undefined, { frameRate, tickRate }: TtmlClock): number | undefined {
  if (text === undefined) return undefined;
  const clock = clockTime.exec(text.trim());
  if (clock !== null) {
    const [, hours, minutes, seconds, fraction = '0', frames = '0'] = clock;
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    return Math.round((whole + Number(`0.${fraction}`) + Number(frames) / frameRate) * 1000);
  }
  const offset = offsetTime.exec(text.trim());
  if (offset === null) return undefined;
  const unitMs = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, f: 1000 / frameRate, t: 1000 / tickRate };
  return Math.round(Number(offset[1]) * unitMs[offset[2] as keyof typeof unitMs]);
}
