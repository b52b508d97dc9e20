import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { runFfmpeg } from './ffmpeg.ts';
import type { Mp3Header } from './headers.ts';
import { RubbishFinder, type Packet, type Read, type RubbishZone } from './rubbish.ts';
import type { MediaInfo } from './types.ts';

/** Formats without any time stamps, in which ffmpeg counts frames and so forgets those that were destroyed. */
export function countsFrames(formatName: string): boolean {
  return formatName === 'mp3' || formatName === 'aac';
}

/** How often the reader tells how far it is. */
const packetsPerStep = 256;

/**
 * Finds how much time was destroyed in an MP3 or ADTS file: where rubbish stands in place of frames, ffmpeg makes one
 * frame of it, however long it is, and all that follows would come early. Runs beside the decoder, ahead of it; where
 * it finds something, the decoder waits there until the whole file has been looked through.
 */
export class LostTime {
  private shifts: { fromSeconds: number; seconds: number }[] = [];
  private reachedSeconds = -Infinity;
  private wake: (() => void) | null = null;
  private stopped = false;
  private unread = 0;
  private readonly finished: Promise<void>;

  /** @param header the MP3's own, which counts its frames: then the time lost is known, and not only estimated */
  constructor(ffmpegPath: string, info: MediaInfo, streamIndex: number, header: Mp3Header | null) {
    this.finished = this.scan(ffmpegPath, info, streamIndex, header)
      // Nothing was found then, which leaves the times as ffmpeg counts them.
      .catch(() => undefined)
      .then(() => this.reach(Infinity));
  }

  /** How much later than ffmpeg says a frame at this time really lies. */
  async before(ptsSeconds: number): Promise<number> {
    while (this.reachedSeconds <= ptsSeconds) await new Promise<void>((wake) => (this.wake = wake));
    return this.shifts.findLast((shift) => shift.fromSeconds <= ptsSeconds)?.seconds ?? 0;
  }

  /** The share of the file, 0..1, behind the last frame that ffmpeg found; once it has been read to its end. */
  async unreadShare(): Promise<number> {
    await this.finished;
    return this.unread;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.finished;
  }

  private reach(seconds: number): void {
    this.reachedSeconds = seconds;
    this.wake?.();
    this.wake = null;
  }

  private async scan(ffmpegPath: string, info: MediaInfo, streamIndex: number, header: Mp3Header | null) {
    const file = await open(info.path);
    // The decoder's own ffmpeg, which finds the same frames in the same rubbish.
    const run = runFfmpeg(
      ffmpegPath,
      info.path,
      [],
      ['-map', `0:${streamIndex}`, '-c', 'copy', '-f', 'framecrc'],
    );
    try {
      const kind = info.formatName === 'aac' ? 'adts' : 'mp3';
      const finder = new RubbishFinder(kind, header?.firstFrame ?? 0, windowOn(file));
      let secondsPerUnit = 0;
      let packets = 0;
      for await (const line of createInterface({ input: run.output, crlfDelay: Infinity })) {
        if (this.stopped) return;
        secondsPerUnit ||= readTimeBase(line);
        const packet = readPacket(line, secondsPerUnit);
        if (!packet) continue;
        await finder.push(packet);
        packets += 1;
        if (packets % packetsPerStep === 0 && finder.zones.length === 0) this.reach(packet.ptsSeconds - 1);
      }
      const { size } = await file.stat();
      this.unread = packets > 0 ? Math.max(0, size - finder.end) / size : 0;
      const isWhole = header?.bytes && header.presentBytes >= header.bytes;
      this.shifts = shiftsOf(finder.zones, isWhole ? header.frames - packets : null);
    } finally {
      run.kill();
      await run.ended;
      run.output.destroy();
      await file.close();
    }
  }
}

/** What each zone held by its bytes and its neighbours' rate, brought to the sum that is known. */
function shiftsOf(
  zones: RubbishZone[],
  lostFrames: number | null,
): { fromSeconds: number; seconds: number }[] {
  const estimates = zones.map((zone) => {
    const average = zone.averageAfter > 0 ? (zone.averageBefore + zone.averageAfter) / 2 : zone.averageBefore;
    return Math.max(0, zone.bytes / average - zone.countedFrames);
  });
  const sum = estimates.reduce((total, frames) => total + frames, 0);
  const scale = lostFrames !== null && lostFrames > 0 && sum > 0 ? lostFrames / sum : 1;
  let seconds = 0;
  return zones.map((zone, index) => {
    seconds += Math.round(estimates[index] * scale) * zone.frameSeconds;
    return { fromSeconds: zone.endPtsSeconds - zone.frameSeconds / 2, seconds };
  });
}

/** Reads pieces that lie close together, in large steps. */
function windowOn(file: FileHandle): Read {
  const window = new Uint8Array(1 << 20);
  let start = 0;
  let filled = 0;
  return async (position, length) => {
    if (position < start || position + length > start + filled) {
      start = position;
      filled = (await file.read(window, 0, window.length, position)).bytesRead;
    }
    return window.subarray(position - start, Math.min(position - start + length, filled));
  };
}

/** The line `#tb 0: 1/14112000` of ffmpeg's frame listing; 0 for any other. */
function readTimeBase(line: string): number {
  const match = /^#tb 0: (\d+)\/(\d+)/.exec(line);
  return match ? Number(match[1]) / Number(match[2]) : 0;
}

/** A line `stream, dts, pts, duration, size, checksum`. */
const packetLine = /^\d+, *-?\d+, *(-?\d+), *(\d+), *(\d+)/;

function readPacket(line: string, secondsPerUnit: number): Packet | null {
  const match = packetLine.exec(line);
  if (!match) return null;
  const [, pts, duration, bytes] = match;
  return {
    ptsSeconds: Number(pts) * secondsPerUnit,
    durationSeconds: Number(duration) * secondsPerUnit,
    bytes: Number(bytes),
  };
}
