/** What ffmpeg's filter `ashowinfo` says of one frame on its way out. */
export type FrameNote = {
  /** In samples at the output's rate, from the place where reading began; null where the frame has no time. */
  pts: number | null;
  samples: number;
  channels: number;
};

// Without an anchor at its start: another thread's message may stand before it. Lines of the file's own tags begin with [info].
const frameLine =
  /^(?!\[info\]).*\bn: *\d+ pts: *(-?\d+|NOPTS) .*?\bchannels: *(\d+) .*?\bnb_samples: *(\d+)/;
const startLine = /^\s*(?:\[info\] )?\s*Duration: .*?, start: (-?\d+(?:\.\d+)?)/;
const errorLine = /^(?:\[[^\]]* @ [^\]]*\] )?\[(?:error|fatal|panic)\]/;

// What Matroska's reader says where the file ends inside an element. It reads ahead, so frames may come after that.
const cutLine = /\bFile ended prematurely\b/;

// In streams with clocks of their own, ffmpeg takes the start of the tracks in use for the file's.
const correctionLine =
  /^(?:\[[^\]]* @ [^\]]*\] )?\[verbose\] Correcting start time (?:of Input #\d+ )?by (-?\d+)/;

/**
 * A line of ffmpeg's log: a frame's note, the container's start time, what ffmpeg adds to that, an error, that the file is
 * cut off, or nothing that matters.
 */
export type LogEntry =
  | { kind: 'frame'; note: FrameNote }
  | { kind: 'start' | 'correction'; seconds: number }
  | { kind: 'error' | 'cut' }
  | null;

/** Reads one line of a log written with `-v repeat+level+verbose`. */
export function readLogLine(line: string): LogEntry {
  const frame = frameLine.exec(line);
  if (frame) {
    const [, pts, channels, samples] = frame;
    return {
      kind: 'frame',
      note: {
        pts: pts === 'NOPTS' ? null : Number(pts),
        samples: Number(samples),
        channels: Number(channels),
      },
    };
  }
  if (errorLine.test(line)) return { kind: cutLine.test(line) ? 'cut' : 'error' };
  const start = startLine.exec(line);
  if (start) return { kind: 'start', seconds: Number(start[1]) };
  const correction = correctionLine.exec(line);
  return correction ? { kind: 'correction', seconds: Number(correction[1]) / 1e6 } : null;
}
