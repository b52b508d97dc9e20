import { usageFailure } from './failures.ts';

/** Milliseconds of `HH:MM:SS.mmm`, `MM:SS`, or plain seconds. */
export function parseTime(option: string, text: string): number {
  const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (!match) throw usageFailure(`${option} "${text}" is not a time; write it as HH:MM:SS.mmm.`);
  const [, hours, minutes, seconds] = match;
  const isOnClock = (part: string) => Number(part.replace(',', '.')) < 60;
  if ((minutes !== undefined && !isOnClock(seconds)) || (hours !== undefined && !isOnClock(minutes)))
    throw usageFailure(`${option} "${text}" is not a time; write it as HH:MM:SS.mmm.`);
  return Math.round(
    (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds.replace(',', '.'))) * 1000,
  );
}
