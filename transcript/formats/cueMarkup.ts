import { escapeVtt } from './markup.ts';

/** A stretch of a cue's text as the readers of styled formats find it. */
export type StyledRun = { text: string; italic: boolean; speaker: string | null };

/**
 * Lines of styled runs as WebVTT cue text, which is what the readers of cues share: so each format brings its own
 * syntax only, and what comes after (voices, italics, turns) is one.
 */
export function markedLines(lines: readonly (readonly StyledRun[])[]): string[] {
  return lines.map((runs) =>
    runs
      .filter((run) => run.text !== '')
      .map(({ text, italic, speaker }) => {
        const slanted = italic ? `<i>${escapeVtt(text)}</i>` : escapeVtt(text);
        return speaker === null ? slanted : `<v ${escapeVtt(speaker)}>${slanted}</v>`;
      })
      .join(''),
  );
}
