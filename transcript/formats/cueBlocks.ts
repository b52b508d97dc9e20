import { clockMs, clockPattern } from './times.ts';

/** A cue as it stands in its file: markup still in its lines, times as written. */
export type CueBlock = {
  number?: number;
  startMs: number;
  endMs: number;
  /** What follows the end time: WebVTT settings or old coordinates. */
  settings: string;
  lines: string[];
};

export type CueBlocks = { blocks: CueBlock[]; warnings: string[] };

const blank = /^[\s\u200b\ufeff]*$/;
const onlyDigits = /^\s{0,20}(\d{1,9})\s{0,20}$/;
const lineEnds = /\r\r?\n|\r|\n/;
const setting = /^(?:[A-Za-z]{1,20}|[XY][12]):\S*$/;

const strictTiming = new RegExp(
  `^\\s{0,20}${clockPattern}\\s{0,20}-->\\s{0,20}${clockPattern}(?=\\D|$)(.*)$`,
  's',
);
/** Arrows as translators' and typesetters' programs mangle them; only read in files that have no right one. */
const looseTiming = new RegExp(
  `^\\s{0,20}${clockPattern}\\s{0,20}(?:-{1,3} ?[>＞]{1,2}|[–—][>＞]?|→)\\s{0,20}${clockPattern}(?=\\D|$)(.*)$`,
  's',
);

type Timing = { startMs: number; endMs: number; rest: string };

function readTiming(line: string, pattern: RegExp): Timing | undefined {
  const groups = pattern.exec(line);
  if (groups === null) return undefined;
  return {
    startMs: clockMs(groups.slice(1, 6)),
    endMs: clockMs(groups.slice(6, 11)),
    rest: groups[11].trim(),
  };
}

/** Whether a text has a line of two times with an arrow between, as SRT and WebVTT do. */
export function hasTimings(text: string): boolean {
  const lines = text.split(lineEnds);
  return [strictTiming, looseTiming].some((pattern) => lines.some((line) => pattern.test(line)));
}

/** The number in the lines before a timing, or undefined; takes it (in WebVTT any identifier) off them. */
function takeNumber(
  before: string[],
  file: { numbered: boolean; spaced: boolean; identifiers: boolean },
): number | undefined {
  const above = before.at(-1);
  if (above === undefined) return undefined;
  const lone = before.length === 1 || blank.test(before[before.length - 2]);
  if (!blank.test(above)) {
    const digits = onlyDigits.exec(above);
    if (digits !== null && (lone || file.numbered)) {
      before.pop();
      return Number(digits[1]);
    }
    if (file.identifiers && lone) before.pop();
    return undefined;
  }
  if (!file.spaced) return undefined;
  // Every second line is empty in this file, so also the one between number and times.
  let place = before.length - 1;
  while (place >= 0 && blank.test(before[place])) place -= 1;
  const digits = place < 0 ? null : onlyDigits.exec(before[place]);
  if (digits === null) return undefined;
  before.length = place;
  return Number(digits[1]);
}

/** The text lines of a cue: empty lines inside it go, comments of WebVTT too, all else is its text. */
function textLines(lines: readonly string[], webVtt: boolean): string[] {
  const kept: string[] = [];
  let paragraphBegins = false;
  let skipping = false;
  for (const line of lines) {
    if (blank.test(line)) {
      paragraphBegins = true;
      skipping = false;
      continue;
    }
    if (webVtt && paragraphBegins && /^NOTE(?:[ \t]|$)|^(?:STYLE|REGION)[ \t]*$/.test(line)) skipping = true;
    if (!skipping) kept.push(line);
    paragraphBegins = false;
  }
  return kept;
}

/**
 * Reads what SRT and WebVTT have in common, whatever program wrote it: any line ends, numbers or none, empty
 * lines inside cues, times with commas, dots or colons. A cue's text is everything up to the next timing.
 */
export function readCueBlocks(text: string, format: 'srt' | 'vtt'): CueBlocks {
  const lines = text.split(lineEnds);
  const pattern = lines.some((line) => strictTiming.test(line)) ? strictTiming : looseTiming;
  const webVtt = format === 'vtt';
  const blocks: CueBlock[] = [];
  const warnings: string[] = [];
  const file = { numbered: false, spaced: false, identifiers: webVtt };
  let pending: string[] = [];

  const finish = () => {
    const cue = blocks.at(-1);
    if (cue !== undefined) cue.lines = cue.lines.concat(textLines(pending, webVtt));
    else if (!webVtt && pending.some((line) => !blank.test(line))) {
      warnings.push(
        `The text before the first cue was left out: “${pending.join(' ').trim().slice(0, 80)}”.`,
      );
    }
    pending = [];
  };

  for (const line of lines) {
    const timing = readTiming(line, pattern);
    if (timing === undefined) {
      pending.push(line);
      continue;
    }
    if (blocks.length === 0) {
      const written = pending.filter((other) => !blank.test(other));
      file.numbered = written.length > 0 && onlyDigits.test(written[written.length - 1]);
      file.spaced = file.numbered && written.length === 1 && blank.test(pending[pending.length - 1]);
    }
    const number = takeNumber(pending, file);
    finish();
    const isSettings = timing.rest.split(/\s+/).every((part) => part === '' || setting.test(part));
    blocks.push({
      number,
      startMs: timing.startMs,
      endMs: timing.endMs,
      settings: isSettings ? timing.rest : '',
      lines: isSettings ? [] : [timing.rest],
    });
  }
  if (blocks.length > 0) finish();
  return { blocks, warnings };
}
