/**
 * A film's time code as milliseconds from 00:00:00:00. Frames count at the whole rate above (SMPTE ST 12-1), so an
 * hour of time code at 23.976 lasts 3603.6 s; `;` before the frames says that numbers are dropped.
 * @param frameRate frames a second; 25 where it is not known
 * @returns undefined where the text is no time code
 */
export function timecodeMs(text: string, frameRate: number | null): number | undefined {
  const groups = /^(\d{1,3}):(\d{2}):(\d{2})([:;.])(\d{1,3})$/.exec(text.trim());
  if (groups === null) return undefined;
  const [hours, minutes, seconds] = groups.slice(1, 4).map(Number);
  const frames = Number(groups[5]);
  const rate = frameRate ?? 25;
  const whole = Math.round(rate);
  if (minutes > 59 || seconds > 59 || frames >= whole) return undefined;
  const totalMinutes = hours * 60 + minutes;
  const dropped = groups[4] === ';' ? (whole / 15) * (totalMinutes - Math.floor(totalMinutes / 10)) : 0;
  const count = (totalMinutes * 60 + seconds) * whole + frames - Math.round(dropped);
  return Math.round((count / rate) * 1000);
}
