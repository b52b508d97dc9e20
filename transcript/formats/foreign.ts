const lineEnd = /\r\r?\n|\r|\n/;

/** `0:00:01.000,0:00:02.000`, alone on its line. */
const pairOfTimes = /^\d{1,3}:\d{2}:\d{2}\.\d{2,3},\d{1,3}:\d{2}:\d{2}\.\d{2,3}$/;
const framed = /^\{\d{1,9}\}\{\d{0,9}\}/;
const stamped = /^\[\d{1,3}:\d{2}(?:[.:]\d{1,3})?\]/;
/** What only LRC has: a tag of the song, a second time, or times inside a line. A line behind one time reads as text. */
const songMarkup =
  /^\[(?:ar|ti|al|au|by|re|ve|la|tool|length|offset|#):|^(?:\[\d{1,3}:\d{2}[.:]\d{1,3}\]\s{0,9}){2}|<\d{1,3}:\d{2}[.:]\d{1,3}>/;

/**
 * The name of the subtitle format that we do not read and that a whole text is of, as its markup would become words;
 * undefined for a text that merely holds such a line.
 */
export function foreignSubtitles(text: string): string | undefined {
  if (/^\s*<sami\b/i.test(text)) return 'SAMI';
  const lines = text
    .split(lineEnd)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isShareOfLines = (least: number, ...patterns: RegExp[]) =>
    lines.filter((line) => patterns.some((pattern) => pattern.test(line))).length > lines.length * least;
  if (isShareOfLines(0.5, framed)) return 'MicroDVD';
  // A cue has a line of times and seldom more than three of text.
  if (isShareOfLines(0.2, pairOfTimes)) return 'SubViewer (SBV)';
  const isSong = lines.some((line) => songMarkup.test(line));
  return isSong && isShareOfLines(0.5, stamped, songMarkup) ? 'LRC' : undefined;
}
