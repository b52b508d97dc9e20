import type { StyledRun } from './cueMarkup.ts';

/** As ffmpeg does it: a word joiner parts a backslash from what it would mean something before. */
const joiner = '\u2060';
const meaningful = new RegExp(`\\\\(?=${joiner}*[Nnh{}])`, 'g');
const parted = new RegExp(`\\\\${joiner}(?=${joiner}*[Nnh{}])`, 'g');

/** A line of text as ASS can hold it. */
export function escapeAss(text: string): string {
  return text.replace(meaningful, `\\${joiner}`).replace(/[{}]/g, '\\$&');
}

/** Parts the names of those who share a cue, one for each turn. */
export const betweenTurns = ' | ';

/** Gives the turns of a shared cue, which begin with a dash, their names where there are as many. */
export function readAssTurns(lines: readonly StyledRun[][], speaker: string | null): StyledRun[][] {
  const names = speaker?.split(betweenTurns) ?? [];
  let turn = -1;
  const turns = lines.map((runs) => {
    const text = runs.map((run) => run.text).join('');
    if (text.trimStart().startsWith('- ')) turn += 1;
    return turn;
  });
  if (names.length < 2 || turns[0] !== 0 || turn !== names.length - 1) return [...lines];
  return lines.map((runs, line) => runs.map((run) => ({ ...run, speaker: names[turns[line]] })));
}

export type AssText = {
  lines: StyledRun[][];
  /** A place at the top of the picture, where the text says one. */
  position?: { y: number } | 'top';
};

// Bounded, so that a megabyte of braces is read in one pass.
const token = /\\([{}])|\{([^{}]{0,1000})\}|\\([Nnh])/g;

/** Reads an event's text: lines, italics and whether it stands at the top; all other settings and drawings go. */
export function readAssText(text: string, speaker: string | null): AssText {
  const lines: StyledRun[][] = [[]];
  let italic = false;
  let isDrawing = false;
  let position: AssText['position'];
  let pending = '';
  const flush = () => {
    // What parts a backslash may itself have been parted from it by the escape of a brace.
    const written = pending.replace(parted, '\\');
    if (!isDrawing && written !== '') lines[lines.length - 1].push({ text: written, italic, speaker });
    pending = '';
  };
  let read = 0;
  for (const match of text.matchAll(token)) {
    pending += text.slice(read, match.index);
    read = match.index + match[0].length;
    const [, brace, settings, sign] = match;
    if (brace !== undefined) pending += brace;
    else if (sign === 'h') pending += '\u00a0';
    else if (sign !== undefined) {
      flush();
      lines.push([]);
    } else {
      flush();
      const slant = [...settings.matchAll(/\\i([01])?(?=\\|\}|$)/g)].at(-1);
      if (slant !== undefined) italic = slant[1] === '1';
      const drawing = /\\p(\d{1,2})(?=\\|\}|$)/.exec(settings);
      if (drawing !== null) isDrawing = drawing[1] !== '0';
      const place = /\\pos\(\s{0,9}-?[\d.]{1,9}\s{0,9},\s{0,9}(\d{1,5}(?:\.\d{1,9})?)\s{0,9}\)/.exec(
        settings,
      );
      if (/\\an[789]/.test(settings)) position = place === null ? 'top' : { y: Number(place[1]) };
    }
  }
  pending += text.slice(read);
  flush();
  return { lines, position };
}
