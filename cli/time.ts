import { usageFailure } from './failures.ts';

/** Milliseconds of `HH:MM:SS.mmm`, `MM:SS`, or plain seconds. */
export function parseTime(option: string, text: string): number {
  const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (!match) throw usageFailure(`${option} "${text}" is not a time; write it as HH:MM:SS.mmm.`);
  const [, hours = '0', minutes = '0', seconds] = match;
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'))) * 1000);
}
