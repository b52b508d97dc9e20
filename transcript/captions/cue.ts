/** A word where a cue shows it; `offset` is where it begins in its line's text. */
export type CueWord = { id: string; text: string; startMs: number; endMs: number; offset: number };

/** A line of a cue, of one speaker. Where several share a cue the text of each turn begins with `- `. */
export type CueLine = { text: string; speakerId: string | null; words: CueWord[] };

/** What stands on the screen from `startMs` to before `endMs`. */
export type Cue = {
  startMs: number;
  endMs: number;
  lines: CueLine[];
  /** Every word in it, in the order of its lines. */
  wordIds: string[];
  italic?: boolean;
  /** A WebVTT line position in percent from the top. */
  positionPercent?: number;
  /** The document's override that shaped it. */
  overrideId?: string;
};

/** A cue as a subtitle file has it: text without markup. */
export type PlainCue = { number?: number; startMs: number; endMs: number; lines: string[] };

/** The cue without its words, as a subtitle file would have it. */
export function plainCue(cue: Cue, number: number): PlainCue {
  return { number, startMs: cue.startMs, endMs: cue.endMs, lines: cue.lines.map((line) => line.text) };
}
