import { runFfmpeg, type FfmpegError } from './ffmpeg.ts';
import { readLogLine, type FrameNote } from './frameLog.ts';
import { sampleRateHz } from './types.ts';

export type AudioFrame = {
  /** On the clock of the run: 0 where it began to read; null where the file gives no time. */
  startSample: number | null;
  samples: number;
  channels: number;
  /** Channels side by side: sample 0 of each, sample 1 of each, … */
  interleaved: Float32Array;
  /** Errors that ffmpeg has reported so far. */
  errorsBefore: number;
};

export type FrameRun = {
  frames: AsyncGenerator<AudioFrame>;
  /** The container's start time in seconds, as this ffmpeg reads it; known before the first frame. */
  containerStartSeconds: () => number;
  /** By how much later than that it puts its zero: in some formats at the start of the track in use. */
  correctionSeconds: () => number;
  /** How the process ended, and how many errors it wrote, the file's being cut off among them; known when the frames have ended. */
  outcome: () => Promise<{ error: FfmpegError | null; errors: number }>;
  kill: () => void;
};

const bytesPerSample = 4;
const slabSamples = 1 << 16;

/**
 * One audio track of a file as frames at 16 kHz with their times. Raw samples carry no times, so ffmpeg's filter
 * `ashowinfo` tells each frame's on standard error, which comes in the same order; that works on every system and
 * with every ffmpeg, where further pipes or containers with times do not.
 *
 * @param inputOptions seeking and the like
 * @param channelLayout ffmpeg's name of the layout to keep through changes inside the file; null for what comes
 */
export function readFrames(
  ffmpegPath: string,
  path: string,
  streamIndex: number,
  channelLayout: string | null,
  inputOptions: string[],
): FrameRun {
  const notes = new NoteQueue();
  let containerStartSeconds = 0;
  let correctionSeconds = 0;
  let errors = 0;
  let isCut = false;
  const layout = channelLayout ? `:channel_layouts=${channelLayout}` : '';
  const run = runFfmpeg(
    ffmpegPath,
    path,
    ['-threads', '1', '-dts_delta_threshold', String(longestRealHoleSeconds), ...inputOptions],
    [
      ...['-map', `0:${streamIndex}`, '-vn', '-sn', '-dn'],
      ...['-af', `aresample=${sampleRateHz},aformat=sample_fmts=flt${layout},ashowinfo`],
      ...['-c:a', 'pcm_f32le', '-f', 'f32le'],
    ],
    (line) => {
      const entry = readLogLine(line);
      if (entry?.kind === 'frame') notes.push({ ...entry.note, errorsBefore: errors });
      else if (entry?.kind === 'start') containerStartSeconds = entry.seconds;
      else if (entry?.kind === 'correction') correctionSeconds = entry.seconds;
      else if (entry?.kind === 'error') errors += 1;
      else if (entry?.kind === 'cut') isCut = true;
    },
  );
  void run.ended.then(() => notes.close());

  async function* frames(): AsyncGenerator<AudioFrame> {
    const bytes = new ByteQueue();
    try {
      // fluent-ffmpeg says that all is over when the output is destroyed, while the process may yet live.
      const chunks = run.output.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const chunk of chunks) {
        bytes.push(chunk);
        while (bytes.length > 0) {
          // A frame's note is written before its samples, so it is at most on its way.
          const note = await notes.first();
          if (!note) return;
          const size = note.samples * note.channels * bytesPerSample;
          if (bytes.length < size) break;
          notes.shift();
          yield {
            startSample: note.pts,
            samples: note.samples,
            channels: note.channels,
            interleaved: bytes.take(size),
            errorsBefore: note.errorsBefore,
          };
        }
      }
    } finally {
      run.kill();
      await run.ended;
      run.output.destroy();
    }
  }

  return {
    frames: frames(),
    containerStartSeconds: () => containerStartSeconds,
    correctionSeconds: () => correctionSeconds,
    outcome: async () => ({ error: await run.ended, errors: errors + Number(isCut) }),
    kill: run.kill,
  };
}

/**
 * In transport streams a clock that leaps ahead may mean lost packets, which leave a hole, or a clock that was set
 * anew, which leaves none. Clocks set anew leap anywhere within 26 hours; holes are shorter.
 */
const longestRealHoleSeconds = 4 * 3600;

type QueuedNote = FrameNote & { errorsBefore: number };

class NoteQueue {
  private notes: QueuedNote[] = [];
  private head = 0;
  private closed = false;
  private wake: (() => void) | null = null;

  push(note: QueuedNote): void {
    this.notes.push(note);
    this.wake?.();
  }

  close(): void {
    this.closed = true;
    this.wake?.();
  }

  /** The oldest note, once there is one; null when none will come. */
  async first(): Promise<QueuedNote | null> {
    while (this.head === this.notes.length) {
      if (this.closed) return null;
      await new Promise<void>((wake) => (this.wake = wake));
      this.wake = null;
    }
    return this.notes[this.head];
  }

  shift(): void {
    this.head += 1;
    if (this.head > 1000 && this.head * 2 > this.notes.length) {
      this.notes = this.notes.slice(this.head);
      this.head = 0;
    }
  }
}

class ByteQueue {
  length = 0;
  private readonly chunks: Buffer[] = [];
  // Arrays of a few kilobytes each, a hundred thousand an hour, would keep the garbage collector busy.
  private slab = new Float32Array(slabSamples);
  private slabUsed = 0;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The first `size` bytes as numbers of their own. */
  take(size: number): Float32Array {
    const numbers = this.allocate(size / bytesPerSample);
    const target = new Uint8Array(numbers.buffer, numbers.byteOffset, size);
    for (let filled = 0; filled < size;) {
      const chunk = this.chunks[0];
      const part = chunk.subarray(0, size - filled);
      target.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(part.length);
    }
    this.length -= size;
    return numbers;
  }

  private allocate(count: number): Float32Array {
    if (count > slabSamples / 4) return new Float32Array(count);
    if (this.slabUsed + count > slabSamples) {
      this.slab = new Float32Array(slabSamples);
      this.slabUsed = 0;
    }
    this.slabUsed += count;
    return this.slab.subarray(this.slabUsed - count, this.slabUsed);
  }
}
