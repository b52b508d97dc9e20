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

/** A line of ffmpeg's log: a frame's note, the container's start time in seconds, an error, or nothing that matters. */
export type LogEntry =
  | { kind: 'frame'; note: FrameNote }
  | { kind: 'start'; seconds: number }
  | { kind: 'error'; text: string }
  | null;

/** Reads one line of a log written with `-v repeat+level+info`. */
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
  if (errorLine.test(line)) return { kind: 'error', text: line };
  const start = startLine.exec(line);
  return start ? { kind: 'start', seconds: Number(start[1]) } : null;
}
